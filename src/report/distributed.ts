/**
 * `validate` of consumption over the service as a JSON document: the distributed walk beside the lumped one on the same
 * draws.
 */
import type { FinishedRun } from '../study/finished.js';
import { FAMILY_ALPHA } from '../stats/family.js';
import type { Proof } from '../stats/proof.js';
import type { Summary } from '../stats/summary.js';
import type { Coarse, VerdictName } from '../stats/verdict.js';
import { runDocument } from './documents.js';
import type { ValidateDocument } from './documents.js';

/** A verdict of either kind: a test of the lumped companion, or a claim that every path keeps. */
export interface DistributedVerdict {
  readonly name: DistributedVerdictName;
  /** As in Verdict; for claims on every path the number of paths that break it. */
  readonly statistic: number;
  readonly pValue: number;
  readonly alpha: number;
  readonly pass: boolean;
  /** As in Verdict. */
  readonly coarse?: Coarse;
}

export type DistributedVerdictName =
  `lumped${Capitalize<VerdictName>}` | 'consumptionVariance' | 'lemma1' | 'theorem1' | 'runningMinimum';

/** What is held true of every path, by the flags that would show it broken. */
export const CLAIMS = [
  ['lemma1', ['lemma1', 'lemma1Level']],
  ['theorem1', ['theorem1Lumped', 'theorem1Distributed', 'controlledBelowZero']],
  ['runningMinimum', ['runningMinimumLumped', 'runningMinimumDistributed']],
] as const;

/**
 * The document of `validate` for distributed accounting: as that of `run`, with the same draws lumped beside it
 * (`lumped`, whose exact law is known and bounds the distributed deficit from above, Lemma 1), the mean with the lumped
 * deficit as control variate, and all verdicts.
 */
export function distributedDocument(
  simulation: FinishedRun,
  summary: Summary,
  companion: ValidateDocument,
  proof: Proof,
) {
  const { horizons, ...rest } = runDocument(simulation, summary);
  return {
    ...rest,
    pass: companion.pass && proof.pass,
    familyAlpha: FAMILY_ALPHA,
    horizons: horizons.map((horizon, i) => {
      const { verdicts, ...lumped } = companion.horizons[i];
      const { controlled, violations, verdicts: proven } = proof.horizons[i];
      return {
        ...horizon,
        controlled,
        lumped,
        verdicts: [
          ...verdicts.map((v): DistributedVerdict => ({ ...v, name: `lumped${capitalize(v.name)}` })),
          ...proven.slice(0, 1).map(({ statistic, pValue, alpha, pass }): DistributedVerdict => ({
            ...{ name: 'consumptionVariance', statistic, pValue, alpha, pass },
          })),
          ...CLAIMS.map(([name, flags]): DistributedVerdict => {
            const broken = flags.reduce((sum, flag) => sum + violations[flag], 0);
            return { name, statistic: broken, pValue: broken === 0 ? 1 : 0, alpha: 0, pass: broken === 0 };
          }),
        ],
      };
    }),
  };
}

export type DistributedDocument = ReturnType<typeof distributedDocument>;

function capitalize<S extends string>(text: S): Capitalize<S> {
  return (text.charAt(0).toUpperCase() + text.slice(1)) as Capitalize<S>;
}

/** `validate` of consumption over the service, for a terminal and as a JSON document: the distributed walk beside the lumped one on the same draws. */
import type { FinishedRun } from '../study/finished.js';
import { FAMILY_ALPHA } from '../stats/family.js';
import { normalCritical } from '../numeric/normal.js';
import type { MeanEstimate, Proof } from '../stats/proof.js';
import type { Summary } from '../stats/summary.js';
import type { Coarse, VerdictName } from '../stats/verdict.js';
import { runDocument } from './documents.js';
import type { ValidateDocument } from './documents.js';
import { coarseSentences } from './coarse.js';
import { formatEstimate, formatLike, formatPlusMinus, withError } from './estimate.js';
import type { Shown } from './estimate.js';
import { notesText, slotsNote } from './notes.js';
import { headingText, speedText } from './run-text.js';
import { formatCount, formatP, formatTable, scaleFor } from './table.js';

const NORMAL_95 = normalCritical(0.05);

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
const CLAIMS = [
  ['lemma1', ['lemma1', 'lemma1Level']],
  ['theorem1', ['theorem1Lumped', 'theorem1Distributed', 'controlledBelowZero']],
  ['runningMinimum', ['runningMinimumLumped', 'runningMinimumDistributed']],
] as const;

/**
 * The document of `validate` for distributed accounting: as that of `run`, with the same draws lumped beside it (`lumped`, whose exact law is known and
 * bounds the distributed deficit from above, Lemma 1), the mean with the lumped deficit as control variate, and all verdicts.
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

/** Column heads of the verdicts. */
const HEADS: Readonly<Record<DistributedVerdictName, string>> = {
  lumpedMean: 'lumped mean',
  lumpedStandardDeviation: 'SD',
  lumpedProbabilityZero: 'P(D=0)',
  lumpedChiSquare: 'χ²',
  lumpedKolmogorov: 'KS',
  consumptionVariance: 'Lemma 2',
  lemma1: 'Lemma 1',
  theorem1: 'Thm 1',
  runningMinimum: 'min',
};

/** The tables. */
export function distributedText(simulation: FinishedRun, document: DistributedDocument): string {
  const { horizons, pass, familyAlpha, scenario } = document;
  const { unit, factor } = scaleFor(
    horizons.map((h) => h.lumped.meanDeficit),
    'J',
  );
  const shown = (own: MeanEstimate): Shown => withError(own.meanDeficit, NORMAL_95 * own.standardError);
  const estimates = formatTable(
    [
      { header: 'slots' },
      { header: `E[D] ${unit}, 95 %` },
      { header: 'with control', isJoined: true },
      { header: 'P(D=0)' },
      { header: 'q0.99' },
      { header: 'lumped E[D]' },
      { header: 'exact', isJoined: true },
      { header: 'lumped q0.99' },
      { header: 'exact', isJoined: true },
    ],
    horizons.map((h) => {
      const top = { value: h.lumped.quantiles['0.99'], ...h.lumped.quantileIntervals['0.99'] };
      return [
        String(h.slots),
        formatPlusMinus(shown(h), factor),
        formatPlusMinus(shown(h.controlled), factor),
        formatEstimate({ value: h.probabilityZero, ...h.probabilityZeroInterval }),
        formatEstimate({ value: h.quantiles['0.99'], ...h.quantileIntervals['0.99'] }, factor),
        formatPlusMinus(shown(h.lumped), factor),
        formatLike(shown(h.lumped), factor)(h.lumped.exact.meanDeficit),
        formatEstimate(top, factor),
        formatLike(top, factor)(h.lumped.exact.quantiles['0.99']),
      ];
    }),
    notesText(
      slotsNote(scenario.slotSeconds),
      'E[D]: mean auxiliary energy, burned over the service; ' +
        'with control: sharpened by the lumped deficit on the same draws, whose mean is known; ' +
        'q0.99: 99 paths in 100 need no more; lumped: burned at arrival',
    ),
  );
  const verdicts = formatTable(
    [
      { header: 'slots' },
      ...horizons[0].verdicts.map((v) => ({ header: HEADS[v.name], align: 'left' as const })),
      { header: 'verdict', align: 'left' },
    ],
    horizons.map((h) => [
      String(h.slots),
      ...h.verdicts.map(verdictText),
      h.verdicts.every((v) => v.pass) ? 'pass' : 'FAIL',
    ]),
    'lumped mean to KS: against the exact law of the lumped walk; Lemma 2: spread of what is consumed; Lemma 1: ' +
      'never above the lumped deficit; Thm 1: greedy injections equal it; min: the controlled battery is B − min B',
  );
  const coarse = coarseSentences(horizons, ({ name }) => HEADS[name]);
  const tests = horizons.reduce((sum, h) => sum + h.verdicts.length, 0);
  return (
    `${headingText(simulation)}\n${estimates}\n${verdicts}\n${coarse.map((line) => `${line}\n`).join('')}` +
    `${pass ? `PASS: all ${tests}` : `FAIL: of ${tests}`} checks, family-wise α ${familyAlpha}. ` +
    'Energy is burned over the service: no exact law is known for that, so the same ' +
    'draws were walked lumped and judged against its exact law; on every path the distributed deficit must lie at or below the lumped one (Lemma 1).\n' +
    `\n${speedText(simulation)}`
  );
}

function verdictText({ name, statistic, pValue, pass }: DistributedVerdict): string {
  if (name === 'lemma1' || name === 'theorem1' || name === 'runningMinimum') {
    return pass ? 'every path' : `FAIL ${formatCount(statistic)} paths`;
  }
  return `${pass ? 'p' : 'FAIL'} ${formatP(pValue)}`;
}

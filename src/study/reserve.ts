/**
 * What covers a risk. Of the walk, the charge b that the deficit exceeds with a given probability; of a site, with the
 * battery that it has, the auxiliary energy that is exceeded so. From one run, and from the exact law beside it.
 */
import type { HorizonPartials } from '../engine/partials.js';
import type { Scenario } from '../scenario/scenario.js';
import { boundedReserves, exactReserves } from '../stats/reserve-law.js';
import type { ExactReserve } from '../stats/reserve-law.js';
import { reserveCurve, reserveFromPartials } from '../stats/reserve.js';
import type { EstimatedReserve, ReserveCurve } from '../stats/reserve.js';
import { SUMMARY_QUANTILES } from '../stats/summary.js';
import { exactAt, isKnown } from '../theory/site-reference.js';
import type { ExactSiteHorizon } from '../theory/site-reference.js';
import type { MissingPart } from '../theory/deficit-law.js';
import type { Outcome } from './finished.js';
import type { ModelKind } from './model.js';
import type { Study, Theory } from './study.js';

/** What a run says of the risks. */
export interface RunReserves {
  readonly study: Study;
  readonly outcome: Outcome;
  readonly slots: number;
  readonly trials: number;
  readonly simulated: readonly EstimatedReserve[];
  readonly curve: ReserveCurve;
}

/** What the exact law says of the same. */
export interface LawReserves {
  /**
   * `bound`: energy burned over the service has no exact law; lumped it has, and Lemma 1 makes that an upper bound on
   * every path.
   */
  readonly kind: 'exact' | 'bound';
  /** One a risk; NaN where the law is missing. */
  readonly reserves: readonly ExactReserve[];
  readonly missing: MissingPart | undefined;
  /** Of the law, by probability. */
  readonly quantiles: readonly { readonly probability: number; readonly value: number }[];
}

/** Reserves are counted from an empty battery: b is all the charge that is needed. A site's battery is what it is. */
export function reserveScenario(scenario: Scenario, kind: ModelKind): Scenario {
  return kind === 'site' ? scenario : { ...scenario, battery: { ...scenario.battery, initialJoules: 0 } };
}

/** The rows that reserves are read from, at the last horizon. */
export function reserveRow({ tallies }: Study, { partials }: Outcome): { row: HorizonPartials; unit: number } {
  const [{ rows, unit }] = Object.values(tallies);
  const all = rows(partials);
  return { row: all[all.length - 1], unit };
}

/** @throws {InputError} for a risk that the run does not resolve */
export function runReserves(study: Study, outcome: Outcome, risks: readonly number[]): RunReserves {
  const { row, unit } = reserveRow(study, outcome);
  const simulated = reserveFromPartials(row, unit, risks);
  return { study, outcome, slots: row.slots, trials: row.count, simulated, curve: reserveCurve(row, unit) };
}

/**
 * @param theory at the run's last horizon
 * @param charges that the run came to, one a risk
 */
export function lawReserves(
  theory: Theory,
  { study, slots, simulated }: Pick<RunReserves, 'study' | 'slots' | 'simulated'>,
): LawReserves {
  const risks = simulated.map(({ risk }) => risk);
  const charges = simulated.map(({ charge }) => charge);
  if (theory.kind === 'walk') {
    const { exact } = theory.horizons[theory.horizons.length - 1];
    const kind = study.planned.scenario.accounting === 'distributed' ? 'bound' : 'exact';
    const quantiles = SUMMARY_QUANTILES.map((probability) => ({ probability, value: exact.quantile(probability) }));
    return { kind, reserves: exactReserves(exact, risks, charges), missing: exact.missing, quantiles };
  }
  const { reference } = theory;
  const unknown = (missing: MissingPart): LawReserves => ({
    ...{ kind: 'exact', missing, quantiles: [] },
    reserves: simulated.map(unknownReserve),
  });
  if (reference.kind === 'none') return unknown({ what: 'law', reason: reference.reason });
  const horizon = exactAt(reference, slots);
  if (!isKnown(horizon)) return unknown(horizon.missing);
  const { auxiliaryLaw, auxiliary, missing } = horizon;
  if (auxiliaryLaw === undefined) {
    const reason = `the whole law of the auxiliary energy is not made at ${slots} slots: it takes too long`;
    const reserves = simulated.map((own) => reserveByMoments(own, horizon));
    return { ...unknown(missing ?? { what: 'distribution', reason }), reserves };
  }
  return {
    ...{ kind: 'exact', missing: undefined },
    reserves: boundedReserves(auxiliaryLaw, auxiliary, risks, charges),
    quantiles: SUMMARY_QUANTILES.map((probability) => ({ probability, value: auxiliaryLaw.quantile(probability) })),
  };
}

/**
 * What mean and P(A = 0) alone say: where a risk is larger than that of any auxiliary energy, nothing covers it, and
 * all that is lacking is left.
 */
function reserveByMoments(own: EstimatedReserve, { auxiliary, probabilityZero }: ExactSiteHorizon): ExactReserve {
  const { risk, charge } = own;
  const atSimulatedCharge =
    charge === 0
      ? { charge, meanExcess: auxiliary.value, error: auxiliary.error }
      : { charge, meanExcess: NaN, error: NaN };
  if (1 - probabilityZero.value + probabilityZero.error > risk) return { ...unknownReserve(own), atSimulatedCharge };
  return {
    ...{ risk, charge: 0, meanExcess: auxiliary.value, conditionalValueAtRisk: auxiliary.value / risk },
    error: { charge: 0, meanExcess: auxiliary.error, conditionalValueAtRisk: auxiliary.error / risk },
    atSimulatedCharge,
  };
}

/** Where the exact law is not known. */
export function unknownReserve({ risk, charge }: EstimatedReserve): ExactReserve {
  const unknown = { charge: NaN, meanExcess: NaN, conditionalValueAtRisk: NaN };
  return { risk, ...unknown, error: unknown, atSimulatedCharge: { charge, meanExcess: NaN, error: NaN } };
}

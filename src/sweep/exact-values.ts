/** Exact values of a sweep's points: of the scenario's own law, beside what was simulated. */
import { resolveScenario } from '../fleet/resolve.js';
import type { Site } from '../fleet/site.js';
import { AccuracyError } from '../errors.js';
import type { Scenario } from '../scenario/scenario.js';
import { SUMMARY_QUANTILES } from '../stats/summary.js';
import { boundedReserves, reserveFromLaw } from '../stats/reserve-law.js';
import type { ModelKind } from '../study/model.js';
import { batteryLaws } from '../theory/chain/battery-law.js';
import { siteChain } from '../theory/chain/site-chain.js';
import { compoundIncrement } from '../theory/compound-increment.js';
import { walkConstants } from '../theory/corrected.js';
import { exactMoments } from '../theory/exact/moments.js';
import type { CompoundIncrement } from '../theory/increment.js';
import { siteReference } from '../theory/site-reference.js';
import type { ExactSiteHorizon, SiteReference } from '../theory/site-reference.js';
import { chargedTheory, theoryAt } from '../theory/walk-theory.js';

/** Exact values of the metrics at one horizon, by `exactKey`. */
export type Exact = Partial<Record<string, number>>;

/** A metric, with the level that it is at where it has one. */
export const exactKey = (metric: string, level: number | null): string => `${metric} ${level ?? ''}`;

/** What is asked of one point: plain data, which travels between threads. */
export interface ExactQuestion {
  readonly scenario: Scenario;
  readonly kind: ModelKind;
  /** Means, deviations and P(D = 0), or the whole law. */
  readonly wanted: 'moments' | 'law';
  readonly horizons: readonly number[];
  readonly risks: readonly number[];
  /** Charges in joules that the run came to, [horizon][risk]: a mean excess is of these, as its estimate is. */
  readonly charges: readonly (readonly number[])[];
}

/** At each horizon. None for energy burned over the service, which has no exact law. */
export function exactValues(question: ExactQuestion): Exact[] {
  const { scenario, kind, wanted, horizons, risks, charges } = question;
  if (kind === 'site') return exactOfSite(question);
  const charge = scenario.battery.initialJoules;
  // Moments of a battery that starts with a charge need the whole law.
  if (scenario.accounting === 'distributed' || (wanted === 'moments' && charge > 0)) return [];
  const increment = compoundIncrement(resolveScenario(scenario).walk);
  if (wanted === 'moments') return horizons.map((slots) => momentsOrNone(increment, slots));
  const constants = walkConstants(increment);
  return horizons.map((slots, h) => {
    const { exact: law } = chargedTheory(theoryAt(increment, constants, slots), charge);
    if (law.missing?.what === 'law') return {};
    const values = momentValues(law);
    for (const p of SUMMARY_QUANTILES) values[exactKey('quantile', p)] = law.quantile(p);
    reserveFromLaw(law, risks).forEach((r, i) => {
      values[exactKey('reserve', r.risk)] = r.charge;
      values[exactKey('meanExcess', r.risk)] = law.meanExcess(charges[h][i]);
      values[exactKey('conditionalValueAtRisk', r.risk)] = r.conditionalValueAtRisk;
    });
    return values;
  });
}

/** None where the method fails: the other horizons keep theirs. */
function momentsOrNone(increment: CompoundIncrement, slots: number): Exact {
  try {
    return momentValues(exactMoments(increment, [slots])[0]);
  } catch (error) {
    if (!(error instanceof AccuracyError)) throw error;
    return {};
  }
}

/** Of a site whose battery is a Markov chain: means, and where laws are asked for those of its auxiliary energy. */
function exactOfSite({ scenario, wanted, horizons, risks, charges }: ExactQuestion): Exact[] {
  const { site } = resolveScenario(scenario);
  const reference = wanted === 'law' ? siteReference(site, horizons) : undefined;
  const laws = reference === undefined ? lawsOfSite(site, horizons) : knownHorizons(reference);
  return horizons.map((slots, h) => {
    const law = laws.find((own) => own.slots === slots);
    // Too long for a lattice: the other horizons keep theirs.
    if (law === undefined) return {};
    const values: Exact = {
      ...momentValues({
        mean: law.auxiliary.value,
        standardDeviation: law.auxiliaryDeviation.value,
        probabilityZero: law.probabilityZero.value,
      }),
      [exactKey('meanWaste', null)]: law.waste.value,
      [exactKey('meanDeficitSlots', null)]: law.deficitSlots.value,
      [exactKey('meanCharge', null)]: law.level.mean.value,
    };
    const { auxiliaryLaw } = law;
    if (auxiliaryLaw === undefined) return values;
    for (const p of SUMMARY_QUANTILES) values[exactKey('quantile', p)] = auxiliaryLaw.quantile(p);
    for (const r of boundedReserves(auxiliaryLaw, law.auxiliary, risks, charges[h])) {
      values[exactKey('reserve', r.risk)] = r.charge;
      values[exactKey('meanExcess', r.risk)] = r.atSimulatedCharge.meanExcess;
      values[exactKey('conditionalValueAtRisk', r.risk)] = r.conditionalValueAtRisk;
    }
    return values;
  });
}

function lawsOfSite(site: Site, horizons: readonly number[]): readonly ExactSiteHorizon[] {
  const chain = siteChain(site);
  return typeof chain === 'string' ? [] : batteryLaws(chain, horizons).laws;
}

const knownHorizons = (reference: SiteReference): readonly ExactSiteHorizon[] =>
  reference.kind === 'exact' ? reference.horizons : [];

function momentValues(of: { mean: number; standardDeviation: number; probabilityZero: number }): Exact {
  return {
    [exactKey('meanDeficit', null)]: of.mean,
    [exactKey('standardDeviation', null)]: of.standardDeviation,
    [exactKey('probabilityZero', null)]: of.probabilityZero,
  };
}

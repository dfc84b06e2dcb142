/** What is known of a scenario's parameters: which way the risk runs, their limits, and where to start looking. */
import { resolveScenario } from '../fleet/resolve.js';
import { InputError } from '../errors.js';
import { demandMoments } from '../fleet/demand.js';
import { volatility } from '../fleet/walk-law.js';
import type { Scenario } from '../scenario/scenario.js';
import { valueAt } from '../scenario/document-path.js';

export const FINDS = ['smallest', 'largest'] as const;
export type Find = (typeof FINDS)[number];

/** A parameter made ready for the search. */
export interface DesignParameter {
  readonly path: string;
  readonly find: Find;
  readonly limits: { readonly lower?: number; readonly upper?: number };
  readonly bracket: readonly [number, number];
}

interface Known {
  readonly find: Find;
  readonly limits?: (scenario: Scenario, slots: number) => DesignParameter['limits'];
  /** Where the scenario says nothing, or 0. */
  readonly start?: (scenario: Scenario, slots: number) => number;
  /** The bracket reaches from the start over this ratio to the start times it; 2 unless said. */
  readonly ratio?: number;
}

/** E[C] of a slot, which harvests are given in. */
function demandMean(scenario: Scenario): number {
  return demandMoments(resolveScenario(scenario).sizedDemand).mean;
}

function harvestMean(scenario: Scenario): number {
  const { shape, scaleJoules } = resolveScenario(scenario).walk.harvest;
  return shape * scaleJoules;
}

/** How far a walk without drift strays. */
const spread = (scenario: Scenario, slots: number): number =>
  volatility(resolveScenario(scenario).walk) * Math.sqrt(slots);

/** Efficiencies are above a half. */
const LEAST_EFFICIENCY = 0.5 + 1e-6;
const MOST_LEAK = 0.5 - 1e-6;

const efficiency: Known = { find: 'smallest', limits: () => ({ lower: LEAST_EFFICIENCY, upper: 1 }), ratio: 1.25 };
const watts: Known = {
  find: 'smallest',
  start: (scenario) => demandMean(scenario) / scenario.slotSeconds,
};

const KNOWN: Readonly<Record<string, Known>> = {
  'harvest.mean.timesDemand': {
    find: 'smallest',
    start: (scenario) => harvestMean(scenario) / demandMean(scenario),
    ratio: 1.25,
  },
  'harvest.mean': { find: 'smallest', start: harvestMean, ratio: 1.25 },
  'harvest.scaleJoules': { find: 'smallest', ratio: 1.25 },
  'battery.capacityJoules': {
    find: 'smallest',
    start: (scenario, slots) => Math.max(scenario.battery.initialJoules, spread(scenario, slots)),
    // More than twice of what is consumed in all is as good as no limit.
    limits: (scenario, slots) => ({ upper: scenario.battery.initialJoules + 2 * slots * demandMean(scenario) }),
  },
  'battery.initialJoules': {
    find: 'smallest',
    start: spread,
    limits: ({ battery }) =>
      battery.capacityJoules === undefined ? { lower: 0 } : { lower: 0, upper: battery.capacityJoules },
  },
  'battery.chargeEfficiency': { ...efficiency, start: () => 0.8 },
  'battery.dischargeEfficiency': { ...efficiency, start: () => 0.8 },
  'battery.leakPerSlot': { find: 'largest', start: () => 1e-3, limits: () => ({ lower: 0, upper: MOST_LEAK }) },
  'battery.chargeLimitWatts': watts,
  'battery.dischargeLimitWatts': watts,
  'routing.errorRate': { find: 'largest', start: () => 0.1, limits: () => ({ lower: 0, upper: 1 }) },
  'routing.overheadJoules': {
    find: 'largest',
    start: (scenario) => demandMean(scenario) / scenario.arrivals.ratePerSlot / 10,
    limits: () => ({ lower: 0 }),
  },
};

/**
 * The parameter at a path.
 * @param find what to look for where the path is not known, or against what is known
 * @param between the bracket, where the user gives one
 * @throws {InputError} where the path is none, or is not known and the user does not say enough
 */
export function designParameter(
  scenario: Scenario,
  path: string,
  slots: number,
  { find, between }: { readonly find: Find | undefined; readonly between: readonly [number, number] | undefined },
): DesignParameter {
  const known = Object.hasOwn(KNOWN, path) ? KNOWN[path] : undefined;
  const value = valueAt(scenario, path, '--vary');
  const direction = find ?? known?.find;
  if (direction === undefined) {
    throw new InputError(
      `--vary: got ${JSON.stringify(path)}, of which it is not known which way the risk runs; expected --find smallest or --find largest with it, ` +
        `or one of ${Object.keys(KNOWN).join(', ')}`,
      '--vary',
    );
  }
  const limits = known?.limits?.(scenario, slots) ?? {};
  if (between !== undefined) return { path, find: direction, limits, bracket: between };
  const start = typeof value === 'number' && value > 0 ? value : known?.start?.(scenario, slots);
  if (start === undefined) {
    throw new InputError(
      `--vary: got ${JSON.stringify(path)}, at which the scenario has no number above 0 to start from; expected --between LO,HI with it`,
      '--vary',
    );
  }
  const { ratio = 2 } = known ?? {};
  const upper = Math.min(start * ratio, limits.upper ?? Infinity);
  const lower = Math.max(Math.min(start, upper) / ratio, limits.lower ?? -Infinity);
  return { path, find: direction, limits, bracket: [lower, upper] };
}

/** Rules for the numbers of JSON documents that several of them have. */
import type { Scenario } from '../../src/scenario/scenario.js';
import { asked, given } from './exemptions.js';
import type { LeafRule } from './explained.js';
import type { OwnStatistics } from './own-statistics.js';
import type { WalkNumbers } from './walk-numbers.js';

const INTERVALS = { lower: 0, upper: 1 } as const;
export const end = (name: string): 0 | 1 => INTERVALS[name as keyof typeof INTERVALS];

/** Version, scenario and what ran: the scenario is what came in, with what it leaves out filled in. */
export function headRules(scenario: Scenario): LeafRule[] {
  return [
    [/^\/schemaVersion$/, () => 1],
    [
      /^\/scenario\/(.*)$/,
      (place) => place.split('/').reduce<unknown>((v, key) => (v as Record<string, unknown>)[key], scenario) as number,
    ],
    ...given('threads'),
  ];
}

/**
 * Estimates of one quantity with their intervals.
 *
 * @param place a regular expression of where they stand; its one group is the horizon
 * @param name of the mean
 */
export function estimateRules(place: string, at: (i: number) => OwnStatistics, name = 'meanDeficit'): LeafRule[] {
  const of = (i: string): OwnStatistics => at(Number(i));
  const rule = (rest: string, expected: LeafRule[1]): LeafRule => [new RegExp(`^${place}/${rest}$`), expected];
  return [
    rule(name, (i) => of(i).mean),
    rule('standardError', (i) => of(i).standardError),
    rule('meanInterval/(\\w+)', (i, e) => of(i).meanInterval[end(e)]),
    rule('standardDeviation', (i) => of(i).standardDeviation),
    rule('standardDeviationInterval/(\\w+)', (i, e) => of(i).standardDeviationInterval[end(e)]),
    rule('probabilityZero', (i) => of(i).zero),
    rule('probabilityZeroInterval/(\\w+)', (i, e) => of(i).zeroInterval[end(e)]),
    rule('quantiles/([\\d.]+)', (i, p) => of(i).quantile(Number(p))),
    rule('quantileIntervals/([\\d.]+)/(\\w+)', (i, p, e) => of(i).quantileInterval(Number(p))[end(e)]),
  ];
}

/** The three laws at a horizon, and how far the paths are from the Brownian one. */
export function theoryRules(place: string, walk: WalkNumbers): LeafRule[] {
  const rule = (rest: string, expected: LeafRule[1]): LeafRule => [new RegExp(`^${place}/${rest}$`), expected];
  const law = '(exact|corrected|brownian)';
  return [
    rule('exact/error/(\\w+)', (i, name) => walk.error(Number(i))[name as 'mean']),
    rule(`${law}/meanDeficit`, (i, name) => walk.law(Number(i), name).mean),
    rule(`${law}/standardDeviation`, (i, n) => walk.law(Number(i), n).standardDeviation),
    rule(`${law}/probabilityZero`, (i, n) => walk.law(Number(i), n).probabilityZero),
    rule(`${law}/quantiles/([\\d.]+)`, (i, n, p) => walk.law(Number(i), n).quantile(Number(p))),
    rule('brownianDistance/seen', (i) => walk.seen(Number(i))),
    rule('brownianDistance/expected', (i) => walk.expectedDistance(Number(i))),
    rule('brownianDistance/criticalValue', () => walk.critical),
    rule('brownianDistance/pValue', (i) => kolmogorov(walk.seen(Number(i)), walk.trials)),
  ];
}

/** The law that was sampled; a drift that is critical is 0. */
export function lawRules({ prepared, sigma }: WalkNumbers): LeafRule[] {
  const { quantumJoules, samplingError } = asked('sampled law', prepared.law);
  return [
    [/^\/law\/driftJoulesPerSlot$/, () => 0],
    [/^\/law\/volatilityJoules$/, () => sigma],
    [/^\/law\/quantumJoules$/, () => quantumJoules],
    [/^\/law\/samplingError\/(\w+)$/, (name) => (samplingError as unknown as Record<string, number>)[name]],
  ];
}

/** What differs from run to run: a run's two times must fit each other, which is all that can be said of them. */
export function timeRules(pathSlots: number, timed: Timed): LeafRule[] {
  return [
    [/^\/elapsedSeconds$/, () => pathSlots / timed.pathSlotsPerSecond],
    [/^\/pathSlotsPerSecond$/, () => pathSlots / timed.elapsedSeconds],
  ];
}

export interface Timed {
  readonly elapsedSeconds: number;
  readonly pathSlotsPerSecond: number;
  readonly engine: { readonly version: string; readonly adapter: { readonly threads: number } };
}

/** P(sup ≥ d): Kolmogorov's limit, shifted for n paths as Vrbik (2018) has it, and at most Massart's bound. */
function kolmogorov(d: number, n: number): number {
  const x = Math.sqrt(n) * d;
  const shifted = x + 1 / (6 * Math.sqrt(n)) + (x - 1) / (4 * n);
  let total = 0;
  for (let k = 1; k < 100; k++) total += 2 * (-1) ** (k - 1) * Math.exp(-2 * k * k * shifted * shifted);
  return Math.min(1, 2 * Math.exp(-2 * x * x), total);
}

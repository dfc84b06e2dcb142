/**
 * Claimed against true errors of the exact law's CDF, collected case by case and printed as a table of worst ratios.
 */
import { exactLaw } from '../../src/theory/exact/law.js';
import type { ExactLaw } from '../../src/theory/exact/law.js';
import { formatTable } from '../../src/report/table.js';
import { KinkedLaw, afterOneSlot } from './kinked-walk.js';
import type { WholeWalk } from './kinked-walk.js';
import { law } from './laws.js';

/** Rounding of what the true values are computed by: of a sum of incomplete gamma functions, and of the recursion. */
const CLOSED = 2e-14;
const RECURSION = 2e-12;

export interface CaseResult {
  readonly name: string;
  readonly slots: number;
  readonly points: number;
  readonly worstError: number;
  /** Largest (true error − rounding of the true value)/claimed error at the point. */
  readonly worstRatio: number;
  /** The same against the one error that is claimed for the whole law. */
  readonly worstOfLaw: number;
  readonly at: number;
}

function exactOf({ rate, energies, probabilities, shape, scale }: WholeWalk, slots: number): ExactLaw {
  return exactLaw(law(rate, [...energies], [...probabilities], shape, scale), slots);
}

function compare(
  name: string,
  exact: ExactLaw,
  truth: (d: number) => number,
  points: readonly number[],
  rounding: number,
): CaseResult {
  let [worstError, worstRatio, worstOfLaw, at] = [0, 0, 0, NaN];
  for (const d of points) {
    const off = Math.abs(exact.cdf(d) - truth(d));
    const beyond = Math.max(0, off - rounding);
    const ratio = beyond / (exact.cdfErrorAt?.(d) ?? exact.error.cdf);
    if (ratio >= worstRatio) [worstRatio, at] = [ratio, d];
    worstError = Math.max(worstError, off);
    worstOfLaw = Math.max(worstOfLaw, beyond / exact.error.cdf);
  }
  return { name, slots: exact.slots, points: points.length, worstError, worstRatio, worstOfLaw, at };
}

/** At whole numbers, beside them, and between them, below `end`; `per` points for each whole number. */
export function pointsBelow(end: number, per: number, random: () => number): number[] {
  const out: number[] = [];
  for (let n = 0; n < end; n++) {
    for (let i = 0; i < per; i++) {
      const kind = i % 4;
      const beside = 10 ** (-1 - 8 * random());
      const d = kind === 0 ? n + 1 : kind === 1 ? n + 1 - beside : kind === 2 ? n + beside : n + random();
      if (d < end) out.push(d);
    }
  }
  return out;
}

/** mulberry32: points of a suite are the same in every run. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One slot, in closed form. */
export function oneSlotCase(name: string, walk: WholeWalk, points: readonly number[]): CaseResult {
  return compare(name, exactOf(walk, 1), (d) => afterOneSlot(walk, d), points, CLOSED);
}

/**
 * Several slots, by Lindley's recursion. Beyond `settled` slots it stops: the law must not change any more there, which
 * its last step shows, and serves every later horizon.
 */
export function recursionCases(
  name: string,
  walk: WholeWalk,
  horizons: readonly number[],
  pieces: number,
  points: readonly number[],
  settled = Infinity,
): CaseResult[] {
  const recursion = new KinkedLaw(walk, pieces);
  let done = 0;
  return horizons.map((slots) => {
    for (; done < Math.min(slots, settled); done++) {
      const before = points.map((d) => recursion.cdf(d));
      recursion.step();
      const moved = Math.max(...points.map((d, i) => Math.abs(recursion.cdf(d) - before[i])));
      if (done === settled - 1 && moved > 1e-14)
        throw new Error(`${name}: the last of ${settled} steps moved ${moved}`);
    }
    return compare(name, exactOf(walk, slots), (d) => recursion.cdf(d), points, RECURSION);
  });
}

export function tableOf(results: readonly CaseResult[]): string {
  return formatTable(
    [
      { header: 'walk', align: 'left' },
      { header: 'slots' },
      { header: 'points' },
      { header: 'worst error' },
      { header: 'true/claimed at the point' },
      { header: 'true/claimed of the law' },
      { header: 'worst at' },
    ],
    results.map((r) => [
      r.name,
      String(r.slots),
      String(r.points),
      r.worstError.toExponential(1),
      r.worstRatio.toFixed(2),
      r.worstOfLaw.toFixed(2),
      String(r.at),
    ]),
  );
}

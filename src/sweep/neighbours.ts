/**
 * What neighbouring points of a sweep with one seed have in common. A sweep keeps sums, not paths, so here a few paths
 * of a few pairs of neighbours are walked and paired. Every number is the same on every backend; how many pairs there
 * is time for is not.
 */
import { resolveScenario } from '../fleet/resolve.js';
import type { Backend } from '../engine/backend.js';
import { sharedDraws } from '../study/shared-draws.js';
import type { SharedDraw } from '../study/shared-draws.js';
import type { AnyPrepared } from '../study/study.js';
import { studyAs } from '../study/study.js';
import { largestOf } from '../numeric/extremes.js';
import { sideRows } from '../stats/comparison.js';
import { addPairs, emptyPairedSums, pairedDifference } from '../stats/paired.js';
import { axisGroups } from './points.js';
import type { Sweep, SweepPoint } from './points.js';

/** Two points that differ by one step of one axis, or of axes that walk together. */
export interface NeighbourPair {
  readonly axes: readonly string[];
  readonly points: readonly [SweepPoint, SweepPoint];
}

/** What their paths have in common at the last horizon, of the deficit (of a site: the auxiliary energy). */
export interface MeasuredPair extends NeighbourPair {
  readonly draws: readonly SharedDraw[];
  /** NaN where one of the points never varies. */
  readonly correlation: number;
  /**
   * Times as many paths as independent runs would need for the same error of the difference; NaN where neither varies.
   */
  readonly varianceReduction: number;
  /** Of the first point's deficit less the second's, joules. */
  readonly meanDifference: number;
  /** Paths on which the first point has the smaller deficit, and the larger. */
  readonly less: number;
  readonly greater: number;
  /** Share of the paths on which the difference has the other sign than its mean. */
  readonly againstShare: number;
}

/** What was measured of a sweep. */
export interface MeasuredNeighbours {
  /** Paths of each point. */
  readonly paths: number;
  /** Pairs of neighbours that the sweep has. */
  readonly pairs: number;
  readonly measured: readonly MeasuredPair[];
}

/** Paths of a point: some 3 % of error on a correlation of 0. */
const PATHS = 2000;
const LEAST_PATHS = 100;
/** Path-slots of a point, from which on it has fewer paths. */
const PATH_SLOTS = 2 ** 22;
/** Pairs at the most, and the time after which no further one is begun. */
const MOST_PAIRS = 64;
const SECONDS = 1.5;

export interface NeighbourControl {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
  readonly seconds?: number;
}

/** Measures some pairs of neighbours. Nothing of a sweep whose points have seeds of their own, or that is one point. */
export async function measureNeighbours(
  sweep: Sweep,
  backend: Backend,
  { signal, onProgress, seconds = SECONDS }: NeighbourControl = {},
): Promise<MeasuredNeighbours | undefined> {
  const { file } = sweep;
  const pairs = neighbourCount(sweep);
  if (file.seeds !== 'shared' || pairs === 0) return undefined;
  const slots = file.horizons[file.horizons.length - 1];
  const paths = Math.min(file.trials, Math.max(LEAST_PATHS, Math.min(PATHS, Math.floor(PATH_SLOTS / slots))));
  if (paths < 2) return undefined;
  const walked = new Map<SweepPoint, WalkedPoint>();
  const of = async (point: SweepPoint): Promise<WalkedPoint> => {
    const own = walked.get(point) ?? (await walkPoint(point, backend, { paths, slots, signal }));
    walked.set(point, own);
    return own;
  };
  const start = performance.now();
  const measured: MeasuredPair[] = [];
  const chosen = neighbourPairs(sweep, MOST_PAIRS);
  for (const pair of chosen) {
    const [a, b] = [await of(pair.points[0]), await of(pair.points[1])];
    if (signal?.aborted === true) break;
    const sums = addPairs(emptyPairedSums(a.quantumJoules, b.quantumJoules), a.deficits, b.deficits);
    const { correlation, varianceReduction, meanDifference } = pairedDifference(sums);
    const { less, greater } = sums;
    const againstShare = (meanDifference > 0 ? less : greater) / paths;
    const draws = sharedDraws(a.prepared, b.prepared);
    measured.push({ ...pair, draws, correlation, varianceReduction, meanDifference, less, greater, againstShare });
    onProgress?.(measured.length, chosen.length);
    if ((performance.now() - start) / 1000 > seconds) break;
  }
  return { paths, pairs, measured };
}

interface WalkedPoint {
  readonly prepared: AnyPrepared;
  readonly quantumJoules: number;
  readonly deficits: Int32Array;
}

async function walkPoint(
  { scenario, seed, kind }: SweepPoint,
  backend: Backend,
  {
    paths,
    slots,
    signal,
  }: { readonly paths: number; readonly slots: number; readonly signal: AbortSignal | undefined },
): Promise<WalkedPoint> {
  const request = { trials: paths, horizons: [slots], seed };
  const { planned: prepared } = studyAs(kind, resolveScenario(scenario), request, 'point');
  const values = await backend.deficits(prepared.job, signal === undefined ? {} : { signal });
  const deficits = kind === 'site' ? sideRows(values, 1, paths, 0)('auxiliary') : values;
  return { prepared, quantumJoules: prepared.law.quantumJoules, deficits };
}

/** How many pairs of neighbours a sweep has. */
export function neighbourCount({ file, points }: Sweep): number {
  return axisGroups(file).reduce((sum, { count }) => sum + (points.length / count) * (count - 1), 0);
}

/**
 * At most `most` pairs, as many of each group of axes, spread evenly over the sweep; the groups in turn, and of each
 * the pairs in an order whose every beginning is spread too.
 */
export function neighbourPairs({ file, points }: Sweep, most: number): NeighbourPair[] {
  const groups = axisGroups(file);
  const varied = groups.filter(({ count }) => count > 1).length;
  const lists = groups.map(({ axes, count }, g): NeighbourPair[] => {
    if (count < 2) return [];
    const stride = groups.slice(g + 1).reduce((product, other) => product * other.count, 1);
    const all = (points.length / count) * (count - 1);
    const taken = Math.min(all, Math.max(1, Math.floor(most / varied)));
    return spreadOrder(taken).map((k) => {
      // Pairs in order of their first points, where those at the end of the axis have none.
      const pair = Math.floor(((k + 0.5) * all) / taken);
      const block = Math.floor(pair / (stride * (count - 1)));
      const first = block * stride * count + (pair % (stride * (count - 1)));
      return { axes, points: [points[first], points[first + stride]] };
    });
  });
  const longest = largestOf([0, ...lists.map((list) => list.length)]);
  return Array.from({ length: longest }, (_, k) => lists.flatMap((list) => list.slice(k, k + 1)))
    .flat()
    .slice(0, most);
}

/** 0 … n − 1, each beginning of which is spread: numbers in the order of their bits read backwards. */
function spreadOrder(n: number): number[] {
  const bits = Math.max(1, Math.ceil(Math.log2(n)));
  const backwards = (k: number): number => {
    let out = 0;
    for (let b = 0; b < bits; b++) out = 2 * out + ((k >> b) & 1);
    return out;
  };
  return Array.from({ length: 2 ** bits }, (_, k) => backwards(k)).filter((k) => k < n);
}

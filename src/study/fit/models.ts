/**
 * Four models of one file's demand, and the charge that each asks for: independent slots with Poisson counts, with
 * counts of the file's dispersion, slots whose rate goes between two loads, and blocks of the file itself drawn with
 * return (Politis and Romano 1992). Only the last assumes nothing of how requests hang together within a block: what
 * the others lack of it is what their assumption costs (the paper's Remark 1).
 *
 * Slot by slot a constant harvest brings what the demand takes on average, so that what is left is the demand's own.
 */
import { pathState, nextWord } from '../../engine/stream.js';
import { PURPOSE } from '../../engine/purposes.js';
import { streamKey } from '../../engine/stream-key.js';
import { negativeBinomialWeights } from '../../numeric/negative-binomial.js';
import { quantileRanks, type Interval } from '../../stats/binomial.js';
import type { LoadStates } from './load-states.js';
import type { TokenBin } from './token-bins.js';

export type DemandModel = 'poisson' | 'dispersed' | 'modulated' | 'bootstrap';

/** What the charge has to cover. */
export interface ReserveQuestion {
  readonly slots: number;
  readonly paths: number;
  readonly risk: number;
  readonly seed: string;
}

/** In tokens. */
export interface ModelReserve {
  readonly model: DemandModel;
  /** Covers the deficit in all but the share `risk` of the paths. */
  readonly reserve: number;
  /** 95 %: of order statistics, and of blocks what one file may be off by as well. */
  readonly interval: Interval;
}

/** Uniform words of one path. */
type Words = () => number;

/** What a slot takes, in tokens, slot after slot of one path. */
type Course = (word: Words) => () => number;

const WORD = 2 ** 32;
const CONFIDENCE_TAIL = 0.025;

/** Draws a place by running sums of weights. */
function drawn(weights: ArrayLike<number>): (word: Words) => number {
  const sums = new Float64Array(weights.length);
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sums[i] = sum += weights[i];
  return (word) => {
    const at = (word() / WORD) * sum;
    let [low, high] = [0, sums.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle] > at) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

/** Counts beyond twenty deviations and as many times the dispersion are none. */
function countsOf(rate: number, dispersion: number): (word: Words) => number {
  const length = Math.ceil(rate + 20 * Math.sqrt(rate * dispersion) + 30 * dispersion) + 2;
  return rate > 0 ? drawn(negativeBinomialWeights(rate, dispersion, length)) : () => 0;
}

/** Slots of so many tasks each, of these lengths. */
function tasksOf(bins: readonly TokenBin[]): (word: Words, count: number) => number {
  const kind = drawn(bins.map(({ weight }) => weight));
  return (word, count) => {
    let tokens = 0;
    for (let i = 0; i < count; i++) tokens += bins[kind(word)].tokens;
    return tokens;
  };
}

/** Independent slots. */
export function independentSlots(rate: number, dispersion: number, bins: readonly TokenBin[]): Course {
  const count = countsOf(rate, dispersion);
  const tasks = tasksOf(bins);
  return (word) => () => tasks(word, count(word));
}

/** Slots whose rate goes between loads; the first state is drawn from the law at rest. */
export function modulatedSlots(rate: number, load: LoadStates, bins: readonly TokenBin[]): Course {
  const counts = load.states.map(({ factor }) => countsOf(rate * factor, load.dispersion));
  const next = load.transitions.map((row) => drawn(row));
  const start = drawn(load.lasting);
  const tasks = tasksOf(bins);
  return (word) => {
    let state = start(word);
    let isFirst = true;
    return () => {
      if (!isFirst) state = next[state](word);
      isFirst = false;
      return tasks(word, counts[state](word));
    };
  };
}

/** Blocks of so many of the file's own slots, which are taken as a ring. */
export function blockSlots(slots: Float64Array, length: number): Course {
  return (word) => {
    let at = 0;
    let left = 0;
    return () => {
      if (left === 0) {
        at = Math.floor((word() / WORD) * slots.length);
        left = length;
      }
      left--;
      const tokens = slots[at];
      at = at + 1 === slots.length ? 0 : at + 1;
      return tokens;
    };
  };
}

/** The charge of one model. @param mean tokens that a slot takes on average */
export function modelReserve(
  model: DemandModel,
  course: Course,
  mean: number,
  { slots, paths, risk, seed }: ReserveQuestion,
): ModelReserve {
  const key = streamKey(seed);
  const deficits = new Float64Array(paths);
  for (let p = 0; p < paths; p++) {
    const state = pathState(key, p, PURPOSE.arrivals);
    const next = course(() => nextWord(state));
    let taken = 0;
    let most = 0;
    for (let t = 0; t < slots; t++) {
      taken += next() - mean;
      if (taken > most) most = taken;
    }
    deficits[p] = most;
  }
  deficits.sort();
  const { lower, upper } = quantileRanks(paths, 1 - risk, CONFIDENCE_TAIL, CONFIDENCE_TAIL);
  const at = (rank: number): number => (rank < 1 ? 0 : rank > paths ? Infinity : deficits[rank - 1]);
  return {
    model,
    reserve: at(Math.ceil((1 - risk) * paths)),
    interval: { lower: at(lower), upper: at(upper) },
  };
}

/**
 * Partials: the exact integers to which a run is reduced at each checkpoint horizon. Merging is addition, so batches,
 * slices, shards and machines give the same bytes whatever the order. Units are quanta (see SampledLaw.quantumJoules).
 * Their bytes, hash and JSON form are in partials-codec.ts; what they mean statistically is in stats/.
 */
import { InputError } from '../errors.js';

/**
 * How deficits are binned at one horizon: bin i counts the positive deficits D with offset + i·2^shift ≤ D < offset +
 * (i+1)·2^shift (in quanta); the first and last bins also take all that lies below or above. Paths with D = 0 are
 * counted apart. Where the shift is LOGARITHMIC the bins are 128 to an octave, for what may have any size.
 */
export interface BinLayout {
  readonly offset: number;
  readonly shift: number;
}

/**
 * The shift that stands for logarithmic bins (with offset 0): bin D for D < 128, then 128 equal bins in each octave.
 */
export const LOGARITHMIC = 32;
/** log2 of the bins of an octave. */
const OCTAVE_BITS = 7;

/** The bin of a positive deficit below 2^31, in quanta. */
export function binOf(deficit: number, { offset, shift }: BinLayout): number {
  if (shift < LOGARITHMIC) {
    const bin = deficit <= offset ? 0 : (deficit - offset) >>> shift;
    return bin < BIN_COUNT ? bin : BIN_COUNT - 1;
  }
  const octave = Math.max(0, 31 - Math.clz32(deficit) - OCTAVE_BITS);
  return (octave << OCTAVE_BITS) + (deficit >>> octave);
}

/** The least deficit of bin i, in quanta; i = BIN_COUNT gives where the last bin would end by its width. */
export function binStart(i: number, { offset, shift }: BinLayout): number {
  if (shift < LOGARITHMIC) return offset + i * powerOfTwo(shift);
  const octave = Math.max(0, (i >>> OCTAVE_BITS) - 1);
  return (i - (octave << OCTAVE_BITS)) * powerOfTwo(octave);
}

/** 2^n for n up to 31: the general power takes twenty times as long, and edges are wanted by the million. */
function powerOfTwo(n: number): number {
  return (1 << n) >>> 0;
}

/** What is kept of all paths at one horizon. */
export interface HorizonPartials {
  /** T: slots walked. */
  readonly slots: number;
  readonly bins: BinLayout;
  /** Paths counted, an integer ≤ 2^53. */
  count: number;
  /** Paths with D = 0. */
  zeros: number;
  /** ΣD, quanta. */
  sum: bigint;
  /** ΣD², quanta². */
  sumOfSquares: bigint;
  /** Positive deficits by bin; integers ≤ 2^53. */
  readonly histogram: Float64Array;
}

/** The exact integers that a run has counted. Merging is addition. */
export interface Partials {
  readonly horizons: readonly HorizonPartials[];
}

/** One checkpoint before anything is counted at it. */
export interface HorizonLayout {
  readonly slots: number;
  readonly bins: BinLayout;
}

/** Number of histogram bins at each horizon. */
export const BIN_COUNT = 4096;

/** The neutral element of merging: nothing counted yet at these checkpoints. */
export function emptyPartials(layouts: readonly HorizonLayout[]): Partials {
  return {
    horizons: layouts.map(({ slots, bins }) => ({
      slots,
      bins: { offset: bins.offset, shift: bins.shift },
      count: 0,
      zeros: 0,
      sum: 0n,
      sumOfSquares: 0n,
      histogram: new Float64Array(BIN_COUNT),
    })),
  };
}

/**
 * The partials of both runs together, in new storage: addition, hence associative and commutative.
 * Throws InputError where the checkpoints or the bins differ (such counts cannot be added) or a count would pass 2^53.
 */
export function mergePartials(a: Partials, b: Partials): Partials {
  if (a.horizons.length !== b.horizons.length) {
    throw new InputError(
      `Partials of ${a.horizons.length} horizons cannot be merged with partials of ${b.horizons.length}: ` +
        'merge only parts of one run, which share scenario, horizons and plan.',
      'horizons',
    );
  }
  return { horizons: a.horizons.map((first, i) => mergeHorizon(first, b.horizons[i], `horizons[${i}]`)) };
}

function mergeHorizon(a: HorizonPartials, b: HorizonPartials, field: string): HorizonPartials {
  if (a.slots !== b.slots || a.bins.offset !== b.bins.offset || a.bins.shift !== b.bins.shift) {
    throw new InputError(
      `Partials at ${describe(a)} cannot be merged with partials at ${describe(b)}: ` +
        'merge only parts of one run, which share scenario, horizons and plan.',
      field,
    );
  }
  const count = a.count + b.count;
  if (!Number.isSafeInteger(count)) {
    throw new InputError(
      `Merging ${a.count} and ${b.count} paths passes 2^53, beyond which counts are not exact: merge fewer parts.`,
      `${field}.count`,
    );
  }
  return {
    slots: a.slots,
    bins: a.bins,
    count,
    zeros: a.zeros + b.zeros,
    sum: a.sum + b.sum,
    sumOfSquares: a.sumOfSquares + b.sumOfSquares,
    histogram: a.histogram.map((paths, i) => paths + b.histogram[i]),
  };
}

function describe({ slots, bins }: HorizonLayout): string {
  return `${slots} slots (bins from ${bins.offset}, width 2^${bins.shift})`;
}

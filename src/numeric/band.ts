/**
 * Convolutions of real sequences with a kernel of few places: window by window (overlap-save), two windows at once as
 * real and imaginary part of one sequence. Windows in which there is next to nothing are left out.
 */
import { Convolver } from './convolver.js';
import type { ConvolutionKernel } from './convolver.js';

/** Weights of moves by −before … after places. */
export class Band {
  readonly after: number;
  private readonly transforms = new Map<Convolver, ConvolutionKernel>();

  /** @param weights that of a move by d at entry before + d. */
  constructor(
    private readonly weights: Float64Array,
    readonly before: number,
  ) {
    this.after = weights.length - 1 - before;
  }

  /** The band of a circle of weights, that of a move by −d at entry length − d, without zeros at its ends. */
  static ofCircle(circle: Float64Array): Band {
    const half = circle.length / 2;
    const isNone = (d: number): boolean => Math.abs(circle[(d + circle.length) % circle.length]) < NEGLIGIBLE;
    let [before, after] = [half - 1, half - 1];
    while (before > 0 && isNone(-before)) before--;
    while (after > 0 && isNone(after)) after--;
    const weights = new Float64Array(before + after + 1);
    weights.set(circle.subarray(0, after + 1), before);
    if (before > 0) weights.set(circle.subarray(circle.length - before));
    return new Band(weights, before);
  }

  /** Its transform, made once. */
  transform(convolver: Convolver): ConvolutionKernel {
    let known = this.transforms.get(convolver);
    if (known === undefined) {
      const { weights, before } = this;
      const circle = new Float64Array(convolver.size);
      circle.set(weights.subarray(before));
      if (before > 0) circle.set(weights.subarray(0, before), convolver.size - before);
      this.transforms.set(convolver, (known = convolver.kernel(circle)));
    }
    return known;
  }
}

/** A weight so small does not matter beside rounding, however many there are. */
const NEGLIGIBLE = 1e-25;
/** The same of a window's values, by those of the fullest window. */
const EMPTY = 1e-30;
/** What a transform's length costs beside the stages of its transforms, in stages. */
const OTHER_STAGES = 4;

/** A part of a sequence, from which `room` results follow from `from` on. */
interface Window {
  readonly sequence: number;
  readonly from: number;
  /** The sum of its values' sizes: that of what comes of them is about as large, however they lie. */
  readonly sum: number;
}

/** The first `length` values of each sequence convolved with a band; all of one length, which end in zeros. */
export function convolveBand(
  band: Band,
  sequences: readonly Float64Array[],
  length = sequences[0].length,
  of: (size: number) => Convolver = (size) => Convolver.of(size),
): Float64Array[] {
  const { before, after } = band;
  const convolver = of(windowSize(band, length));
  const kernel = band.transform(convolver);
  const room = convolver.size - before - after;
  const out = sequences.map(() => new Float64Array(length));
  const [re, im] = convolver.parts();
  const load = (place: Float64Array, { sequence, from }: Window): void => {
    const values = sequences[sequence];
    const end = Math.max(from, Math.min(values.length, from + room + before));
    place.set(values.subarray(from, end));
    place.fill(0, end - from);
    // What moves up into the window is at the end of the circle.
    const start = Math.max(0, from - after);
    if (start < from) place.set(values.subarray(start, from), convolver.size - (from - start));
  };
  const save = (place: Float64Array, { sequence, from }: Window): void => {
    out[sequence].set(place.subarray(0, Math.min(room, length - from)), from);
  };
  const both = (first: Window, second: Window | undefined): void => {
    load(re, first);
    if (second === undefined) im.fill(0);
    else load(im, second);
    // Rounding of one is felt by the other: a power of two, exact to multiply by, makes them of like size.
    const scale = second === undefined ? 1 : 2 ** Math.round(Math.log2(first.sum / second.sum));
    scaleBy(im, scale);
    convolver.convolve(kernel);
    save(re, first);
    if (second === undefined) return;
    scaleBy(im, 1 / scale);
    save(im, second);
  };
  let waiting: Window | undefined;
  for (const window of sequences.flatMap((values, i) => windowsOf(values, i, room, band, length))) {
    if (waiting === undefined) waiting = window;
    else {
      both(waiting, window);
      waiting = undefined;
    }
  }
  if (waiting !== undefined) both(waiting, undefined);
  return out;
}

/** The windows of a sequence in which there is something. */
function windowsOf(
  values: Float64Array,
  sequence: number,
  room: number,
  { before, after }: Band,
  length: number,
): Window[] {
  const windows: Window[] = [];
  let most = 0;
  for (let from = 0; from < length; from += room) {
    const sum = sizeOf(values, Math.max(0, from - after), Math.min(values.length, from + room + before));
    most = Math.max(most, sum);
    windows.push({ sequence, from, sum });
  }
  return windows.filter(({ sum }) => sum > EMPTY * most);
}

function sizeOf(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let k = from; k < to; k++) sum += Math.abs(values[k]);
  return sum;
}

function scaleBy(values: Float64Array, factor: number): void {
  if (factor === 1) return;
  for (let k = 0; k < values.length; k++) values[k] *= factor;
}

/** The length of transforms, a power of two, that costs least. */
function windowSize({ before, after }: Band, length: number): number {
  let best = 8;
  let least = Infinity;
  for (let size = 8; ; size *= 2) {
    const room = size - before - after;
    if (room > 0) {
      const cost = Math.ceil(length / room) * size * (Math.log2(size) + OTHER_STAGES);
      if (cost < least) [best, least] = [size, cost];
      if (room >= length) return best;
    }
  }
}

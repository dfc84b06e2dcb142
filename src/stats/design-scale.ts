/** The values that a design parameter may take, and the scale on which they are searched. */
import { InputError } from '../errors.js';

export interface DesignRange {
  /** Where the search starts: two values, the lower first. */
  readonly bracket: readonly [number, number];
  /** What the parameter can be at all; infinite where absent. */
  readonly limits?: { readonly lower?: number | undefined; readonly upper?: number | undefined } | undefined;
  /** `log` unless the bracket's lower end is not positive. */
  readonly scale?: 'linear' | 'log' | undefined;
  /** The parameter takes whole multiples of this, counted from the lower limit or 0; continuous where absent. */
  readonly step?: number | undefined;
}

/** Most of the first expansion on a logarithmic scale: the fifth is by its 16th power. */
const MOST_RATIO = 4;

/** Where values may lie, as words; nothing where there is no limit. */
function withinWords(lower: number, upper: number): string {
  if (Number.isFinite(lower)) return Number.isFinite(upper) ? ` from ${lower} to ${upper}` : ` of at least ${lower}`;
  return Number.isFinite(upper) ? ` of at most ${upper}` : '';
}

/**
 * Values within this part of the starting bracket's width of 0 are as good as 0, on a linear scale; within this part of
 * its lower end on the other.
 */
const NEAR_ZERO = 1e-3;

export class DesignScale {
  readonly bracket: readonly [number, number];
  private readonly lower: number;
  private readonly upper: number;
  private readonly log: boolean;
  private readonly step: number | undefined;
  private readonly origin: number;

  /** @throws {InputError} where the bracket is none, or not within the limits, or a logarithmic scale would hold 0. */
  constructor({ bracket, limits, scale, step }: DesignRange) {
    const [low, high] = bracket;
    if (step !== undefined && !(step > 0)) throw new InputError(`step: got ${step}, expected a number > 0`, 'step');
    this.lower = limits?.lower ?? -Infinity;
    this.log = (scale ?? (low > 0 ? 'log' : 'linear')) === 'log';
    this.step = step;
    this.origin = Number.isFinite(this.lower) ? this.lower : 0;
    const upper = limits?.upper ?? Infinity;
    this.upper = step === undefined ? upper : this.origin + Math.floor((upper - this.origin) / step) * step;
    const got = `bracket: got ${low} to ${high}`;
    if (!(low < high && low >= this.lower && high <= this.upper)) {
      throw new InputError(
        `${got}, expected two values${withinWords(this.lower, this.upper)}, the lower first`,
        'bracket',
      );
    }
    if (this.log && !(low > 0)) throw new InputError(`${got}, expected values > 0 for a logarithmic scale`, 'bracket');
    this.bracket = [this.snap(low), this.snap(high)];
    if (this.bracket[0] === this.bracket[1]) {
      throw new InputError(`${got}, expected values at least ${step ?? 0} apart, the step`, 'bracket');
    }
  }

  /** The value that lies this part of the way from one to another, both excluded; undefined where none lies between. */
  between(from: number, to: number, part: number): number | undefined {
    const [low, high] = from < to ? [from, to] : [to, from];
    // One end may be a limit of 0, from which a logarithmic scale knows no way.
    const straight = !this.log || low <= 0;
    let x = straight ? from + part * (to - from) : from * (to / from) ** part;
    if (this.step !== undefined) {
      x = Math.min(Math.max(this.snap(x), this.snap(low + this.step)), this.snap(high - this.step));
    }
    return x > low && x < high ? x : undefined;
  }

  /** Which part of the way from one value to another a third lies: 0 at the first, 1 at the second. */
  partOfTheWay(from: number, to: number, x: number): number {
    const straight = !this.log || Math.min(from, to) <= 0;
    return straight ? (x - from) / (to - from) : Math.log(x / from) / Math.log(to / from);
  }

  /** The value beyond `end`, seen from `other`: twice as far with each expansion; undefined at the limit. */
  beyond(end: number, other: number, count: number): number | undefined {
    if (end === this.lower || end === this.upper) return undefined;
    const [from, to] = this.bracket;
    const far = 2 ** count * (end > other ? 1 : -1);
    const x = this.log ? end * Math.min(to / from, MOST_RATIO) ** far : end + far * (to - from);
    return Math.min(Math.max(this.snap(x), this.lower), this.upper);
  }

  /** The parameter's end; infinite where it has none. */
  limit(side: 'lower' | 'upper'): number {
    return this[side];
  }

  /** What relative tolerances are taken of where values are less. */
  get nearZero(): number {
    const [low, high] = this.bracket;
    return NEAR_ZERO * (this.log ? low : high - low);
  }

  private snap(x: number): number {
    return this.step === undefined ? x : this.origin + Math.round((x - this.origin) / this.step) * this.step;
  }
}

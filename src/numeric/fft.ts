/** Real convolutions on a grid by fft.js; power-of-two lengths. Not a general FFT interface. */
import FFT from 'fft.js';

/** A real grid's spectrum, interleaved re, im: frequencies 0 … n/2 (the rest mirrors them), length n + 2. */
export type Spectrum = Float64Array;

/** Largest transform whose tables are kept: all of them together are then below 5 MiB. */
const LARGEST_KEPT = 2 ** 16;
const kept = new Map<number, GridTransform>();

export class GridTransform {
  private readonly fft: FFT;
  private readonly work: Float64Array;
  private readonly mixed: Float64Array;
  constructor(readonly size: number) {
    this.fft = new FFT(size);
    this.work = new Float64Array(2 * size);
    this.mixed = new Float64Array(size);
  }

  /** The transform of a size, made once: its sines cost more than a transform does. */
  static of(size: number): GridTransform {
    const known = kept.get(size);
    if (known !== undefined) return known;
    const made = new GridTransform(size);
    if (size <= LARGEST_KEPT) kept.set(size, made);
    return made;
  }

  /** Spectrum of a real grid: Σ_n x[n] exp(−2πi kn/size). */
  forward(grid: Float64Array): Spectrum {
    this.fft.realTransform(this.work, grid);
    return this.work.slice(0, this.size + 2);
  }

  /** A grid, which ends in zeros where it is shorter, convolved periodically with the one whose spectrum is given. */
  convolve(grid: Float64Array, other: Spectrum): Float64Array {
    this.mixed.fill(0, grid.length);
    this.mixed.set(grid);
    const product = this.forward(this.mixed);
    multiplySpectrum(product, other);
    return this.inverse(product);
  }

  /** The real grid of a spectrum, scaled so that `inverse(forward(x)) = x`. */
  inverse(spectrum: Spectrum): Float64Array {
    const { size, mixed } = this;
    mixed[0] = spectrum[0];
    for (let k = 1; k <= size / 2; k++) {
      mixed[k] = spectrum[2 * k] + spectrum[2 * k + 1];
      mixed[size - k] = spectrum[2 * k] - spectrum[2 * k + 1];
    }
    mixed[size / 2] = spectrum[size];
    return this.unmixed().slice();
  }

  /**
   * Σ_n grid[n + i]·other[n] for every i, periodically, `other` given by its spectrum. A grid shorter than the
   * transform ends in zeros. The result is the transform's own and lasts until its next use: a megabyte made and
   * dropped at each of a sweep's points would cost more than the sums do.
   */
  correlate(grid: Float64Array, other: Spectrum): Float64Array {
    const { size, work, mixed } = this;
    mixed.fill(0, grid.length);
    mixed.set(grid);
    this.fft.realTransform(work, mixed);
    mixConjugateProduct(work, other, size, mixed);
    return this.unmixed();
  }

  /** With y = Re X + Im X in `mixed`, real, x = (Re Y + Im Y)/size: half the work of a complex transform. */
  private unmixed(): Float64Array {
    const { size, work, mixed } = this;
    this.fft.realTransform(work, mixed);
    unmix(work, size, mixed);
    return mixed;
  }
}

/** Multiplies interleaved complex values by others, in place. */
export function multiplySpectrum(values: Float64Array, by: Float64Array): void {
  for (let k = 0; k < values.length; k += 2) {
    const re = values[k] * by[k] - values[k + 1] * by[k + 1];
    values[k + 1] = values[k] * by[k + 1] + values[k + 1] * by[k];
    values[k] = re;
  }
}

// The loops stand by themselves, so that an engine that compiles one while it runs has seen all there is of the
// function.

/** The product with the conjugate, mixed as `inverse` does. */
function mixConjugateProduct(work: Float64Array, other: Spectrum, size: number, mixed: Float64Array): void {
  const half = size / 2;
  mixed[0] = work[0] * other[0] + work[1] * other[1] + (work[1] * other[0] - work[0] * other[1]);
  for (let k = 1; k < half; k++) {
    const a = work[2 * k];
    const b = work[2 * k + 1];
    const c = other[2 * k];
    const d = other[2 * k + 1];
    const re = a * c + b * d;
    const im = b * c - a * d;
    mixed[k] = re + im;
    mixed[size - k] = re - im;
  }
  mixed[half] =
    work[size] * other[size] +
    work[size + 1] * other[size + 1] +
    (work[size + 1] * other[size] - work[size] * other[size + 1]);
}

function unmix(work: Float64Array, size: number, mixed: Float64Array): void {
  const factor = 1 / size;
  mixed[0] = work[0] * factor;
  for (let n = 1; n <= size / 2; n++) {
    mixed[n] = (work[2 * n] + work[2 * n + 1]) * factor;
    mixed[size - n] = (work[2 * n] - work[2 * n + 1]) * factor;
  }
}

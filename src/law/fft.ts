/** Real convolutions on a grid by fft.js; power-of-two lengths. Not a general FFT interface. */
import FFT from 'fft.js';

/** The spectrum of a real grid of n points, interleaved re, im: frequencies 0 … n/2 (the rest is their mirror image), length n + 2. */
export type Spectrum = Float64Array;

/** Largest transform whose tables are kept: all of them together are then below 5 MiB. */
const LARGEST_KEPT = 2 ** 16;
const kept = new Map<number, GridTransform>();

export class GridTransform {
  private readonly fft: FFT;
  private readonly work: Float64Array;
  constructor(readonly size: number) {
    this.fft = new FFT(size);
    this.work = new Float64Array(2 * size);
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

  /** The real grid of a spectrum, scaled so that `inverse(forward(x)) = x`. */
  inverse(spectrum: Spectrum): Float64Array {
    // With y[k] = Re X[k] + Im X[k], a real grid, x[n] = (Re Y[n] + Im Y[n])/size: half the work of a complex transform.
    const { size, work } = this;
    const mixed = new Float64Array(size);
    mixed[0] = spectrum[0];
    for (let k = 1; k <= size / 2; k++) {
      mixed[k] = spectrum[2 * k] + spectrum[2 * k + 1];
      mixed[size - k] = spectrum[2 * k] - spectrum[2 * k + 1];
    }
    mixed[size / 2] = spectrum[size];
    this.fft.realTransform(work, mixed);
    mixed[0] = work[0] / size;
    for (let n = 1; n <= size / 2; n++) {
      mixed[n] = (work[2 * n] + work[2 * n + 1]) / size;
      mixed[size - n] = (work[2 * n] - work[2 * n + 1]) / size;
    }
    return mixed;
  }
}

/** Real convolutions on a grid by fft.js; power-of-two lengths. Not a general FFT interface. */
import FFT from 'fft.js';

/** A complex spectrum, interleaved re, im; length 2n for a grid of n points. */
export type Spectrum = Float64Array;

export class GridTransform {
  private readonly fft: FFT;
  constructor(readonly size: number) {
    this.fft = new FFT(size);
  }

  /** Spectrum of a real grid: Σ_n x[n] exp(−2πi kn/size). */
  forward(grid: Float64Array): Spectrum {
    const out = new Float64Array(2 * this.size);
    this.fft.realTransform(out, grid);
    this.fft.completeSpectrum(out);
    return out;
  }

  /** Real part of the inverse transform, scaled so that `inverse(forward(x)) = x`. */
  inverse(spectrum: Spectrum): Float64Array {
    const out = new Float64Array(2 * this.size);
    this.fft.inverseTransform(out, spectrum);
    const grid = new Float64Array(this.size);
    for (let n = 0; n < this.size; n++) grid[n] = out[2 * n];
    return grid;
  }
}

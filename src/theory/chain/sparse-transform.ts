/**
 * A characteristic function on a uniform grid of frequencies from few evaluations: where it is smooth, between points further apart by
 * interpolation. Beyond the frequencies of a law's bulk only its behaviour near 0 is left, which varies slowly.
 */

/** Largest distance between evaluated frequencies. */
const STRIDE = 32;
/** How well a point must be foretold by those around it for what lies between them to be interpolated. */
const FORETOLD = 1e-9;
/** Six-point interpolation at the middle. */
const MIDDLE = [3 / 256, -25 / 256, 150 / 256, 150 / 256, -25 / 256, 3 / 256];

/**
 * Values at angles 2πk/points, k = 0 … points − 1, interleaved re, im, of the transform of a real law: values at −k are conjugate. `points` is
 * a power of two.
 */
export function sparseTransform(points: number, at: (angle: number) => readonly [number, number]): Float64Array {
  const half = points / 2;
  const out = new Float64Array(2 * points);
  const set = (k: number, re: number, im: number): void => {
    out[2 * k] = re;
    out[2 * k + 1] = im;
    if (k > 0 && k < half) {
      out[2 * (points - k)] = re;
      out[2 * (points - k) + 1] = -im;
    }
  };
  const evaluate = (k: number): void => {
    const [re, im] = at((2 * Math.PI * k) / points);
    set(k, re, im);
  };
  const stride = Math.min(STRIDE, half);
  for (let k = 0; k <= half; k += stride) evaluate(k);
  let smooth = new Uint8Array(half / stride);
  for (let step = stride; step > 1; step /= 2) {
    const finer = new Uint8Array(2 * smooth.length);
    for (let i = 0; i < smooth.length; i++) {
      const middle = i * step + step / 2;
      let re = 0;
      let im = 0;
      MIDDLE.forEach((weight, j) => {
        const k = (i + j - 2) * step;
        const index = 2 * (((k % points) + points) % points);
        re += weight * out[index];
        im += weight * out[index + 1];
      });
      let flag = smooth[i];
      if (flag === 1) set(middle, re, im);
      else {
        evaluate(middle);
        if (Math.hypot(out[2 * middle] - re, out[2 * middle + 1] - im) < FORETOLD) flag = 1;
      }
      finer[2 * i] = flag;
      finer[2 * i + 1] = flag;
    }
    smooth = finer;
  }
  return out;
}

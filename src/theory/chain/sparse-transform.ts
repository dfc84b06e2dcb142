/**
 * A characteristic function on a uniform grid of frequencies from few evaluations: where it is smooth, between points
 * further apart by interpolation. Beyond the frequencies of a law's bulk only its behaviour near 0 is left, which
 * varies slowly.
 */

/** Largest distance between evaluated frequencies. */
const STRIDE = 32;
/** How well a point must be foretold by those around it for what lies between them to be interpolated. */
const FORETOLD = 1e-9;
/** Six-point interpolation at the middle. */
const MIDDLE = [3 / 256, -25 / 256, 150 / 256, 150 / 256, -25 / 256, 3 / 256];

/**
 * Values at angles 2πk/points, k = 0 … points − 1, interleaved re, im, of the transforms of `count` real laws: those at
 * −k are conjugate. `points` is a power of two; `at` gives those of all laws, interleaved likewise. What lies between
 * points is interpolated where all of them are smooth.
 */
export function sparseTransforms(
  points: number,
  count: number,
  at: (angle: number) => ArrayLike<number>,
): Float64Array[] {
  const half = points / 2;
  const out = Array.from({ length: count }, () => new Float64Array(2 * points));
  const set = (k: number, values: ArrayLike<number>): void => {
    out.forEach((own, law) => {
      const [re, im] = [values[2 * law], values[2 * law + 1]];
      own[2 * k] = re;
      own[2 * k + 1] = im;
      if (k === 0 || k >= half) return;
      own[2 * (points - k)] = re;
      own[2 * (points - k) + 1] = -im;
    });
  };
  const evaluate = (k: number): void => {
    set(k, at((2 * Math.PI * k) / points));
  };
  const stride = Math.min(STRIDE, half);
  for (let k = 0; k <= half; k += stride) evaluate(k);
  let smooth = new Uint8Array(half / stride);
  const foretold = new Float64Array(2 * count);
  for (let step = stride; step > 1; step /= 2) {
    const finer = new Uint8Array(2 * smooth.length);
    for (let i = 0; i < smooth.length; i++) {
      const middle = i * step + step / 2;
      foretold.fill(0);
      MIDDLE.forEach((weight, j) => {
        const k = (i + j - 2) * step;
        const index = 2 * (((k % points) + points) % points);
        out.forEach((own, law) => {
          foretold[2 * law] += weight * own[index];
          foretold[2 * law + 1] += weight * own[index + 1];
        });
      });
      let flag = smooth[i];
      if (flag === 1) set(middle, foretold);
      else {
        evaluate(middle);
        const isNear = (own: Float64Array, law: number): boolean =>
          Math.hypot(own[2 * middle] - foretold[2 * law], own[2 * middle + 1] - foretold[2 * law + 1]) < FORETOLD;
        if (out.every(isNear)) flag = 1;
      }
      finer[2 * i] = flag;
      finer[2 * i + 1] = flag;
    }
    smooth = finer;
  }
  return out;
}

/** Kernels by which Spitzer's sums are read off a transform. */

/** (n − 1)!/w^n-like kernel at w = x + iu; on a coarse lattice the sums over lattice points. */
export function kernel(n: number, x: number, u: number, q: number, lattice: boolean): [number, number] {
  const power = (re: number, im: number, times: number): [number, number] => {
    let out: [number, number] = [re, im];
    for (let i = 1; i < times; i++) out = [out[0] * re - out[1] * im, out[0] * im + out[1] * re];
    return out;
  };
  if (!lattice) {
    const norm = x * x + u * u;
    const [re, im] = power(x / norm, -u / norm, n);
    return n === 3 ? [2 * re, 2 * im] : [re, im];
  }
  const a = 0.5 * x * q;
  const b = 0.5 * u * q;
  const sinhRe = Math.sinh(a) * Math.cos(b);
  const sinhIm = Math.cosh(a) * Math.sin(b);
  const coshRe = Math.cosh(a) * Math.cos(b);
  const coshIm = Math.sinh(a) * Math.sin(b);
  const norm = sinhRe ** 2 + sinhIm ** 2;
  // (q/2)/sinh.
  const invRe = (0.5 * q * sinhRe) / norm;
  const invIm = (-0.5 * q * sinhIm) / norm;
  if (n === 2) return power(invRe, invIm, 2);
  const [re, im] = power(invRe, invIm, n);
  const size = n === 3 ? 2 : 1;
  return [size * (re * coshRe - im * coshIm), size * (re * coshIm + im * coshRe)];
}

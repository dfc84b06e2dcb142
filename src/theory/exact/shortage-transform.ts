/**
 * E exp(zD_T) for μ < 0 and long horizons, where the walk runs down and D_T is S_T plus a stationary part: the one pole
 * s = 1/M(z) of the generating function gives the whole law up to terms of order M(c*)^T, which the caller has found to
 * be below rounding.
 */
import { complexExpm1 } from '../increment.js';
import type { CompoundIncrement } from '../increment.js';
import { cauchyKernel } from './cauchy-kernel.js';
import { compoundContour } from './contour.js';
import { logTerm } from './horizon-circle.js';
import type { Spectrum } from './spectrum.js';
import { lineFrequencies, lineNodes } from './line-integral.js';

/** The transform on a line just right of 0, as far as M^T counts; `centre`: saddle c* < 0, `deviation`: SD of D_T. */
export function shortageSpectrum(
  law: CompoundIncrement,
  slots: number,
  centre: number,
  deviation: number,
  stretch: number,
): Spectrum {
  const abscissa = 1 / deviation;
  // M^T moves e^{−zd} to d − S_T: the line need resolve only the spread, but the nodes are read with the full phase.
  const line = lineNodes({
    abscissa,
    farthest: law.mean * slots + 20 * deviation,
    rough: 20 * deviation,
    phase: Infinity,
    highest: 11 / Math.sqrt(law.variance * slots),
  });
  const u = lineFrequencies(line);
  const z = { re: new Float64Array(u.length).fill(abscissa), im: u };
  const contour = compoundContour(law, { crossing: centre, damping: 0, angle: 12 / Math.sqrt(slots), stretch });
  const { node, transformMinusOne: m, silent } = contour;
  const kernel = { re: new Float64Array(2 * node.re.length), im: new Float64Array(2 * node.re.length) };
  const at = law.transformMinusOne(z);
  const out = { re: new Float64Array(u.length), im: new Float64Array(u.length) };
  // M^T is as large as e^(abscissa·mean), past all numbers for long horizons: held without that factor.
  const origin = law.mean * slots;
  const { silence } = law;
  const power = { re: new Float64Array(1), im: new Float64Array(1) };
  for (let i = 0; i < u.length; i++) {
    // log M(z) and s = 1/M(z).
    const logRe = 0.5 * Math.log1p(at.re[i] * (2 + at.re[i]) + at.im[i] ** 2);
    const logIm = Math.atan2(at.im[i], 1 + at.re[i]);
    if (slots * logRe - abscissa * origin < -40) continue;
    complexExpm1(-logRe, -logIm, power, 0);
    const gapRe = -power.re[0];
    const gapIm = -power.im[0];
    const sRe = 1 - gapRe;
    const sIm = -gapIm;
    cauchyKernel(contour, abscissa, u[i], kernel.re, kernel.im);
    let psiRe = 0;
    let psiIm = 0;
    for (let j = 0; j < node.re.length; j++) {
      for (const sign of [1, -1]) {
        const at = sign === 1 ? j : node.re.length + j;
        const [lRe, lIm] = logTerm(sRe, sIm, gapRe, gapIm, m.re[j], sign * m.im[j], silent.re[j], sign * silent.im[j]);
        psiRe += kernel.re[at] * lRe - kernel.im[at] * lIm;
        psiIm += kernel.re[at] * lIm + kernel.im[at] * lRe;
      }
    }
    // M^T (1 − sM₀(z))/(1 − s e^(−λ)) e^ψ, with z and 0 both right of the contour.
    const x = 1 + law.scale * abscissa;
    const y = law.scale * u[i];
    const size = silence * (x * x + y * y) ** (-0.5 * law.shape);
    const turn = -law.shape * Math.atan2(y, x);
    const nRe = 1 - size * (sRe * Math.cos(turn) - sIm * Math.sin(turn));
    const nIm = -size * (sRe * Math.sin(turn) + sIm * Math.cos(turn));
    const dRe = 1 - silence * sRe;
    const dIm = -silence * sIm;
    const phase = slots * logIm + psiIm + Math.atan2(nIm, nRe) - Math.atan2(dIm, dRe);
    const total =
      Math.exp(slots * logRe - abscissa * origin + psiRe) *
      Math.sqrt((nRe * nRe + nIm * nIm) / (dRe * dRe + dIm * dIm));
    out.re[i] = total * Math.cos(phase);
    out.im[i] = total * Math.sin(phase);
  }
  return { line, ...out, phase: Infinity, rough: 0, bands: [], kinks: undefined, origin };
}

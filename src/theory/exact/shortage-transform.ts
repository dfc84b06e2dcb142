/**
 * E exp(zD_T) for μ < 0 and long horizons, where the walk runs down and D_T is S_T plus a stationary part: the one pole s = 1/M(z) of the
 * generating function gives the whole law up to terms of order M(c*)^T, which the caller has found to be below rounding.
 */
import { complexExpm1 } from '../increment.js';
import type { CompoundIncrement } from '../increment.js';
import { compoundContour } from './contour.js';
import type { Spectrum } from './spectrum.js';
import { lineFrequencies, lineNodes } from './line-integral.js';

/** The transform on a line just right of 0, up to where M^T is below rounding; `centre` is the saddle c* < 0, `deviation` the SD of D_T. */
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
  const { node, weight, transformMinusOne: m, silent } = contour;
  const at = law.transformMinusOne(z);
  const out = { re: new Float64Array(u.length), im: new Float64Array(u.length) };
  // M^T is as large as e^(abscissa·mean), past all numbers for long horizons: held without that factor.
  const origin = law.mean * slots;
  const silence = Math.exp(-law.rate);
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
    let psiRe = 0;
    let psiIm = 0;
    for (let j = 0; j < node.re.length; j++) {
      for (const sign of [1, -1]) {
        const a = node.re[j];
        const b = sign * node.im[j];
        const mIm = sign * m.im[j];
        const zIm = sign * silent.im[j];
        const aRe = gapRe - sRe * m.re[j] + sIm * mIm;
        const aIm = gapIm - sRe * mIm - sIm * m.re[j];
        const bRe = 1 - sRe * silent.re[j] + sIm * zIm;
        const bIm = -sRe * zIm - sIm * silent.re[j];
        const lRe = 0.5 * Math.log((bRe * bRe + bIm * bIm) / (aRe * aRe + aIm * aIm));
        const lIm = Math.atan2(bIm, bRe) - Math.atan2(aIm, aRe);
        // weight · z/(w(w − z)).
        const pRe = a * (a - abscissa) - b * (b - u[i]);
        const pIm = a * (b - u[i]) + b * (a - abscissa);
        const norm = pRe * pRe + pIm * pIm;
        const qRe = (abscissa * pRe + u[i] * pIm) / norm;
        const qIm = (u[i] * pRe - abscissa * pIm) / norm;
        const vRe = weight.re[j];
        const vIm = sign * weight.im[j];
        const kRe = qRe * vRe - qIm * vIm;
        const kIm = qRe * vIm + qIm * vRe;
        psiRe += kRe * lRe - kIm * lIm;
        psiIm += kRe * lIm + kIm * lRe;
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

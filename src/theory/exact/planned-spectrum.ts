/**
 * Which transform the exact law is read from, on which line, for a given walk and horizon. For d > 0 it is that of V =
 * D_{T−1} + Y: D_T = max(0, V) by Lindley's recursion, so that P(D_T > d) = P(V > d). Unlike D_T's own law, that of V
 * has no edge at 0, and its transform decays faster by that of a harvest: points near 0 need no higher frequencies.
 * Where μ < 0 has won it is that of the shortage (shortage-transform.ts).
 *
 * Rare heavy tasks would make the line dense as far as the lightest tasks make it long. At high frequencies they are
 * left out: a path that has met one is far from small d, or has come back over so many harvests that it is smooth
 * there.
 */
import { compoundIncrement } from '../compound-increment.js';
import type { ComplexArray, CompoundIncrement } from '../increment.js';
import { silentAt } from './contour.js';
import { DeficitTransform } from './deficit-transform.js';
import { contourWindowHalf, horizonNodes, largestAngle } from './horizon-inversion.js';
import { exactMoments } from './moments.js';
import type { ExactMoments } from './moments.js';
import { levelRoots, saddle } from './roots.js';
import { shortageSpectrum } from './shortage-transform.js';
import { KERNEL, Kinks } from './kinks.js';
import type { Band, Spectrum } from './spectrum.js';
import type { LineNodes } from './line-integral.js';
import { lineFrequencies, lineNodes } from './line-integral.js';
import { CUT, FLAT } from './window.js';

const GAMMA = 8;
const STRETCH = 1.2;
const PHASE = 4000;
/** Bounds the number of nodes on the line: highest frequency times the extent of what is rough. */
const NODES = 1.5e4;
/** Where T·|log M(c*)| exceeds this the other branch of the law is below rounding. */
const FAR = 32;
/**
 * Up to this horizon the power series in s is cheaper than the circle; up to the second where the walk remembers a
 * lattice, so that its circle has more nodes than this share of the horizon.
 */
const SERIES = 256;
const LATTICE_SERIES = 4096;
const WIDE = 0.2;
/** A band of its own is laid where a walk without its heavier tasks is rough over an extent this times as small. */
const LIGHTER = 4;

/** The transform of D_T for d > 0 on lines chosen for this walk and horizon, whose moments are given. */
export function plannedSpectrum(
  law: CompoundIncrement,
  slots: number,
  { mean, standardDeviation: deviation, probabilityZero }: ExactMoments,
): Spectrum {
  const centre = saddle(law);
  if (law.mean > 0 && -slots * law.cumulant(centre) > FAR) {
    return shortageSpectrum(law, slots, centre, deviation, STRETCH);
  }
  const before = slots - 1;
  const plain = horizonNodes(Math.max(1, before), GAMMA);
  const { left, right } = levelRoots(law, plain.damping, centre);
  const farthest = mean + 20 * deviation + 4 * law.largestJump;
  const rough = Math.min(farthest, roughness(law));
  const highest = highestFrequency(law, rough);
  const line = lineNodes({ abscissa: 0.7 * right, farthest, rough, phase: PHASE, highest });

  let deficit: DeficitTransform | undefined;
  let empty = 1;
  if (before > 0) {
    const plan = {
      crossing: 0.5 * (left + right),
      damping: plain.damping,
      angle: largestAngle(plain),
      stretch: STRETCH,
    };
    const half = contourWindowHalf(law, before, plan);
    const nodes = horizonNodes(before, GAMMA, half);
    const wide = nodes.angle.length > WIDE * before;
    const method = before <= SERIES || (wide && before <= LATTICE_SERIES) ? 'series' : 'circle';
    deficit = new DeficitTransform(law, { nodes, crossing: 0.35 * right, stretch: STRETCH, method });
    // Whatever is taken off lies below 0: near enough will do.
    empty = before > SERIES ? probabilityZero : exactMoments(law, [before])[0].probabilityZero;
  }
  /** E exp(zV), from M − 1, less an empty deficit in a slot without tasks, which lies below 0 altogether. */
  const beyond = (own: LineNodes, u: Float64Array, m: ComplexArray): ComplexArray => {
    const { re, im } = deficit?.on(own, m) ?? { re: m.re.map(() => 1), im: m.im.map(() => 0) };
    for (let i = 0; i < u.length; i++) {
      const [silentRe, silentIm] = silentAt(law, own.abscissa, u[i]);
      const real = re[i] * (1 + m.re[i]) - im[i] * m.im[i] - empty * silentRe;
      im[i] = re[i] * m.im[i] + im[i] * (1 + m.re[i]) - empty * silentIm;
      re[i] = real;
    }
    return { re, im };
  };
  const kinks = new Kinks({
    law,
    slots,
    abscissa: line.abscissa,
    empty,
    descent: (z, count) =>
      deficit?.descent(z, count) ?? [{ re: new Float64Array(z.re.length).fill(1), im: new Float64Array(z.re.length) }],
  });
  const u = lineFrequencies(line);
  const m = law.transformMinusOne({ re: new Float64Array(u.length).fill(line.abscissa), im: u });
  const bands = lighterWalks(law, highest).map(({ law: light, share, limit, from, highest: top }): Band => {
    const rest = roughness(light);
    const own = lineNodes({ abscissa: line.abscissa, farthest: limit, rough: rest, phase: PHASE, highest: top }, from);
    const at = lineFrequencies(own);
    const thin = light.transformMinusOne({ re: new Float64Array(at.length).fill(line.abscissa), im: at });
    const thinned = { re: thin.re.map((re) => share * (1 + re) - 1), im: thin.im.map((im) => share * im) };
    return { line: own, ...beyond(own, at, thinned), limit, rough: rest };
  });
  return { line, ...beyond(line, u, m), phase: PHASE, rough, bands, kinks };
}

/** Extent of what a walk's tasks make rough, joules. */
function roughness(law: CompoundIncrement): number {
  const demand = law.mean + law.shape * law.scale;
  const squares =
    law.rate * law.energies.reduce((sum, e, j) => sum + law.probabilities[j] * e * e, 0) +
    ((law.dispersion - 1) * demand * demand) / law.rate;
  return demand + 8 * Math.sqrt(squares) + 2 * law.largestJump;
}

function highestFrequency(law: CompoundIncrement, rough: number): number {
  return Math.min(NODES / rough, PHASE / (1e-3 * Math.sqrt(law.variance)));
}

/** A walk without its heavier tasks, as the band of frequencies beyond `from` sees it for points below `limit`. */
interface LighterWalk {
  readonly law: CompoundIncrement;
  /** Probability of a slot without the heavier tasks. */
  readonly share: number;
  readonly limit: number;
  readonly from: number;
  readonly highest: number;
}

/** The walk without its heavy tasks, without the next too, and so on: as far as each lets the line go up. */
function lighterWalks(law: CompoundIncrement, top: number): LighterWalk[] {
  const { rate, dispersion, energies, probabilities, shape, scale: scaleJoules } = law;
  const out: LighterWalk[] = [];
  let highest = top;
  let rough = roughness(law);
  for (let kept = energies.length - 1; kept >= 1; kept--) {
    const mass = probabilities.subarray(0, kept).reduce((sum, p) => sum + p, 0);
    // Given that no heavier task comes, dispersed counts stay negative binomial, of the same r = λ/(I − 1).
    const rest = dispersion === 1 ? 1 : 1 / (1 - (1 - 1 / dispersion) * mass);
    const light = compoundIncrement({
      demand: {
        ratePerSlot: dispersion === 1 ? rate * mass : (rate * (rest - 1)) / (dispersion - 1),
        ...(dispersion === 1 ? {} : { dispersion: rest }),
        energiesJoules: energies.subarray(0, kept),
        probabilities: probabilities.subarray(0, kept).map((p) => p / mass),
      },
      harvest: { shape, scaleJoules },
    });
    // A kernel of the window before must not reach the heavy tasks from the points served, whose windows an error
    // estimate ends earlier.
    const limit = energies[kept] - KERNEL / (CUT * highest);
    if (roughness(light) > rough / LIGHTER || limit < 0.5 * energies[kept]) continue;
    const next = highestFrequency(light, roughness(light));
    if (next < LIGHTER * highest) continue;
    const none = (rate * Math.log1p((dispersion - 1) * (1 - mass))) / (dispersion - 1);
    const share = Math.exp(dispersion === 1 ? -rate * (1 - mass) : -none);
    out.push({ law: light, share, limit, from: CUT * FLAT * highest, highest: next });
    highest = next;
    rough = roughness(light);
  }
  return out;
}

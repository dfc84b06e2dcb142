/**
 * E exp(zD_T) on a vertical line for the true law: Spitzer's identity with Wiener–Hopf factors, Cauchy integrals over
 * the bent contour, then the coefficient at T: from the power series in s (horizon-series.ts) or on a circle in s
 * (horizon-circle.ts), at a cost that does not grow with T.
 *
 * With L(w) = −log(1 − sM(w)) + log(1 − sM₀(w)):  Σ_T s^T E exp(zD_T) = e^ψ/(1 − s),  ψ(z) = (1/2πi)∫ [L(w) − L(z)]
 * z/(w(w − z)) dw, whichever side of the contour z is on. χ = ψ − L, the transform of the descending factor, does not
 * oscillate: it is found at a few nodes and interpolated, while M(z) itself is taken at every node.
 */
import { AccuracyError } from '../../errors.js';
import { firstWhole } from '../../numeric/roots.js';
import type { ComplexArray, CompoundIncrement } from '../increment.js';
import { BLOCK_NODES } from './block-interpolation.js';
import type { Block, Span } from './block-interpolation.js';
import { compoundContour } from './contour.js';
import type { Contour } from './contour.js';
import { circleBlock, circleDescent, circleNodes, circleSum, circleSums } from './horizon-circle.js';
import type { HorizonNodes } from './horizon-inversion.js';
import { largestAngle } from './horizon-inversion.js';
import { seriesBlock, seriesDescent, seriesSum } from './horizon-series.js';
import { PowerSums } from './power-sums.js';
import type { LineNodes } from './line-integral.js';
import { lineFrequencies } from './line-integral.js';

/** The ways to the coefficient at T. */
export type HorizonMethod = 'series' | 'circle';

/**
 * What a law may cost, counted, so that no machine has another answer: nodes of the contour, and nodes times those of
 * the circle. Powers that a series needs are counted in power-sums.ts.
 */
const MOST_NODES = 3e4;
const MOST_PRODUCTS = 2e6;
const LEAST_NODES = 1e3;
/** Terms summed for the lines of one transform, some 10 ns each; and as many for points off the lines. */
const MOST_TERMS = 1.5e9;
/** A line takes some thirty blocks at least: where so many would be too dear, not even the first is begun. */
const LEAST_BLOCKS = 30;
/** What a term of a sum over the circle or over a series costs at a line's node, in terms of a contour's sum. */
const LINE_TERM = 3;

/** How a transform is to be found. */
export interface DeficitPlan {
  readonly nodes: HorizonNodes;
  /** Where the contour crosses the real axis. */
  readonly crossing: number;
  readonly stretch: number;
  readonly method: HorizonMethod;
}

/** The transform of D_T for one plan, on lines between the plan's crossing and the right root of sM = 1. */
export class DeficitTransform {
  private readonly way: Way;
  private readonly blocks = new Map<string, Block>();
  /** Terms summed so far, on lines and off them. */
  private readonly summed = { line: 0, descent: 0 };

  constructor(
    law: CompoundIncrement,
    private readonly plan: DeficitPlan,
  ) {
    const { nodes, method } = plan;
    const contour = compoundContour(law, {
      crossing: plan.crossing,
      damping: nodes.damping,
      angle: method === 'series' ? Math.PI : largestAngle(nodes),
      stretch: plan.stretch,
      finest: 0.6,
      most: Math.max(
        LEAST_NODES,
        Math.min(MOST_NODES, method === 'series' ? Infinity : Math.floor(MOST_PRODUCTS / nodes.angle.length)),
      ),
    });
    this.way = method === 'series' ? seriesWay(law, contour, nodes.slots) : circleWay(law, contour, nodes);
  }

  /** Several lines share the blocks of one abscissa. */
  private block(abscissa: number, from: number, to: number): Block {
    const key = `${abscissa} ${from} ${to}`;
    const known = this.blocks.get(key);
    if (known !== undefined) return known;
    const terms = BLOCK_NODES * this.way.termsAt(abscissa, from);
    this.count('line', LEAST_BLOCKS * terms > MOST_TERMS ? Infinity : terms);
    const block = this.way.block(abscissa, from, to);
    this.blocks.set(key, block);
    return block;
  }

  /** AccuracyError before more terms are summed than a law may cost. */
  private count(where: 'line' | 'descent', terms: number): void {
    this.summed[where] += terms;
    if (this.summed[where] <= MOST_TERMS) return;
    const { slots } = this.plan.nodes;
    throw new AccuracyError(
      `the law at ${slots} slots takes sums of more than ${MOST_TERMS} terms, with tasks so rare and heavy`,
    );
  }

  /** E exp(zD_T) at every node of the line, from M − 1 there. */
  on(line: LineNodes, m: ComplexArray): { re: Float64Array<ArrayBuffer>; im: Float64Array<ArrayBuffer> } {
    const u = lineFrequencies(line);
    const out = { re: new Float64Array(u.length), im: new Float64Array(u.length) };
    const top = u[u.length - 1];

    const solve = (from: number, to: number, depth: number): void => {
      const block = this.block(line.abscissa, from, to);
      if (!block.smooth && depth < 12) {
        solve(from, 0.5 * (from + to), depth + 1);
        solve(0.5 * (from + to), to, depth + 1);
        return;
      }
      const [first, last] = [from, to].map((end) => firstWhole(0, u.length, (i) => u[i] >= end));
      const span = { from, to, first, last };
      this.count('line', LINE_TERM * this.way.sum(block, u, span, m, out));
    };
    let from = 0;
    let to = line.abscissa;
    // Blocks without nodes, below a line that begins further up, are passed over.
    while (from < top) {
      if (to > u[0]) solve(from, to, 0);
      from = to;
      to *= 1.8;
    }
    return out;
  }

  /**
   * g_T, g_{T−1}, … g_{T−count+1} at points z that no line need hold, right of the contour: E exp(zD_T) is Σ_j
   * g_{T−j}(z) (M − M₀)(z) M(z)^{j−1} and g_T, where j is the number of slots since the deficit was last 0. Each g_k is
   * smooth, and goes to P(D_k = 0) far out. AccuracyError where all points so far would cost more than a law may.
   */
  descent(z: ComplexArray, count: number): readonly ComplexArray[] {
    for (let i = 0; i < z.re.length; i++) this.count('descent', this.way.termsAt(z.re[i], z.im[i]));
    return this.way.descent(z, count);
  }
}

/** A way to the coefficient at T. */
interface Way {
  /** Terms of the sums for one point z = x + iy. */
  termsAt(x: number, y: number): number;
  block(abscissa: number, from: number, to: number): Block;
  /** E exp(zD_T) at the line's nodes in a block; returns how many terms that took. */
  sum(block: Block, u: Float64Array, span: Span, m: ComplexArray, out: ComplexArray): number;
  descent(z: ComplexArray, count: number): ComplexArray[];
}

function seriesWay(law: CompoundIncrement, contour: Contour, slots: number): Way {
  const sums = new PowerSums(contour, slots);
  return {
    // An exponential's products are quicker, and most powers stand near 0, where one series does for many.
    termsAt: () => 0.5 * sums.size + 0.125 * slots * slots,
    block: (abscissa, from, to) => seriesBlock(law, contour, sums, abscissa, from, to),
    sum(block, u, span, m, out) {
      seriesSum(block, slots, u, span, m, out);
      return 0.5 * slots * (span.last - span.first);
    },
    descent: (z, count) => seriesDescent(law, contour, sums, z, count),
  };
}

function circleWay(law: CompoundIncrement, contour: Contour, nodes: HorizonNodes): Way {
  const circle = circleNodes(nodes);
  const sums = circleSums(contour, circle);
  return {
    termsAt: (x, y) => sums.termsAt(x, y),
    block: (abscissa, from, to) => circleBlock(law, contour, circle, sums, abscissa, from, to),
    sum: (block, u, span, m, out) => circleSum(block, circle, u, span, m, out),
    descent: (z, count) => circleDescent(law, contour, circle, sums, z, count),
  };
}

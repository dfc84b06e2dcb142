/**
 * Linear maps of level vectors on a lattice: a slot's move, the leak before it, and a move that is the same for all
 * levels.
 */
import { convolveBand } from '../../numeric/band.js';
import type { Band } from '../../numeric/band.js';
import { cubicWeights } from '../../numeric/cubic.js';
import type { LevelMap } from './battery-kernel.js';
import { dot } from './level-function.js';

/** Levels, the kernel that they are convolved with, and whose ends they are then given; without, they have none. */
export interface Move {
  readonly kernel: Band;
  readonly ends: LevelMap | undefined;
  readonly levels: Float64Array;
}

/** Levels that go through a map. */
export function through(map: LevelMap, levels: Float64Array): Move {
  return { kernel: map.kernel, ends: map, levels };
}

/** Vectors of levels, of one length, after their moves: together those that go through one kernel. */
export function applyMaps(moves: readonly Move[]): Float64Array[] {
  const byKernel = new Map<Band, number[]>();
  moves.forEach(({ kernel }, i) => {
    const others = byKernel.get(kernel);
    if (others === undefined) byKernel.set(kernel, [i]);
    else others.push(i);
  });
  const out: Float64Array[] = [];
  for (const [kernel, indices] of byKernel) {
    const moved = convolveBand(
      kernel,
      indices.map((i) => moves[i].levels),
    );
    indices.forEach((i, j) => (out[i] = withEnds(moves[i], moved[j])));
  }
  return out;
}

/** What lies at the ends, by sums. */
function withEnds({ ends, levels }: Move, out: Float64Array): Float64Array {
  out[0] = ends === undefined ? 0 : dot(ends.toEmpty, levels);
  out[levels.length - 1] = ends === undefined ? 0 : dot(ends.toFull, levels);
  return out;
}

/** Levels k → (1 − leak)·k, each spread over four points that keep three moments; the ends use points inside. */
export class Leak {
  private readonly first: Int32Array;
  private readonly weights: Float64Array;

  constructor(
    private readonly fraction: number,
    nodes: number,
  ) {
    this.first = new Int32Array(nodes + 1);
    this.weights = new Float64Array(4 * (nodes + 1));
    for (let k = 0; k <= nodes; k++) {
      const position = (1 - fraction) * k;
      const first = Math.min(nodes - 3, Math.max(0, Math.floor(position) - 1));
      this.first[k] = first;
      this.weights.set(cubicWeights(position - first - 1), 4 * k);
    }
  }

  /** The levels after the leak; the same array where nothing leaks. */
  apply(levels: Float64Array): Float64Array {
    if (this.fraction === 0) return levels;
    const { first, weights } = this;
    const out = new Float64Array(levels.length);
    // Four results are in the making, the first of them that of level `to`; a higher level never goes lower.
    let to = 0;
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let k = 0; k < levels.length; k++) {
      const p = levels[k];
      if (p === 0) continue;
      for (; to < first[k]; to++) {
        out[to] = a;
        a = b;
        b = c;
        c = d;
        d = 0;
      }
      const at = 4 * k;
      a += p * weights[at];
      b += p * weights[at + 1];
      c += p * weights[at + 2];
      d += p * weights[at + 3];
    }
    out.set([a, b, c, d], to);
    return out;
  }
}

/** Adds `factor` times the levels, moved by so many steps, whole or not, within the lattice, to `out`. */
export function addMoved(levels: Float64Array, steps: number, factor: number, out: Float64Array): void {
  const last = levels.length - 1;
  for (let k = Math.max(0, Math.ceil(-steps)); k <= last && k + steps <= last; k++) {
    const position = k + steps;
    const i = Math.floor(position);
    const t = position - i;
    out[i] += factor * (1 - t) * levels[k];
    if (t > 0) out[i + 1] += factor * t * levels[k];
  }
}

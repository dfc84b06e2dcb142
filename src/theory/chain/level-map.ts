/**
 * Linear maps of level vectors on a lattice: a slot's move, the leak before it, and a move that is the same for all
 * levels.
 */
import { Convolver } from '../../numeric/convolver.js';
import type { ConvolutionKernel } from '../../numeric/convolver.js';
import { cubicWeights } from '../../numeric/cubic.js';
import type { LevelMap } from './battery-kernel.js';

/** Levels, and the map that they go through. */
export interface Move {
  readonly map: LevelMap;
  readonly levels: Float64Array;
}

/** The levels' vector after a move; entries 0 … nodes. */
export function applyMap(map: LevelMap, levels: Float64Array): Float64Array {
  return withEnds({ map, levels }, convolved(map.kernel, levels));
}

/** The same of many vectors of one length: two at once, those first that go through one kernel. */
export function applyMaps(moves: readonly Move[]): Float64Array[] {
  const out: Float64Array[] = [];
  const both = (i: number, j: number): void => {
    const [first, second] = [i, j].map((k) => ({ kernel: moves[k].map.kernel, values: moves[k].levels }));
    [out[i], out[j]] = convolverOf(first.kernel).convolvePair(first, second);
  };
  const single = new Map<ConvolutionKernel, number>();
  moves.forEach(({ map: { kernel } }, i) => {
    const other = single.get(kernel);
    if (other === undefined) single.set(kernel, i);
    else {
      single.delete(kernel);
      both(other, i);
    }
  });
  const left = [...single.values()];
  while (left.length > 1) {
    const [i, j] = left.splice(0, 2);
    both(i, j);
  }
  for (const i of left) out[i] = convolved(moves[i].map.kernel, moves[i].levels);
  return moves.map((move, i) => withEnds(move, out[i]));
}

/** What lies at the ends, by sums. */
function withEnds({ map, levels }: Move, out: Float64Array): Float64Array {
  out[0] = dot(map.toEmpty, levels);
  out[levels.length - 1] = dot(map.toFull, levels);
  return out;
}

/** Levels convolved with moves; what lies at the ends is left to the caller. */
export function convolved(kernel: ConvolutionKernel, levels: Float64Array): Float64Array {
  return convolverOf(kernel).convolve(kernel, levels);
}

function convolverOf(kernel: ConvolutionKernel): Convolver {
  return Convolver.of(kernel.length / 2);
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < b.length; k++) sum += a[k] * b[k];
  return sum;
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
    for (let k = 0; k < levels.length; k++) {
      const p = levels[k];
      if (p === 0) continue;
      const to = first[k];
      const at = 4 * k;
      out[to] += p * weights[at];
      out[to + 1] += p * weights[at + 1];
      out[to + 2] += p * weights[at + 2];
      out[to + 3] += p * weights[at + 3];
    }
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

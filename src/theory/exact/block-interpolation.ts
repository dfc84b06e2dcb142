/**
 * Interpolation of smooth complex functions along the line, block by block: values at a block's Gauss nodes, a test
 * that they suffice, and the Lagrange basis for the points between.
 */
import { barycentric, lagrangeBasis } from '../../numeric/lagrange.js';
import { gaussLegendre, nodesOn } from '../../numeric/quadrature.js';

export const BLOCK_NODES = 16;
export const BLOCK = gaussLegendre(BLOCK_NODES);
/** How small the last Legendre coefficients of a block must be. */
const SMOOTH = 3e-11;

/** Values at a block's nodes, function by function; `smooth` says whether interpolation is safe. */
export interface Block {
  readonly re: Float64Array;
  readonly im: Float64Array;
  readonly smooth: boolean;
}

/** A block on the line, and which of the line's nodes lie in it: first ≤ i < last. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly first: number;
  readonly last: number;
}

const LEGENDRE = legendreTable();

/** P_k(node b)·weight_b·(2k + 1)/2, to find Legendre coefficients of block values. */
function legendreTable(): Float64Array[] {
  return Array.from({ length: BLOCK_NODES }, (_, k) =>
    Float64Array.from(BLOCK.nodes, (t, b) => {
      let before = 1;
      let value = k === 0 ? 1 : t;
      for (let i = 2; i <= k; i++) [before, value] = [value, ((2 * i - 1) * t * value - (i - 1) * before) / i];
      return (value * BLOCK.weights[b] * (2 * k + 1)) / 2;
    }),
  );
}

/** Whether each of `count` functions, taken together, is resolved by its values at a block's nodes. */
export function isSmooth(values: Float64Array, count: number): boolean {
  let scale = 0;
  let tail = 0;
  for (let j = 0; j < count; j++) {
    for (let k = 0; k < BLOCK_NODES; k += k === 0 ? BLOCK_NODES - 2 : 1) {
      let sum = 0;
      for (let b = 0; b < BLOCK_NODES; b++) sum += LEGENDRE[k][b] * values[j * BLOCK_NODES + b];
      if (k === 0) scale += Math.abs(sum);
      else tail += Math.abs(sum);
    }
  }
  return tail <= SMOOTH * scale;
}

const BARYCENTRIC = barycentric(BLOCK);

/** Lagrange basis of the block's nodes at t, into `out`. */
export function lagrange(t: number, out: Float64Array): void {
  lagrangeBasis(BLOCK.nodes, BARYCENTRIC, t, out);
}

/** Im z at the nodes of a block of the line. */
export function blockNodes(from: number, to: number): Float64Array {
  return nodesOn(BLOCK, from, to);
}

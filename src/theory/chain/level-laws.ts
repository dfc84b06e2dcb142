/** A joint law of level and weather, and what a slot's kernel makes of it. */
import type { BatteryKernel } from './battery-kernel.js';
import { dot } from './level-function.js';
import { addMoved, through } from './level-map.js';
import type { Move } from './level-map.js';

/** One vector of levels a state of the weather. */
export type Joint = readonly Float64Array[];

/**
 * A law of level and weather. `atoms` is the part that has probabilities of single levels: what began at the initial
 * charge or came from a full or empty battery and has since met no harvest with a density. Of the rest of a point's
 * weight, `right` lies right of the point, and what remains left of it: where a slot's outcome jumps at the point, they
 * fare differently.
 */
export interface Law {
  readonly total: Joint;
  readonly atoms: Joint;
  readonly right: Joint;
  /** Atoms that are no longer on lattice points, spread over those around. */
  readonly blurred: Joint;
}

/** Adds the sums of weights up to each level. */
export function addSums(law: Float64Array, out: Float64Array): void {
  let sum = 0;
  for (let k = 0; k < law.length; k++) {
    sum += law[k];
    out[k] += sum;
  }
}

/** Σ of a jump at each level times the weight left of the level. */
export function leftJump(jump: Float64Array | undefined, { total, atoms, right }: Law, i: number): number {
  if (jump === undefined) return 0;
  let sum = 0;
  for (let k = 1; k < jump.length; k++) sum += jump[k] * (total[i][k] - atoms[i][k] - right[i][k]);
  return sum;
}

/** P(full after the slot): a move that just fills the battery does so from the level itself or right of it. */
export function fullOf({ full, moveJump, levels }: BatteryKernel, { total, atoms, right }: Law, i: number): number {
  let sum = dot(full, total[i]);
  if (moveJump === undefined) return sum;
  const { nodes } = levels;
  for (let k = 0; k <= nodes; k++) {
    sum -= (total[i][k] - atoms[i][k] - right[i][k]) * moveJump[nodes + nodes - k];
  }
  return sum;
}

/** P(level ≤ j·h after the slot), j below the highest: a move to j·h ends there from the level itself or left of it. */
function atMost({ moveCdf, moveJump, levels }: BatteryKernel, { total, right }: Law, i: number, j: number): number {
  const { nodes } = levels;
  let sum = 0;
  for (let k = 0; k <= nodes; k++) sum += total[i][k] * moveCdf[nodes + j - k];
  if (moveJump === undefined) return sum;
  for (let k = 0; k <= nodes; k++) sum -= right[i][k] * moveJump[nodes + j - k];
  return sum;
}

/**
 * Adds to a level's law what it is after a slot, at each level but the highest: as `atMost` says; what moves
 * far enough down or up for all or nothing of it to count is taken by sums.
 */
export function addCdf({ moveCdf, moveJump, levels }: BatteryKernel, law: Law, i: number, out: Float64Array): void {
  const { nodes } = levels;
  const total = law.total[i];
  const low = Math.max(
    0,
    moveCdf.findIndex((p) => p !== 0),
  );
  const high = moveCdf.findLastIndex((p) => p !== 1) + 1;
  let below = 0;
  for (let j = 0, k = 0; j < nodes; j++) {
    for (; k <= nodes && k <= nodes + j - high; k++) below += total[k];
    let sum = below;
    const end = Math.min(nodes, nodes + j - low);
    for (let near = k; near <= end; near++) sum += total[near] * moveCdf[nodes + j - near];
    out[j] += sum;
  }
  if (moveJump === undefined) return;
  const right = law.right[i];
  const first = moveJump.findIndex((p) => p !== 0);
  const last = moveJump.findLastIndex((p) => p !== 0);
  for (let j = 0; j < nodes && first >= 0; j++) {
    const end = Math.min(nodes, nodes + j - first);
    for (let k = Math.max(0, nodes + j - last); k <= end; k++) out[j] -= right[k] * moveJump[nodes + j - k];
  }
}

/** What a slot's parts of a law are made from, each moved by the slot's kernel. */
interface MovedParts {
  readonly atoms: Float64Array | undefined;
  readonly blurred: Float64Array | undefined;
  readonly right: Float64Array | undefined;
}

/** Moves of a law's parts. What is right of points is moved where it is wanted. */
export function movesOfParts(
  kernel: BatteryKernel,
  { total, atoms, right, blurred }: Law,
  i: number,
  map: 'all' | 'survivors',
  wantsRight: boolean,
): { readonly [part in keyof MovedParts]: Move | undefined } {
  const { atomic } = kernel;
  const own = kernel[map];
  const of = atomic ? { kernel: own.kernel, levels: right[i] } : { kernel: own.right(), levels: total[i] };
  return {
    atoms: atomic ? through(own, atoms[i]) : undefined,
    blurred: atomic ? through(own, blurred[i]) : undefined,
    right: wantsRight ? { ...of, ends: undefined } : undefined,
  };
}

/** Atoms, and what is right of points, after a slot that leaves `p`. */
export function partsAfter(
  kernel: BatteryKernel,
  law: Law,
  i: number,
  map: 'all' | 'survivors',
  p: Float64Array,
  moved: MovedParts,
): { readonly atoms: Float64Array; readonly right: Float64Array; readonly blurred: Float64Array } {
  const last = p.length - 1;
  const { atoms = new Float64Array(last + 1), blurred = new Float64Array(last + 1) } = moved;
  const { right = new Float64Array(last + 1) } = moved;
  for (const { steps, point, probability, served } of kernel.limits) {
    if (!served && map === 'survivors') continue;
    addMoved(law.atoms[i], steps, probability, atoms);
    addMoved(law.blurred[i], steps, probability, blurred);
    if (point !== undefined) addMoved(law.right[i], steps, probability, right);
  }
  if (map === 'all') atoms[0] = atMost(kernel, law, i, 0);
  atoms[last] = fullOf(kernel, law, i);
  right[0] = p[0] - atoms[0];
  right[last] = 0;
  // What was emptied or filled is on a lattice point again.
  blurred[0] = 0;
  blurred[last] = 0;
  return { atoms, right, blurred };
}

export function total(joint: Joint): number {
  return joint.reduce((sum, x) => sum + x.reduce((a, b) => a + b, 0), 0);
}

/** Adds E[a; level after the slot], a the slot's auxiliary energy, for levels `before` it. */
export function addShortage(kernel: BatteryKernel, before: Float64Array, out: Float64Array): void {
  const { cut, shortage, levels, down } = kernel;
  if (cut === undefined) {
    out[0] += dot(shortage, before);
    return;
  }
  // Below the limit the battery is emptied; from there on it gives just the limit.
  const steps = cut.limit / down.step;
  for (let k = 0; k < steps && k <= levels.nodes; k++) out[0] += shortage.values[k] * before[k];
  addMoved(before, -steps, cut.excess, out);
}

/** The atoms of H − C for a constant harvest: sums of energies, those near each other as the worst or best of them. */
import type { SlotLaw } from './model.js';
import type { Side } from './state-table.js';
import type { Atoms } from './step-law.js';

/** Net energies of a slot, joules, and the probability of those that are left out. */
export interface SlotAtoms extends Atoms {
  readonly left: number;
}

/** How near, of the largest energy, sums are taken to be the same. */
const SAME = 1e-12;
/** As in state-table.ts. */
const LIGHTER = 16;
const WIDER = 4;

/** Sums less likely than `lightest` are left out; near ones become one until there are no more than `most`. */
export function slotAtoms({ demand, harvest }: SlotLaw, side: Side, most: number, lightest: number): SlotAtoms {
  if (typeof harvest !== 'number') throw new Error('a harvest with a density has no atoms');
  const { ratePerSlot, energiesJoules, probabilities } = demand;
  let cell = SAME * energiesJoules.reduce((a, b) => Math.max(a, b), 0);
  let sums = new Map<number, readonly [number, number]>([[0, [0, 1]]]);
  const add = (to: Map<number, readonly [number, number]>, energy: number, p: number, lighter = 0): void => {
    const key = energy === 0 ? -1 : Math.round(energy / (cell * WIDER ** lighter)) * 32 + lighter;
    const before = to.get(key);
    // The worst of sums is the largest.
    const value =
      before === undefined ? energy : side === 'worst' ? Math.max(before[0], energy) : Math.min(before[0], energy);
    to.set(key, [value, p + (before?.[1] ?? 0)]);
  };
  energiesJoules.forEach((energy, k) => {
    const rate = ratePerSlot * probabilities[k];
    const next: typeof sums = new Map();
    for (const [sum, p] of sums.values()) {
      let q = Math.exp(-rate);
      for (let n = 0; n < rate || p * q > lightest; n++) {
        if (p * q > lightest) add(next, sum + n * energy, p * q);
        q *= rate / (n + 1);
      }
    }
    sums = next;
    while (sums.size > most) {
      cell *= 2;
      const merged: typeof sums = new Map();
      for (const [sum, p] of sums.values()) add(merged, sum, p, Math.floor(-Math.log(p) / Math.log(LIGHTER)));
      sums = merged;
    }
  });
  const list = [...sums.values()];
  const weights = Float64Array.from(list, ([, p]) => p);
  const left = Math.max(0, 1 - weights.reduce((a, b) => a + b, 0));
  return { values: Float64Array.from(list, ([sum]) => harvest - sum), weights, left };
}

/** The controlled battery's chain on one lattice: laws of level and weather, slot by slot, and what they say of auxiliary energy and waste. */
import { batteryKernel } from './battery-kernel.js';
import type { BatteryKernel, LevelLattice } from './battery-kernel.js';
import { Leak, addMovedDown, applyMap, dot } from './level-map.js';
import type { ChainModel } from './model.js';
import { stepsBefore } from './model.js';

/** Sums and laws at a horizon, as one lattice has them. */
export interface LatticeResult {
  readonly slots: number;
  /** Means of the totals, joules, and E A_T². */
  readonly auxiliary: number;
  readonly auxiliarySquare: number;
  readonly waste: number;
  /** P(A_T = 0). */
  readonly survival: number;
  /** Mean number of slots with auxiliary energy. */
  readonly deficitSlots: number;
  /** E B_T, joules. */
  readonly level: number;
  readonly full: number;
  /** P(B_T ≤ k·h), k = 0 … nodes. */
  readonly levelCdf: Float64Array;
  /** Weight at the highest level: what a lattice for an unlimited battery lacks. */
  readonly top: number;
}

/** One vector of levels a state of the weather. */
type Joint = Float64Array[];

/** The chain of a model on a lattice; kernels are made when a slot first needs them. */
export class LatticeChain {
  private readonly kernels: (BatteryKernel | undefined)[];
  private readonly leak: Leak;

  constructor(
    readonly model: ChainModel,
    readonly levels: LevelLattice,
  ) {
    this.kernels = model.laws.map(() => undefined);
    this.leak = new Leak(model.battery.leakPerSlot, levels.nodes);
  }

  kernel(slot: number, state: number): BatteryKernel {
    const { model, levels } = this;
    const index = model.lawOf(slot, state);
    return (this.kernels[index] ??= batteryKernel(model.laws[index], model.battery, levels));
  }

  /** The law before slot 0. */
  start(): Joint {
    const { model, levels } = this;
    const position = model.battery.initialJoules / levels.step;
    const i = Math.min(levels.nodes - 1, Math.floor(position));
    return Array.from({ length: model.states }, (_, state) => {
      const law = new Float64Array(levels.nodes + 1);
      law[i] = (1 - (position - i)) * model.initial[state];
      law[i + 1] = (position - i) * model.initial[state];
      return law;
    });
  }

  /** What the weather makes of vectors before a slot. */
  weather(slot: number, joint: Joint): Joint {
    const { model } = this;
    if (!stepsBefore(model, slot)) return joint;
    return joint.map((_, to) => {
      const out = new Float64Array(this.levels.nodes + 1);
      joint.forEach((from, i) => {
        const p = model.transitions[i][to];
        if (p > 0) for (let k = 0; k < out.length; k++) out[k] += p * from[k];
      });
      return out;
    });
  }

  leaked(joint: Joint): Joint {
    return joint.map((law) => this.leak.apply(law));
  }

  /** The law after slot `slot` of that before it. */
  step(slot: number, joint: Joint): Joint {
    return this.leaked(this.weather(slot, joint)).map((law, i) => applyMap(this.kernel(slot, i).all, law));
  }

  /** Results at ascending horizons. */
  run(horizons: readonly number[]): LatticeResult[] {
    let law = this.start();
    let survivors = law;
    let first: Joint = law.map((x) => x.map(() => 0));
    let second = first;
    const sums = { auxiliary: 0, waste: 0, deficitSlots: 0 };
    const results: LatticeResult[] = [];
    const last = horizons[horizons.length - 1];
    for (let t = 0; t < last; t++) {
      const [p, alive, m1, m2] = [law, survivors, first, second].map((joint) => this.leaked(this.weather(t, joint)));
      const kernels = p.map((_, i) => this.kernel(t, i));
      kernels.forEach((kernel, i) => {
        sums.auxiliary += dot(kernel.shortage, p[i]);
        sums.waste += dot(kernel.waste, p[i]);
        sums.deficitSlots += dot(kernel.deficit, p[i]);
      });
      law = kernels.map((kernel, i) => applyMap(kernel.all, p[i]));
      survivors = kernels.map((kernel, i) => applyMap(kernel.survivors, alive[i]));
      // E[A; level] and E[A²; level]: (A + a)² = A² + 2aA + a².
      first = kernels.map((kernel, i) => {
        const out = applyMap(kernel.all, m1[i]);
        addShortage(kernel, p[i], 1, 1, out);
        return out;
      });
      second = kernels.map((kernel, i) => {
        const out = applyMap(kernel.all, m2[i]);
        addShortage(kernel, m1[i], 1, 2, out);
        addShortage(kernel, p[i], 2, 1, out);
        return out;
      });
      if (horizons.includes(t + 1)) {
        results.push({
          slots: t + 1,
          ...sums,
          auxiliarySquare: total(second),
          survival: total(survivors),
          ...this.levelLaw(kernels, p),
          level: this.levels.step * law.reduce((sum, x) => sum + x.reduce((s, v, k) => s + v * k, 0), 0),
          top: law.reduce((sum, x) => sum + x[x.length - 1], 0),
        });
      }
    }
    return results;
  }

  /** The law of the level after a slot that finds it with the laws `before`: at the lattice points it is exact, given those. */
  levelLaw(
    kernels: readonly BatteryKernel[],
    before: Joint,
  ): { readonly full: number; readonly levelCdf: Float64Array } {
    const { nodes } = this.levels;
    const levelCdf = new Float64Array(nodes + 1);
    let full = 0;
    kernels.forEach(({ moveCdf, full: filled }, i) => {
      full += dot(filled, before[i]);
      for (let j = 0; j < nodes; j++) {
        let sum = 0;
        for (let k = 0; k <= nodes; k++) sum += before[i][k] * moveCdf[nodes + j - k];
        levelCdf[j] += sum;
      }
    });
    levelCdf[nodes] = 1;
    return { full, levelCdf };
  }
}

function total(joint: Joint): number {
  return joint.reduce((sum, x) => sum + x.reduce((a, b) => a + b, 0), 0);
}

/** Adds factor · E[a^power; where the slot leaves the battery], a the slot's auxiliary energy, for levels `before` it. */
function addShortage(
  kernel: BatteryKernel,
  before: Float64Array,
  power: 1 | 2,
  factor: number,
  out: Float64Array,
): void {
  const { cut, shortage, shortageSquare, levels, down } = kernel;
  const moments = power === 1 ? shortage : shortageSquare;
  if (cut === undefined) {
    out[0] += factor * dot(moments, before);
    return;
  }
  // Below the limit the battery is emptied; from there on it gives just the limit.
  const steps = cut.limit / down.step;
  for (let k = 0; k < steps && k <= levels.nodes; k++) out[0] += factor * moments[k] * before[k];
  addMovedDown(before, steps, factor * (power === 1 ? cut.excess : cut.square), out);
}

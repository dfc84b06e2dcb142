/**
 * Models that the tests of the chains share, a plain simulation of them, and a walk over whole numbers solved by
 * listing all its states.
 */
import type { BatteryLaw } from '../../src/fleet/site.js';
import type { ChainModel, SlotLaw, SlotProcess } from '../../src/theory/chain/model.js';
import type { DemandLaw } from '../../src/fleet/walk-law.js';

export function demand(ratePerSlot: number, energies: number[], probabilities: number[]): DemandLaw {
  return {
    ratePerSlot,
    energiesJoules: Float64Array.from(energies),
    probabilities: Float64Array.from(probabilities),
  };
}

export const lossless: BatteryLaw = {
  initialJoules: 0,
  capacityJoules: Infinity,
  chargeEfficiency: 1,
  dischargeEfficiency: 1,
  leakPerSlot: 0,
  chargeLimitJoules: Infinity,
  dischargeLimitJoules: Infinity,
};

/** Slots that are all alike. */
export function steady(law: SlotLaw): SlotProcess {
  return { laws: [law], lawOf: () => 0, states: 1, initial: [1], transitions: [[1]], slotsPerStep: 1 };
}

const mixedTasks = demand(2, [1, 3.3], [0.7, 0.3]);

/** Independent slots, every limit and loss in force. */
export const limited: ChainModel = {
  ...steady({ demand: mixedTasks, harvest: { shape: 3, scaleJoules: 3.38 / 3 } }),
  battery: {
    initialJoules: 7,
    capacityJoules: 20,
    chargeEfficiency: 0.9,
    dischargeEfficiency: 0.95,
    leakPerSlot: 0.01,
    chargeLimitJoules: 5,
    dischargeLimitJoules: 4,
  },
};

/** Days of six slots: sun in three of them, none at night; more tasks by day. */
export const days: ChainModel = {
  laws: [
    { demand: demand(2.5, [1, 3.3], [0.7, 0.3]), harvest: { shape: 2, scaleJoules: 3.6 } },
    { demand: demand(1.5, [1, 3.3], [0.7, 0.3]), harvest: 0 },
    { demand: demand(1.5, [1, 3.3], [0.7, 0.3]), harvest: { shape: 2, scaleJoules: 1.1 } },
  ],
  lawOf: (slot) => [2, 0, 0, 2, 1, 1][slot % 6],
  states: 1,
  initial: [1],
  transitions: [[1]],
  slotsPerStep: 1,
  battery: { ...lossless, initialJoules: 4, capacityJoules: 15, chargeEfficiency: 0.92, dischargeEfficiency: 0.96 },
};

/** Nights first, then days: a full battery often, which tasks of a night then empty exactly. */
export const nights: ChainModel = {
  laws: [
    { demand: demand(1.1, [1, 3], [0.6, 0.4]), harvest: 0 },
    { demand: demand(1.1, [1, 3], [0.6, 0.4]), harvest: { shape: 2, scaleJoules: 2.4 } },
  ],
  lawOf: (slot) => (slot % 6 < 3 ? 0 : 1),
  states: 1,
  initial: [1],
  transitions: [[1]],
  slotsPerStep: 1,
  battery: { ...lossless, initialJoules: 6, capacityJoules: 6 },
};

/** Two kinds of weather that step every second slot, each with its own shape; a leak. */
export const weather: ChainModel = {
  laws: [
    { demand: mixedTasks, harvest: { shape: 4, scaleJoules: 1.4 } },
    { demand: mixedTasks, harvest: { shape: 0.8, scaleJoules: 1.5 } },
  ],
  lawOf: (_slot, state) => state,
  states: 2,
  initial: [0.3, 0.7],
  transitions: [
    [0.8, 0.2],
    [0.3, 0.7],
  ],
  slotsPerStep: 2,
  battery: { ...lossless, initialJoules: 5, capacityJoules: 25, leakPerSlot: 0.02, dischargeEfficiency: 0.9 },
};

/** Totals of one simulated path, at the end. */
export interface Path {
  readonly auxiliary: number;
  readonly waste: number;
  readonly deficitSlots: number;
  readonly level: number;
}

/** Mulberry32: a small generator, good enough for a million paths and no relation of the engine's. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function normal(uniform: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Marsaglia and Tsang's Gamma variable; below shape 1 by the power of a uniform. */
function gamma(shape: number, uniform: () => number): number {
  if (shape < 1) return gamma(shape + 1, uniform) * (1 - uniform()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const z = normal(uniform);
    const v = (1 + c * z) ** 3;
    if (v > 0 && Math.log(1 - uniform()) < 0.5 * z * z + d - d * v + d * Math.log(v)) return d * v;
  }
}

function consumption({ ratePerSlot, energiesJoules, probabilities }: DemandLaw, uniform: () => number): number {
  let sum = 0;
  const limit = Math.exp(-ratePerSlot);
  for (let product = uniform(); product > limit; product *= uniform()) {
    let u = uniform();
    let j = 0;
    while (j < probabilities.length - 1 && u >= probabilities[j]) u -= probabilities[j++];
    sum += energiesJoules[j];
  }
  return sum;
}

function choose(probabilities: ArrayLike<number>, uniform: () => number): number {
  let u = uniform();
  let i = 0;
  while (i < probabilities.length - 1 && u >= probabilities[i]) u -= probabilities[i++];
  return i;
}

/** Simulates paths slot by slot as the model is defined. */
export function simulate(model: ChainModel, slots: number, paths: number, seed: number): Path[] {
  const uniform = generator(seed);
  const { battery } = model;
  return Array.from({ length: paths }, () => {
    let state = choose(model.initial, uniform);
    let level = battery.initialJoules;
    let auxiliary = 0;
    let waste = 0;
    let deficitSlots = 0;
    for (let t = 0; t < slots; t++) {
      if (t > 0 && t % model.slotsPerStep === 0) state = choose(model.transitions[state], uniform);
      const law = model.laws[model.lawOf(t, state)];
      const { harvest } = law;
      const h = typeof harvest === 'number' ? harvest : gamma(harvest.shape, uniform) * harvest.scaleJoules;
      const x = h - consumption(law.demand, uniform);
      level *= 1 - battery.leakPerSlot;
      if (x >= 0) {
        const offered = Math.min(x, battery.chargeLimitJoules);
        const stored = Math.min(battery.chargeEfficiency * offered, battery.capacityJoules - level);
        level += stored;
        waste += x - stored / battery.chargeEfficiency;
      } else {
        const wanted = Math.min(-x, battery.dischargeLimitJoules);
        const delivered = Math.min(wanted, level * battery.dischargeEfficiency);
        level -= delivered / battery.dischargeEfficiency;
        if (-x > delivered) {
          auxiliary += -x - delivered;
          deficitSlots++;
        }
      }
    }
    return { auxiliary, waste, deficitSlots, level };
  });
}

/** Joint law of state, level and auxiliary energy, all whole numbers, by listing: no transform, no lattice law. */
export class WholeWalk {
  /** Keyed by state, level and auxiliary energy. */
  law = new Map<string, number>();
  private slot = 0;
  waste = 0;
  deficitSlots = 0;
  /** Probabilities of 0, 1, … tasks' energy in a slot, a law. */
  private readonly consumption: number[][];

  constructor(private readonly model: ChainModel) {
    const { battery } = model;
    Array.from(model.initial).forEach((p, i) => {
      this.add(this.law, i, battery.initialJoules, 0, p);
    });
    this.consumption = model.laws.map(({ demand: d }) => {
      // Panjer's recursion, cut where nothing is left.
      const p = [Math.exp(-d.ratePerSlot)];
      for (let n = 1; n < 80; n++) {
        let sum = 0;
        d.energiesJoules.forEach((e, j) => {
          if (e <= n) sum += e * d.probabilities[j] * p[n - e];
        });
        p.push((d.ratePerSlot / n) * sum);
      }
      return p;
    });
  }

  private add(law: Map<string, number>, state: number, level: number, auxiliary: number, p: number): void {
    if (p < 1e-18) return;
    const key = `${state},${level},${auxiliary}`;
    law.set(key, (law.get(key) ?? 0) + p);
  }

  /** One more slot. */
  step(): void {
    const { model, slot } = this;
    const { battery } = model;
    const next = new Map<string, number>();
    for (const [key, p] of this.law) {
      const [from, level, auxiliary] = key.split(',').map(Number);
      const steps = slot > 0 && slot % model.slotsPerStep === 0;
      for (let state = 0; state < model.states; state++) {
        const q = p * (steps ? model.transitions[from][state] : state === from ? 1 : 0);
        if (q < 1e-18) continue;
        const index = model.lawOf(slot, state);
        const harvest = model.laws[index].harvest as number;
        this.consumption[index].forEach((weight, c) => {
          const x = harvest - c;
          if (x >= 0) {
            const stored = Math.min(x, battery.chargeLimitJoules, battery.capacityJoules - level);
            this.waste += q * weight * (x - stored);
            this.add(next, state, level + stored, auxiliary, q * weight);
          } else {
            const delivered = Math.min(-x, battery.dischargeLimitJoules, level);
            if (-x > delivered) this.deficitSlots += q * weight;
            this.add(next, state, level - delivered, auxiliary - x - delivered, q * weight);
          }
        });
      }
    }
    this.law = next;
    this.slot++;
  }

  /** Adds up over what auxiliary energy there was. */
  forgetAuxiliary(): void {
    const law = new Map<string, number>();
    for (const [key, p] of this.law) {
      const [state, level] = key.split(',').map(Number);
      this.add(law, state, level, 0, p);
    }
    this.law = law;
  }

  /** E f(level, auxiliary). */
  mean(f: (level: number, auxiliary: number) => number): number {
    let sum = 0;
    for (const [key, p] of this.law) {
      const [, level, auxiliary] = key.split(',').map(Number);
      sum += p * f(level, auxiliary);
    }
    return sum;
  }
}

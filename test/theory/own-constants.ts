/**
 * Random batteries of constants without a common measure, and a walk of them that has nothing of the product: every
 * level and total that paths can have, by maps of doubles.
 */
import seedrandom from 'seedrandom';
import type { ChainModel } from '../../src/theory/chain/model.js';

/** Battery of constants number `index`: losses, limits, leaks, nights; energies that share no measure. */
export function looseModel(index: number): ChainModel {
  const random = seedrandom(`loose ${index}`);
  const of = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
  const between = (low: number, high: number): number => low + (high - low) * random();
  const kinds = 1 + Math.floor(3 * random());
  const weights = Array.from({ length: kinds }, () => 0.2 + random());
  const total = weights.reduce((a, b) => a + b, 0);
  const energies = Array.from({ length: kinds }, () => between(1, 9)).sort((a, b) => a - b);
  const ratePerSlot = between(0.2, 1.5);
  const mean = ratePerSlot * energies.reduce((sum, energy, k) => sum + (energy * weights[k]) / total, 0);
  const harvests = Array.from({ length: 1 + Math.floor(4 * random()) }, () =>
    random() < 0.3 ? 0 : between(0, 2 * mean),
  );
  const demand = {
    ratePerSlot,
    energiesJoules: Float64Array.from(energies),
    probabilities: Float64Array.from(weights, (w) => w / total),
  };
  const capacityJoules = of([Infinity, between(5, 60), between(5, 60)]);
  return {
    laws: harvests.map((harvest) => ({ demand, harvest })),
    ...{ states: 1, initial: [1], transitions: [[1]], slotsPerStep: 1 },
    lawOf: (slot) => slot % harvests.length,
    battery: {
      initialJoules: of([0, Math.min(capacityJoules, between(0, 20)), Math.min(capacityJoules, energies[0] * 2)]),
      capacityJoules,
      chargeEfficiency: of([1, 0.9, between(0.7, 1)]),
      dischargeEfficiency: of([1, 0.8, between(0.7, 1)]),
      leakPerSlot: of([0, 0, 0, 0.01]),
      chargeLimitJoules: of([Infinity, between(1, 8)]),
      dischargeLimitJoules: of([Infinity, between(3, 12)]),
    },
  };
}

type Weighted = readonly [value: number, probability: number];

/** What is true at a horizon; joules. */
export interface Truth {
  readonly slots: number;
  readonly empty: number;
  readonly full: number;
  readonly never: number;
  readonly lacking: number;
  readonly auxiliary: number;
  readonly deviation: number;
  readonly waste: number;
  readonly meanLevel: number;
  readonly levels: readonly Weighted[];
  readonly totals: readonly Weighted[];
  /** Chance that is not in it. */
  readonly left: number;
}

/** How near numbers are that are the same; probabilities below which nothing is followed. */
const SAME = 1e-9;
const RARE_SLOT = 1e-18;
const RARE = 1e-15;

function netsOf({ laws }: ChainModel): Weighted[][] {
  return laws.map(({ demand, harvest }) => {
    let sums: Weighted[] = [[0, 1]];
    demand.energiesJoules.forEach((energy, k) => {
      const rate = demand.ratePerSlot * demand.probabilities[k];
      const next: Weighted[] = [];
      for (const [sum, p] of sums) {
        let q = p * Math.exp(-rate);
        for (let n = 0; q > RARE_SLOT; n++) {
          next.push([sum + n * energy, q]);
          q *= rate / (n + 1);
        }
      }
      sums = next;
    });
    return sums.map(([sum, p]) => [(harvest as number) - sum, p]);
  });
}

/** One slot: where a level goes, what is lacking and what is wasted. */
function moved({ battery: b }: ChainModel, before: number, x: number): readonly [number, number, number] {
  const level = before * (1 - b.leakPerSlot);
  if (x >= 0) {
    const stored = Math.min(b.chargeEfficiency * Math.min(x, b.chargeLimitJoules), b.capacityJoules - level);
    const to = level + stored > b.capacityJoules - SAME ? b.capacityJoules : level + stored;
    return [to, 0, x - stored / b.chargeEfficiency];
  }
  const delivered = Math.min(-x, b.dischargeLimitJoules, b.dischargeEfficiency * level);
  const to = level - delivered / b.dischargeEfficiency;
  return [to < SAME ? 0 : to, -x - delivered < SAME ? 0 : -x - delivered, 0];
}

/** The truth at ascending horizons. */
export function enumerated(model: ChainModel, horizons: readonly number[]): Truth[] {
  const nets = netsOf(model);
  let now: (readonly [level: number, total: number, p: number])[] = [[model.battery.initialJoules, 0, 1]];
  const sums = { lacking: 0, auxiliary: 0, waste: 0 };
  const found: Truth[] = [];
  for (let t = 0; t < horizons[horizons.length - 1]; t++) {
    const next = new Map<string, [number, number, number]>();
    for (const [level, total, p] of now) {
      for (const [x, q] of nets[model.lawOf(t, 0)]) {
        if (p * q < RARE) continue;
        const [to, lacking, wasted] = moved(model, level, x);
        sums.auxiliary += p * q * lacking;
        sums.waste += p * q * wasted;
        if (lacking > 0) sums.lacking += p * q;
        const key = `${Math.round(to / SAME)} ${Math.round((total + lacking) / SAME)}`;
        const had = next.get(key);
        if (had === undefined) next.set(key, [to, total + lacking, p * q]);
        else had[2] += p * q;
      }
    }
    now = [...next.values()];
    if (!horizons.includes(t + 1)) continue;
    const mean = (of: (level: number, total: number) => number): number =>
      now.reduce((sum, [level, total, p]) => sum + p * of(level, total), 0);
    found.push({
      ...{ slots: t + 1, ...sums },
      empty: mean((level) => (level === 0 ? 1 : 0)),
      full: mean((level) => (level === model.battery.capacityJoules ? 1 : 0)),
      never: mean((_, total) => (total === 0 ? 1 : 0)),
      deviation: Math.sqrt(mean((_, total) => total * total) - sums.auxiliary ** 2),
      meanLevel: mean((level) => level),
      levels: now.map(([level, , p]) => [level, p]),
      totals: now.map(([, total, p]) => [total, p]),
      left: 1 - mean(() => 1),
    });
  }
  return found;
}

/** P(V ≤ v) of weighted values. */
export function atMost(values: readonly Weighted[], v: number): number {
  return values.reduce((sum, [value, p]) => sum + (value <= v + SAME ? p : 0), 0);
}

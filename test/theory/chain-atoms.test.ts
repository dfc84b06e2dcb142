/**
 * Batteries all of whose levels are atoms with a common measure: constant harvests, charges that are cut short, losses.
 * The law is exact, to what rounding leaves, beside one that is enumerated in whole parts of the measure.
 */
import seedrandom from 'seedrandom';
import { expect, test } from 'vitest';
import { batteryLaw } from '../../src/theory/chain/battery-law.js';
import type { Estimate } from '../../src/theory/chain/extrapolate.js';
import type { ChainModel } from '../../src/theory/chain/model.js';

const SLOTS = [1, 2, 3, 5, 9];
const SITES = 40;
/** Joules of a part. */
const PART = Math.PI / 180;

/**
 * A battery in parts of the measure: what is drawn from it is `drawn` for each of the load, what is stored `stored`.
 */
interface Site {
  readonly rate: number;
  readonly energies: readonly number[];
  readonly shares: readonly number[];
  readonly harvests: readonly number[];
  readonly initial: number;
  readonly capacity: number;
  /** Efficiencies as ratios of whole numbers. */
  readonly charge: readonly [number, number];
  readonly discharge: readonly [number, number];
  readonly chargeLimit: number;
  readonly dischargeLimit: number;
}

function siteOf(index: number): Site {
  const random = seedrandom(`atoms ${index}`);
  const of = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
  const weights = [1, 2, 3].map((w) => w * (0.2 + random()));
  const total = weights.reduce((a, b) => a + b, 0);
  // Loads are multiples of 180 parts, so that nine tenths and ten ninths of them are whole.
  return {
    rate: of([0.06, 0.3]),
    energies: [90, 360, of([18_000, 3600])],
    shares: weights.map((w) => w / total),
    harvests: of([[0, 5220], [720, 0, 180], [540]]),
    initial: of([0, 3600, 18_720, 7200]),
    capacity: of([Infinity, 18_900, 21_600]),
    charge: of([
      [1, 1],
      [9, 10],
    ] as const),
    discharge: of([
      [1, 1],
      [9, 10],
    ] as const),
    chargeLimit: of([Infinity, 360]),
    dischargeLimit: of([Infinity, 5400]),
  };
}

function modelOf(site: Site): ChainModel {
  const { rate, energies, shares, harvests } = site;
  const energiesJoules = Float64Array.from(energies, (parts) => parts * PART);
  const demand = { ratePerSlot: rate, energiesJoules, probabilities: Float64Array.from(shares) };
  return {
    laws: harvests.map((parts) => ({ demand, harvest: parts * PART })),
    ...{ states: 1, initial: [1], transitions: [[1]], slotsPerStep: 1 },
    lawOf: (slot) => slot % harvests.length,
    battery: {
      initialJoules: Math.min(site.initial, site.capacity) * PART,
      capacityJoules: site.capacity * PART,
      chargeEfficiency: site.charge[0] / site.charge[1],
      dischargeEfficiency: site.discharge[0] / site.discharge[1],
      leakPerSlot: 0,
      chargeLimitJoules: site.chargeLimit * PART,
      dischargeLimitJoules: site.dischargeLimit * PART,
    },
  };
}

interface Truth {
  empty: number;
  full: number;
  never: number;
  slots: number;
  auxiliary: number;
  waste: number;
}

/** Most tasks of a kind in a slot: 1e-16 of slots have more. */
const MOST_TASKS = 14;

function consumption({ rate, energies, shares }: Site): [number, number][] {
  let law = new Map([[0, 1]]);
  energies.forEach((energy, kind) => {
    const next = new Map<number, number>();
    for (const [parts, p] of law) {
      let q = Math.exp(-rate * shares[kind]);
      for (let n = 0; n < MOST_TASKS; n++) {
        next.set(parts + n * energy, (next.get(parts + n * energy) ?? 0) + p * q);
        q *= (rate * shares[kind]) / (n + 1);
      }
    }
    law = next;
  });
  return [...law].filter(([, p]) => p > 1e-15);
}

/** Levels, in tenths of parts: all that is drawn and stored is then whole. */
const TENTHS = 10;

function enumerated(site: Site): Truth[] {
  const { harvests, charge, discharge, chargeLimit, dischargeLimit } = site;
  const top = site.capacity * TENTHS;
  const burned = consumption(site);
  const start = Math.min(site.initial, site.capacity) * TENTHS;
  let law = new Map([[start, { all: 1, alive: 1 }]]);
  const sums = { slots: 0, auxiliary: 0, waste: 0 };
  const found: Truth[] = [];
  for (let t = 0; t < SLOTS[SLOTS.length - 1]; t++) {
    const next: typeof law = new Map();
    for (const [level, { all, alive }] of law) {
      for (const [parts, q] of burned) {
        const net = harvests[t % harvests.length] - parts;
        let to: number;
        let lacking = 0;
        if (net >= 0) {
          const stored = (Math.min(net, chargeLimit) * TENTHS * charge[0]) / charge[1];
          to = Math.min(top, level + stored);
          sums.waste += all * q * (net - ((to - level) * charge[1]) / charge[0] / TENTHS);
        } else {
          const wanted = (Math.min(-net, dischargeLimit) * TENTHS * discharge[1]) / discharge[0];
          to = Math.max(0, level - wanted);
          lacking = -net - ((level - to) * discharge[0]) / discharge[1] / TENTHS;
          // Ninths of parts are rounded.
          if (lacking < 1e-6) lacking = 0;
          sums.auxiliary += all * q * lacking;
          if (lacking > 0) sums.slots += all * q;
        }
        const key = Math.round(to * 9) / 9;
        const before = next.get(key) ?? { all: 0, alive: 0 };
        next.set(key, { all: before.all + all * q, alive: before.alive + (lacking > 0 ? 0 : alive * q) });
      }
    }
    law = next;
    if (!SLOTS.includes(t + 1)) continue;
    const levels = [...law];
    found.push({
      ...sums,
      empty: law.get(0)?.all ?? 0,
      full: levels.reduce((sum, [level, { all }]) => sum + (level >= top - 1e-6 ? all : 0), 0),
      never: levels.reduce((sum, [, { alive }]) => sum + alive, 0),
    });
  }
  return found;
}

test(`${SITES} batteries of constants: exact to what rounding leaves, and said so`, () => {
  for (let index = 0; index < SITES; index++) {
    const site = siteOf(index);
    const truths = enumerated(site);
    batteryLaw(modelOf(site), SLOTS).forEach((law, h) => {
      const truth = truths[h];
      const pairs: [string, Estimate, number, number][] = [
        ['empty', law.level.probabilityEmpty, truth.empty, 1],
        ['full', law.level.probabilityFull, truth.full, 1],
        ['never', law.probabilityZero, truth.never, 1],
        ['deficit slots', law.deficitSlots, truth.slots, SLOTS[h]],
        ['auxiliary', law.auxiliary, truth.auxiliary * PART, 1000],
        ['waste', law.waste, truth.waste * PART, 1000],
      ];
      for (const [what, { value, error }, right, scale] of pairs) {
        const said = `${index} T ${SLOTS[h]} ${what}: ${value} ± ${error} for ${right}`;
        expect(Math.abs(value - right), said).toBeLessThan(1e-9 * scale);
        expect(error, said).toBeLessThan(1e-8 * scale);
      }
    });
  }
});

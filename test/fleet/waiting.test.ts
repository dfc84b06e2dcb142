import { resolveScenario } from '../../src/fleet/resolve.js';
import seedrandom from 'seedrandom';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { buildTaskTable } from '../../src/fleet/task-table.js';
import { MAXIMUM_WAIT_SLOTS, waitingClasses } from '../../src/fleet/waiting.js';
import type { WaitingClass, WaitingOption } from '../../src/fleet/waiting.js';
import { parseScenario } from '../../src/scenario/parse.js';
import type { FleetScenario, Scenario } from '../../src/scenario/scenario.js';

const classesOf = (scenario: Scenario, most?: number): WaitingClass[] =>
  waitingClasses(scenario, buildTaskTable(scenario), most);

/**
 * A small fleet with its tasks, all speeds, costs and deadlines drawn at random; slots of 8 s, times in eighths of a
 * second.
 */
function randomFleet(seed: string, errorRate: number, models = 4, choices: object = {}): FleetScenario {
  const random = seedrandom(seed);
  const between = (low: number, high: number): number => low * (high / low) ** random();
  const document = {
    schemaVersion: 1,
    slotSeconds: 8,
    arrivals: { ratePerSlot: 2 },
    fleet: {
      models: Array.from({ length: models }, (_, i) => ({
        name: `m${i}`,
        parameters: between(5e9, 1e11),
        layers: 40,
        attentionWidth: 4096,
        hardware: {
          joulesPerParameterAccess: between(2e-11, 5e-10),
          joulesPerFlop: between(2e-13, 4e-12),
          parametersPerSecond: between(2e12, 2e13),
          flopsPerSecond: between(1e13, 1e14),
        },
      })),
      scaling: { steepness: 12 },
    },
    tasks: Array.from({ length: 3 }, (_, i) => ({
      name: `t${i}`,
      weight: 1 + i,
      difficulty: 1.95 + 0.25 * random(),
      skills: 20,
      tokensPerSkill: 100,
      tolerance: 0.05,
      deadlineSeconds: 400 + Math.round(1600 * random()) / 8,
    })),
    routing: { errorRate, overheadJoules: 10, overheadSeconds: 0.5, ...choices },
    accounting: 'distributed',
  };
  return parseScenario(document) as FleetScenario;
}

/** The same tasks with deadlines nearer by some slots, as they look after that wait. */
const after = (scenario: FleetScenario, slots: number, task: number): FleetScenario => ({
  ...scenario,
  tasks: [
    { ...scenario.tasks[task], deadlineSeconds: scenario.tasks[task].deadlineSeconds - slots * scenario.slotSeconds },
  ],
});

/** Probability of each model, energy and profile, given the task. */
function mixOf(entries: Iterable<{ readonly key: string; readonly probability: number }>): Map<string, number> {
  const mix = new Map<string, number>();
  for (const { key, probability } of entries) mix.set(key, (mix.get(key) ?? 0) + probability);
  return mix;
}

function expectSameMix(seen: Map<string, number>, expected: Map<string, number>): void {
  expect([...seen.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [key, probability] of expected) expect(seen.get(key)).toBeCloseTo(probability, 12);
}

const seeds = Array.from({ length: 20 }, (_, i) => `fleet ${i}`);

/** What a router may choose besides: each on its own, and together. */
const CHOICES: readonly object[] = [
  { deadlineRule: 'slots' },
  { thinking: { factor: 1.7 } },
  { thinking: { tolerance: 1e-4 } },
  { retries: { most: 3 } },
  { retries: { most: 2, deadline: 'ignore' } },
  { deadlineRule: 'slots', thinking: { factor: 1.2 }, retries: { most: 'unlimited' } },
];

function expectTasksMix(scenario: FleetScenario): void {
  const classes = classesOf(scenario);
  expect(classes.reduce((sum, c) => sum + c.probability, 0)).toBeCloseTo(1, 12);
  const ranks = new Set(classes.map((c) => `${c.task} ${c.rank}`));
  expect(ranks.size).toBe(classes.length);
  const key = (task: string, o: Omit<WaitingOption, 'failureProbability'> & { failureProbability?: unknown }): string =>
    JSON.stringify([task, o.model, o.energyJoules, o.failureProbability, ...o.profileJoules]);
  expectSameMix(
    mixOf(classes.map((c) => ({ key: key(c.task, c.options[0]), probability: c.probability }))),
    mixOf(resolveScenario(scenario).kinds.map((k) => ({ key: key(k.task, k), probability: k.probability }))),
  );
}

function expectMixOfNearer(scenario: FleetScenario): void {
  const classes = classesOf(scenario);
  scenario.tasks.forEach(({ name }, i) => {
    const own = classes.filter((c) => c.task === name);
    const probability = own.reduce((sum, c) => sum + c.probability, 0);
    const { mostWait } = own[0];
    const key = (o: { model: string | undefined; energyJoules: number; failureProbability?: number | undefined }) =>
      `${o.model ?? ''} ${o.energyJoules} ${o.failureProbability ?? ''}`;
    for (let wait = 0; wait <= mostWait; wait++) {
      const nearer = after(scenario, wait, i);
      expectSameMix(
        mixOf(own.map((c) => ({ key: key(c.options[wait]), probability: c.probability / probability }))),
        mixOf(resolveScenario(nearer).kinds.map((k) => ({ key: key(k), probability: k.probability }))),
      );
    }
    // One slot more and no model can serve it.
    expect(() => buildTaskTable(after(scenario, mostWait + 1, i))).toThrow(InputError);
    for (const c of own) expect(c.options).toHaveLength(mostWait + 1);
  });
}

describe('waiting classes of random fleets', () => {
  it.each(seeds)('%s: probabilities sum to 1, and at wait 0 the mix is that of the tasks kernel', (seed) => {
    for (const errorRate of [0, 0.3, 1]) expectTasksMix(randomFleet(seed, errorRate));
  });

  it.each(seeds)('%s: after each wait the mix is that of the same task with a deadline so much nearer', (seed) => {
    expectMixOfNearer(randomFleet(seed, 0.3));
  });

  it.each(CHOICES)('%j: the same of routers that choose so', (choices) => {
    for (const seed of seeds.slice(0, 5)) {
      for (const errorRate of [0, 0.3]) {
        expectTasksMix(randomFleet(seed, errorRate, 3, choices));
        expectMixOfNearer(randomFleet(seed, errorRate, 3, choices));
      }
    }
  });

  it('meet fleets in which models drop out one by one, and minima that change with the wait', () => {
    const fleets = seeds.map((seed) => classesOf(randomFleet(seed, 0.3)));
    const counts = fleets.flatMap((classes) => classes.filter((c) => c.rank === 0).map((c) => new Set(c.options).size));
    expect(counts.filter((n) => n > 1).length).toBeGreaterThan(10);
    expect(Math.max(...fleets.flatMap((classes) => classes.map((c) => c.rank)))).toBe(6);
  });
});

describe('limits', () => {
  const energies = (patienceSlots?: number): Scenario => {
    const scenario = parseScenario({
      schemaVersion: 1,
      arrivals: { ratePerSlot: 2 },
      tasks: [
        { name: 'a', energyJoules: 100 },
        { name: 'b', weight: 3, energyJoules: 40 },
      ],
      routing: { overheadJoules: 2 },
    }) as Scenario & { fleet?: undefined };
    return { ...scenario, tasks: [scenario.tasks[0], { ...scenario.tasks[1], patienceSlots }] };
  };

  it('a task whose energy was given waits its patience at one cost', () => {
    expect(classesOf(energies(5))).toMatchObject([
      { task: 'a', rank: 0, probability: 0.25, mostWait: 0, latestBoundJoules: 102, options: [{ energyJoules: 102 }] },
      { task: 'b', rank: 0, probability: 0.75, mostWait: 5, latestBoundJoules: 42 },
    ]);
    const [, b] = classesOf(energies(5));
    expect(b.options).toEqual(
      new Array(6).fill({
        ...{ model: undefined, energyJoules: 42, profileJoules: Float64Array.of(42) },
        failureProbability: undefined,
      }),
    );
    expect(classesOf(energies()).map((c) => c.mostWait)).toEqual([0, 0]);
  });

  it('waits are cut to what the policy and the engine allow', () => {
    expect(classesOf(energies(5), 3)[1].mostWait).toBe(3);
    expect(classesOf(energies(5), 0)[1].options).toHaveLength(1);
    expect(classesOf(energies(1e6))[1].mostWait).toBe(MAXIMUM_WAIT_SLOTS);
    expect(classesOf(energies(1e6), 1e6)[1].options).toHaveLength(MAXIMUM_WAIT_SLOTS + 1);
    const fleet = randomFleet('a day', 0);
    const patient = { ...fleet, tasks: fleet.tasks.map((t) => ({ ...t, deadlineSeconds: 86400 })) };
    expect(new Set(classesOf(patient).map((c) => c.mostWait))).toEqual(new Set([MAXIMUM_WAIT_SLOTS]));
    expect(Math.max(...classesOf(fleet, 2).map((c) => c.mostWait))).toBe(2);
  });

  it('without waiting the classes are no more than the other models', () => {
    const classes = classesOf(randomFleet('many', 0.3, 12), 0);
    expect(Math.max(...classes.map((c) => c.rank))).toBeLessThanOrEqual(11);
  });

  it('services over 256 slots are refused', () => {
    const short = { ...randomFleet(seeds[0], 0.3), slotSeconds: 0.01 };
    expect(() => classesOf(short)).toThrow(/is served for \d+ slots; expected at most 256: take longer slots/);
  });

  it('more ways to be misrouted than the engine can tell apart are refused, unless errors never happen', () => {
    const fleet = randomFleet('many', 0.3, 14);
    const patient = { ...fleet, tasks: fleet.tasks.map((t) => ({ ...t, deadlineSeconds: 2000 })) };
    expect(() => classesOf(patient)).toThrow(/tasks\[0\]: got up to 13 feasible models .* expected at most 2520/);
    const right = { ...patient, routing: { ...patient.routing, errorRate: 0 } };
    expect(classesOf(right)).toHaveLength(3);
  });
});

/**
 * Consumption up to the end of each slot, whole at dispatch and spread over the slots in service, for given arrivals
 * and waits.
 */
function consumptions(tasks: readonly { arrival: number; wait: number; c: WaitingClass }[], slots: number) {
  const lumped = new Float64Array(slots);
  const spread = new Float64Array(slots);
  for (const { arrival, wait, c } of tasks) {
    const option = c.options[wait];
    if (arrival + wait < slots) lumped[arrival + wait] += option.energyJoules;
    option.profileJoules.forEach((joules, j) => {
      if (arrival + wait + j < slots) spread[arrival + wait + j] += joules;
    });
  }
  return { lumped: cumulative(lumped), spread: cumulative(spread) };
}

const cumulative = (values: Float64Array): Float64Array => {
  let sum = 0;
  return values.map((v) => (sum += v));
};

/**
 * Joules that a task of this class has burned at least by the end of the j-th slot after its arrival, j from 0, where
 * energy is spread over the slots in service: the least over all waits. From the last entry on it stays. Summed over
 * arrivals it bounds the consumption of every dispatch from below; dispatching at `mostWait` attains it where the
 * class's model does not depend on the wait.
 */
function leastBurned({ mostWait, options }: WaitingClass): Float64Array {
  const longest = options.reduce((l, o) => Math.max(l, o.profileJoules.length), 0);
  const least = new Float64Array(mostWait + longest).fill(Infinity);
  options.forEach(({ profileJoules, energyJoules }, wait) => {
    let burned = 0;
    for (let j = 0; j < least.length; j++) {
      const served = j - wait;
      if (served >= profileJoules.length) burned = energyJoules;
      else if (served >= 0) burned += profileJoules[served];
      least[j] = Math.min(least[j], burned);
    }
  });
  return least;
}

/** The two bounds, up to the end of each slot. */
function bounds(tasks: readonly { arrival: number; c: WaitingClass }[], slots: number) {
  const lumped = new Float64Array(slots);
  const spread = new Float64Array(slots);
  for (const { arrival, c } of tasks) {
    const last = arrival + c.mostWait;
    for (let t = last; t < slots; t++) lumped[t] += c.latestBoundJoules;
    const least = leastBurned(c);
    for (let t = arrival; t < slots; t++) spread[t] += least[Math.min(t - arrival, least.length - 1)];
  }
  return { lumped, spread };
}

describe('the pathwise bound', () => {
  const SLOTS = 160;
  const draw = (random: () => number, classes: readonly WaitingClass[]) =>
    Array.from({ length: 12 }, () => {
      const c = classes[Math.floor(random() * classes.length)];
      return { arrival: Math.floor(40 * random()), c, wait: Math.floor((c.mostWait + 1) * random()) };
    });
  /** Slots in which consumption is below the bound by more than rounding. */
  const below = (consumed: Float64Array, bound: Float64Array): number =>
    consumed.filter((joules, t) => joules < bound[t] * (1 - 1e-12)).length;

  it.each(CHOICES)('is never undercut by routers that choose %j', (choices) => {
    for (const seed of seeds) {
      const random = seedrandom(`${seed}, dispatch`);
      const classes = classesOf(randomFleet(seed, 0.3, 3, choices));
      for (let run = 0; run < 20; run++) {
        const tasks = draw(random, classes);
        const consumed = consumptions(tasks, SLOTS);
        const bound = bounds(tasks, SLOTS);
        expect(below(consumed.lumped, bound.lumped)).toBe(0);
        expect(below(consumed.spread, bound.spread)).toBe(0);
      }
    }
  });

  it('is never undercut, by 20 random fleets with 50 random dispatches each', () => {
    let early = 0;
    for (const seed of seeds) {
      const random = seedrandom(`${seed}, dispatch`);
      const classes = classesOf(randomFleet(seed, 0.3));
      for (let run = 0; run < 50; run++) {
        const tasks = draw(random, classes);
        const consumed = consumptions(tasks, SLOTS);
        const bound = bounds(tasks, SLOTS);
        expect(below(consumed.lumped, bound.lumped)).toBe(0);
        expect(below(consumed.spread, bound.spread)).toBe(0);
        // A planted error: were tasks due one slot earlier, the bound would be wrong for those that wait to the end.
        const late = tasks.map((t) => ({ ...t, wait: t.c.mostWait }));
        const wrong = bounds(
          tasks.map((t) => ({ ...t, arrival: t.arrival - 1 })).filter((t) => t.arrival >= 0),
          SLOTS,
        );
        early += below(consumptions(late, SLOTS).lumped, wrong.lumped) > 0 ? 1 : 0;
      }
    }
    expect(early).toBeGreaterThan(500);
  });

  it('is attained by the latest dispatch where minima do not depend on slack, and by no other', () => {
    const random = seedrandom('attained');
    let fleets = 0;
    for (const seed of seeds) {
      const classes = classesOf(randomFleet(seed, 0)).filter((c) => new Set(c.options).size === 1 && c.mostWait > 0);
      if (classes.length === 0) continue;
      fleets++;
      const tasks = draw(random, classes).map((t) => ({ ...t, wait: t.c.mostWait }));
      const bound = bounds(tasks, SLOTS);
      const latest = consumptions(tasks, SLOTS);
      latest.lumped.forEach((joules, t) => {
        expect(Math.abs(joules - bound.lumped[t])).toBeLessThanOrEqual(1e-12 * joules);
        expect(Math.abs(latest.spread[t] - bound.spread[t])).toBeLessThanOrEqual(
          1e-12 * joules + 1e-12 * bound.spread[t],
        );
      });
      const sooner = consumptions([{ ...tasks[0], wait: tasks[0].wait - 1 }, ...tasks.slice(1)], SLOTS);
      expect(sooner.lumped.some((joules, t) => joules > bound.lumped[t] * (1 + 1e-9))).toBe(true);
    }
    expect(fleets).toBeGreaterThan(5);
  });
});

/**
 * Tasks that think longer than they must, fail, and are served again (eqs. 3–6): what it costs and what still fails,
 * beside the formulas as they are written here and a walk that draws each success.
 */
import { resolveScenario } from '../../src/fleet/resolve.js';
import betainc from '@stdlib/math-base-special-betainc';
import seedrandom from 'seedrandom';
import { describe, expect, it } from 'vitest';
import { drift, energyMoment } from '../../src/fleet/walk-law.js';
import { expectedFailures } from '../../src/fleet/failures.js';
import { outcomes } from '../../src/fleet/demand.js';
import { lastFailure, meanTries, serviceAt, triesLaw } from '../../src/fleet/dispatch.js';
import { taskKinds } from '../../src/fleet/task-kinds.js';
import { buildTaskTable } from '../../src/fleet/task-table.js';
import { parseScenario } from '../../src/scenario/parse.js';
import { presetDocument } from '../../src/scenario/presets.js';
import type { FleetScenario } from '../../src/scenario/scenario.js';
import { compoundIncrement } from '../../src/theory/compound-increment.js';
import { exactMoments } from '../../src/theory/exact/moments.js';
import { plainRouter } from '../../src/stats/break-even.js';
import { breakEvenErrorRate } from '../stats/break-even-at.js';

interface Document {
  readonly tasks: readonly { readonly difficulty: number; readonly deadlineSeconds: number }[];
}
const document = presetDocument('reference') as Document;
const variant = (parts: object): FleetScenario => parseScenario({ ...document, ...parts }) as FleetScenario;
const relative = (value: number, expected: number): number => Math.abs(value / expected - 1);
const [RATE, SLOT, SKILLS, TOKENS] = [2, 10, 20, 100];

/** The two models of the reference: N, n_layer, d; costs of an access and of an operation; speeds (eqs. 40, 41, 45). */
const MODELS = [
  { n: 8e9, width: 32 * 4096 },
  { n: 70e9, width: 80 * 8192 },
];
const energyOf = (model: number, k: number): number => {
  const { n, width } = MODELS[model];
  return 1e-10 * n * k + 1e-12 * (2 * n * k + 2 * width * k * k);
};
const timeOf = (model: number, k: number): number => {
  const { n, width } = MODELS[model];
  return (n * k) / 5e12 + (2 * n * k + 2 * width * k * k) / 2e13;
};
/** 1 − I_p(m, k/ω − m + 1). */
const failureOf = (model: number, difficulty: number, k: number): number => {
  const loss = 1.69 + 406.4 * (1 + 0.34 / 0.28) * MODELS[model].n ** -0.34;
  const p = 1 / (1 + Math.exp(12 * (loss - difficulty)));
  return betainc(p, SKILLS, k / TOKENS - SKILLS + 1, true, true);
};
/** The least x in [low, high] at which a rising function is at least 0. */
function root(f: (x: number) => number, low: number, high: number): number {
  let [a, b] = [low, high];
  for (let i = 0; i < 100; i++) {
    const middle = 0.5 * (a + b);
    if (f(middle) >= 0) b = middle;
    else a = middle;
  }
  return b;
}
const tokensFor = (model: number, difficulty: number, tolerance: number): number =>
  root((k) => tolerance - failureOf(model, difficulty, k), SKILLS * TOKENS, 1e6);

/** Every task of a scenario on every model that serves it in time. */
function eachService(
  scenario: FleetScenario,
  check: (at: { task: Document['tasks'][number]; model: number; service: ReturnType<typeof serviceAt> }) => void,
): void {
  const table = buildTaskTable(scenario);
  table.tasks.forEach((row, i) => {
    row.models.forEach(({ feasible }, model) => {
      if (feasible) check({ task: document.tasks[i], model, service: serviceAt(scenario, table, row, model) });
    });
  });
}

describe('thinking', () => {
  it('is the least that the tolerance takes, unless more is asked for', () => {
    eachService(variant({}), ({ task, model, service }) => {
      const failure = failureOf(model, task.difficulty, service.tokens);
      expect(Math.abs(service.failureProbability - failure)).toBeLessThan(1e-9);
      expect(Math.abs(failure - 0.05)).toBeLessThan(1e-9);
      expect(relative(service.energyJoules, energyOf(model, service.tokens))).toBeLessThan(1e-12);
      expect(service.mostTries).toBe(1);
    });
  });

  it.each([
    ['a factor', { factor: 1.5 }, (model: number, xi: number) => 1.5 * tokensFor(model, xi, 0.05)],
    ['a smaller probability of failure', { tolerance: 0.002 }, (m: number, xi: number) => tokensFor(m, xi, 0.002)],
    ['a larger one, which is none', { tolerance: 0.1 }, (model: number, xi: number) => tokensFor(model, xi, 0.05)],
  ] as const)('is longer by %s, as far as the deadline allows', (_, thinking, wanted) => {
    let cut = 0;
    for (const deadlineRule of ['seconds', 'slots']) {
      for (const overheadSeconds of [0, 0.4]) {
        const scenario = variant({ routing: { thinking, deadlineRule, overheadSeconds } });
        eachService(scenario, ({ task, model, service }) => {
          const slack = task.deadlineSeconds - overheadSeconds;
          const left = deadlineRule === 'slots' ? Math.floor(slack / SLOT) * SLOT : slack;
          const asked = wanted(model, task.difficulty);
          const fits = timeOf(model, asked) <= left;
          const tokens = fits ? asked : root((k) => timeOf(model, k) - left, 0, asked);
          cut += Number(!fits);
          expect(relative(service.tokens, tokens)).toBeLessThan(1e-8);
          expect(relative(service.energyJoules, energyOf(model, tokens))).toBeLessThan(1e-8);
          expect(service.latencySeconds).toBeLessThan(left * (1 + 1e-9));
          expect(Math.abs(service.failureProbability - failureOf(model, task.difficulty, tokens))).toBeLessThan(1e-9);
        });
      }
    }
    if (!('tolerance' in thinking && thinking.tolerance > 0.05)) expect(cut).toBeGreaterThan(0);
  });

  it('burns its excess, by which the drift falls, and fails less', () => {
    const scenario = variant({ routing: { thinking: { tolerance: 0.001 } } });
    const table = buildTaskTable(scenario);
    let [excess, failing] = [0, 0];
    table.tasks.forEach((row, i) => {
      const { difficulty, deadlineSeconds } = document.tasks[i];
      const model = row.chosen ?? 0;
      const asked = tokensFor(model, difficulty, 0.001);
      const tokens = Math.min(
        asked,
        root((k) => timeOf(model, k) - deadlineSeconds, 0, 1e6),
      );
      excess += energyOf(model, tokens) - energyOf(model, tokensFor(model, difficulty, 0.05));
      failing += failureOf(model, difficulty, tokens);
    });
    expect(relative(drift(resolveScenario(scenario).walk), (-RATE * excess) / 10)).toBeLessThan(1e-7);
    const failures = outcomes(scenario, table)?.reduce((sum, { failureProbability }) => sum + failureProbability, 0);
    expect(relative(failures ?? NaN, failing)).toBeLessThan(1e-6);
    const { least, most } = expectedFailures(resolveScenario(scenario).site, 700) ?? { least: NaN, most: NaN };
    expect(relative(least, (RATE * 700 * failing) / 10)).toBeLessThan(1e-6);
    expect(most).toBe(least);
    // Factors 3, 3, 3, 3, 1, 1 over their mean, 7/3, and again.
    const uneven = variant({
      ...{ arrivals: { ratePerSlot: RATE, profile: { values: [3, 3, 1], slotsPerValue: 2 } } },
      routing: { thinking: { tolerance: 0.001 } },
    });
    const site = resolveScenario(uneven).site;
    [0, 9 / 7, 18 / 7, 27 / 7, 36 / 7, 39 / 7, 6, 6 + 9 / 7].forEach((factors, slots) => {
      expect(expectedFailures(site, slots)?.most).toBeCloseTo((RATE * factors * failing) / 10, 9);
    });
    const sized = variant({ routing: { thinking: { tolerance: 0.001 } }, harvest: { sizedFor: ['thinking'] } });
    expect(Math.abs(drift(resolveScenario(sized).walk))).toBeLessThan(1e-9 * excess);
  });
});

describe('retries', () => {
  /** Tries one after the other, each from the slot after the one before it has ended, as long as they end in time. */
  const triesInTime = (rule: string, seconds: number, slack: number): number => {
    const slots = Math.ceil(seconds / SLOT);
    let tries = 1;
    for (let begin = slots; ; begin += slots) {
      const ends = rule === 'slots' ? (begin + slots) * SLOT <= slack : begin * SLOT + seconds <= slack;
      if (!ends) return tries;
      tries++;
    }
  };

  it.each(['seconds', 'slots'])('are as many as the deadline allows, counted in %s', (deadlineRule) => {
    const seen = new Set<number>();
    const scenario = variant({ routing: { retries: { most: 6 }, deadlineRule } });
    eachService(scenario, ({ task, service }) => {
      const tries = Math.min(7, triesInTime(deadlineRule, service.latencySeconds, task.deadlineSeconds));
      expect(service.mostTries).toBe(tries);
      seen.add(tries);
    });
    expect(seen.size).toBeGreaterThan(3);
  });

  it.each([1, 3, 'unlimited'] as const)(
    'of at most %s have the moments of a geometric number of tries, cut off',
    (most) => {
      const q = 0.05;
      const limit = most === 'unlimited' ? Infinity : most + 1;
      const scenario = variant({ routing: { retries: { most, deadline: 'ignore' }, overheadJoules: 100 } });
      const { demand } = resolveScenario(scenario).walk;
      // E r^n by the tail: P(r > j) = q^j for j below the limit.
      const moment = (n: number): number => {
        let sum = 0;
        for (let j = 0; j < limit && q ** j > 1e-30; j++) sum += ((j + 1) ** n - j ** n) * q ** j;
        return sum;
      };
      if (most === 'unlimited') expect(relative(moment(2), (1 + q) / (1 - q) ** 2)).toBeLessThan(1e-12);
      const energies = buildTaskTable(variant({})).tasks.map((row) => row.energyJoules);
      const mean = (of: (e: number) => number): number => energies.reduce((sum, e) => sum + of(e), 0) / energies.length;
      expect(
        relative(
          energyMoment(demand, 1),
          mean((e) => e * moment(1) + 100),
        ),
      ).toBeLessThan(1e-11);
      const second = mean((e) => e * e * moment(2) + 200 * e * moment(1) + 1e4);
      expect(relative(energyMoment(demand, 2), second)).toBeLessThan(1e-11);
      const share = most === 'unlimited' ? 0 : q ** limit;
      const found = outcomes(scenario, buildTaskTable(scenario)) ?? [];
      for (const { failureProbability, meanTries: tries } of found) {
        expect(Math.abs(failureProbability - share)).toBeLessThan(1e-12);
        expect(relative(tries, moment(1))).toBeLessThan(1e-12);
      }
    },
  );

  it('serve a task as often as its law says, its profile one after the other', () => {
    const scenario = variant({ routing: { retries: { most: 2 }, errorRate: 0.3, overheadJoules: 40 } });
    const table = buildTaskTable(scenario);
    const kinds = taskKinds(scenario, table);
    expect(kinds.reduce((sum, k) => sum + k.probability, 0)).toBeCloseTo(1, 12);
    table.tasks.forEach((row, type) => {
      const own = kinds.filter((k) => k.type === type);
      row.models.forEach(({ feasible, model }, i) => {
        if (!feasible) return;
        const service = serviceAt(scenario, table, row, i);
        const once = own.find((k) => k.model === model && k.profileJoules.length === service.serviceSlots);
        const ofModel = own.filter((k) => k.model === model);
        expect(ofModel).toHaveLength(service.mostTries);
        for (const kind of ofModel) {
          const tries = kind.profileJoules.length / service.serviceSlots;
          const q = service.failureProbability;
          const chance = tries < service.mostTries ? q ** (tries - 1) * (1 - q) : q ** (tries - 1);
          const whole = ofModel.reduce((sum, k) => sum + k.probability, 0);
          expect(kind.probability / whole).toBeCloseTo(chance, 12);
          expect(kind.failureProbability).toBe(tries < service.mostTries ? 0 : q);
          expect(relative(kind.energyJoules, tries * service.energyJoules + 40)).toBeLessThan(1e-12);
          kind.profileJoules.forEach((joules, j) => {
            const first = once?.profileJoules[j % service.serviceSlots] ?? NaN;
            const overhead = j > 0 && j % service.serviceSlots === 0 ? 40 : 0;
            expect(Math.abs(joules - first + overhead)).toBeLessThan(1e-9);
          });
        }
      });
    });
  });

  it('keep a law that sums to 1 up to the rarest try', () => {
    for (const [failureProbability, mostTries] of [
      [0.5, 1],
      [0.999, 2000],
      [1e-9, 5],
    ]) {
      const service = { tokens: 1, energyJoules: 1, latencySeconds: 1, serviceSlots: 1, failureProbability, mostTries };
      const law = triesLaw(service);
      expect(law.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
      expect(
        relative(
          law.reduce((sum, p, r) => sum + (r + 1) * p, 0),
          meanTries(service),
        ),
      ).toBeLessThan(1e-12);
      expect(relative(lastFailure(service), Math.exp(mostTries * Math.log(failureProbability)))).toBeLessThan(1e-9);
    }
  });

  it('let break-even count what all tries burn', () => {
    const retried = { retries: { most: 'unlimited', deadline: 'ignore' } };
    const tasks = document.tasks.map((task) => ({ ...task, deadlineSeconds: 2000 }));
    const scenario = variant({ tasks, routing: retried });
    const [once, again] = [variant({ tasks }), scenario].map((s) => plainRouter(s, { model: 'large' }).joules);
    expect(relative(again, once / 0.95)).toBeLessThan(1e-11);
    const found = breakEvenErrorRate(scenario, 100, 0);
    const unretried = breakEvenErrorRate(variant({ tasks }), 95, 0);
    expect(relative(found.excessJoules, unretried.excessJoules / 0.95)).toBeLessThan(1e-11);
    expect(relative(found.errorRate ?? NaN, unretried.errorRate ?? NaN)).toBeLessThan(1e-9);
  });
});

describe('a walk whose tasks are tried until they succeed', () => {
  it('has the deficit of one that draws each success', () => {
    const [tolerance, slots, paths] = [0.4, 48, 20_000];
    const task = { difficulty: 2.04, skills: SKILLS, tokensPerSkill: TOKENS, tolerance, deadlineSeconds: 100 };
    const harvest = { shape: 1, scaleJoules: 15_000 };
    const scenario = variant({
      tasks: [task],
      harvest,
      routing: { retries: { most: 'unlimited', deadline: 'ignore' } },
    });
    const energy = energyOf(0, tokensFor(0, 2.04, tolerance));
    const random = seedrandom('tried until they succeed');
    const poisson = (): number => {
      let n = 0;
      for (let product = random(); product > Math.exp(-RATE); product *= random()) n++;
      return n;
    };
    let [sum, squares] = [0, 0];
    for (let path = 0; path < paths; path++) {
      let [level, least] = [0, 0];
      for (let t = 0; t < slots; t++) {
        for (let n = poisson(); n > 0; n--) {
          do level -= energy;
          while (random() < tolerance);
        }
        level -= harvest.scaleJoules * Math.log(1 - random());
        least = Math.min(least, level);
      }
      sum -= least;
      squares += least * least;
    }
    const mean = sum / paths;
    const error = Math.sqrt((squares / paths - mean * mean) / paths);
    const [exact] = exactMoments(compoundIncrement(resolveScenario(scenario).walk), [slots]);
    expect(Math.abs(mean - exact.mean)).toBeLessThan(4 * error);
    // Once served each, the deficit would be far below.
    const [once] = exactMoments(
      compoundIncrement(resolveScenario({ ...scenario, routing: variant({}).routing }).walk),
      [slots],
    );
    expect(mean - once.mean).toBeGreaterThan(40 * error);
  });
});

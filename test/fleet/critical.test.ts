/**
 * What `critical`, `matched` and `timesDemand` refer to: the least demand of eq. 23. What a router burns beyond it
 * shifts the drift (section III-C), and is supplied where `sizedFor` names it. Sums are made here from the task table's
 * rows.
 */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { describe, expect, it } from 'vitest';
import { harvestDifference } from '../../src/fleet/doubts.js';
import { buildTaskTable } from '../../src/fleet/task-table.js';
import type { TaskRow } from '../../src/fleet/task-table.js';
import { drift } from '../../src/fleet/walk-law.js';
import { parseScenario } from '../../src/scenario/parse.js';
import { loadPreset, presetDocument } from '../../src/scenario/presets.js';
import type { Scenario } from '../../src/scenario/scenario.js';
import { misroutedScenario } from '../../src/report/figures/routing-error.js';

const reference = presetDocument('reference') as { readonly tasks: readonly object[] };
const variant = (parts: object): Scenario => parseScenario({ ...reference, ...parts });
const relative = (value: number, expected: number): number => Math.abs(value / expected - 1);
const RATE = 2;
const { tasks: rows } = buildTaskTable(loadPreset('reference'));

/** λ Σ p f, each task as likely as the other. */
const slotMean = (of: (row: TaskRow) => number, all = rows): number =>
  (RATE * all.reduce((sum, row) => sum + of(row), 0)) / all.length;

/** Energies of the models that serve a task in time, the least first. */
const ascending = ({ models }: TaskRow): number[] =>
  models.flatMap((m) => (m.feasible ? [m.energyJoules] : [])).sort((a, b) => a - b);
const least = (row: TaskRow): number => ascending(row)[0];

const supply = (scenario: Scenario): { mean: number; variance: number } => {
  const { shape, scaleJoules } = resolveScenario(scenario).harvest;
  return { mean: shape * scaleJoules, variance: shape * scaleJoules ** 2 };
};

describe('a critical harvest', () => {
  it('is that of the least demand, whatever the router burns: the drift falls by λ e_φ', () => {
    const plain = supply(loadPreset('reference'));
    expect(relative(plain.mean, slotMean(least))).toBeLessThan(1e-12);
    for (const overheadJoules of [1, 300, 5000, 2e5]) {
      const routed = variant({ routing: { overheadJoules } });
      expect(supply(routed)).toEqual(plain);
      expect(relative(drift(resolveScenario(routed).walk), -RATE * overheadJoules)).toBeLessThan(1e-9);
    }
  });

  it('falls short by what the router’s seconds cost, too: models that are late then', () => {
    // Past the small model's time, within the large one's: tasks that are cheaper on the small one go to the large one.
    const tasks = reference.tasks.map((task, i) => {
      const [small, large] = rows[i].models.map((m) => m.latencySeconds);
      return { ...task, deadlineSeconds: Math.max(small, large) + 5 };
    });
    const overheadSeconds = 6;
    const routed = variant({ tasks, routing: { overheadSeconds } });
    const now = buildTaskTable(routed).tasks;
    const burnt = slotMean((row) => {
      const inTime = row.models.filter((_, i) => {
        const [small, large] = row.models.map((m) => m.latencySeconds);
        return row.models[i].latencySeconds <= Math.max(small, large) + 5 - overheadSeconds;
      });
      return Math.min(...inTime.map((m) => m.energyJoules));
    });
    const cheapest = slotMean((row) => Math.min(...row.models.map((m) => m.energyJoules)));
    expect(burnt).toBeGreaterThan(1.01 * cheapest);
    expect(now.some((row, i) => row.energyJoules > Math.min(...rows[i].models.map((m) => m.energyJoules)))).toBe(true);
    expect(relative(drift(resolveScenario(routed).walk), cheapest - burnt)).toBeLessThan(1e-9);
    const sized = variant({ tasks, routing: { overheadSeconds }, harvest: { sizedFor: ['overhead'] } });
    expect(Math.abs(drift(resolveScenario(sized).walk))).toBeLessThan(1e-9 * burnt);
  });

  it('includes what sizedFor names, in its mean and its variance', () => {
    const [errorRate, overheadJoules] = [0.1, 700];
    const routing = { errorRate, overheadJoules };
    /** λ E[e] and λ E[e²] of the mix that is named. */
    const mixed = (errors: number, overhead: number): { mean: number; variance: number } => {
      const moment = (n: number): number =>
        slotMean((row) => {
          const [first, ...others] = ascending(row).map((energy) => (energy + overhead) ** n);
          if (others.length === 0) return first;
          return (1 - errors) * first + (errors * others.reduce((a, b) => a + b, 0)) / others.length;
        });
      return { mean: moment(1), variance: moment(2) };
    };
    for (const [sizedFor, expected] of [
      [undefined, mixed(0, 0)],
      [['errors'], mixed(errorRate, 0)],
      [['overhead'], mixed(0, overheadJoules)],
      [['overhead', 'errors'], mixed(errorRate, overheadJoules)],
    ] as const) {
      const harvest = sizedFor === undefined ? {} : { sizedFor };
      const got = supply(variant({ routing, harvest }));
      expect(relative(got.mean, expected.mean)).toBeLessThan(1e-12);
      expect(relative(got.variance, expected.variance)).toBeLessThan(1e-12);
      const times = supply(variant({ routing, harvest: { ...harvest, mean: { timesDemand: 1.3 }, variance: 4e9 } }));
      expect(relative(times.mean, 1.3 * expected.mean)).toBeLessThan(1e-12);
      expect(relative(times.variance, 4e9)).toBeLessThan(1e-12);
    }
    const all = variant({ routing, harvest: { sizedFor: ['errors', 'overhead'] } });
    expect(Math.abs(drift(resolveScenario(all).walk))).toBeLessThan(1e-9 * supply(all).mean);
  });

  it('of a trace is scaled to the same demand', () => {
    const trace = { values: [1, 3, 2], unit: 'kW', secondsPerValue: 10, play: 'loop', start: 'first' };
    const mean = (parts: object): number =>
      supply(variant({ routing: { overheadJoules: 700 }, harvest: { trace, mean: 'critical', ...parts } })).mean;
    expect(relative(mean({}), slotMean(least))).toBeLessThan(1e-12);
    expect(relative(mean({ sizedFor: ['overhead'] }), slotMean(least) + RATE * 700)).toBeLessThan(1e-12);
  });

  it('of solar-site, whose router errs, is 1.6 times what its tasks burn at least', () => {
    const site = loadPreset('solar-site');
    expect(site.routing).toMatchObject({ errorRate: 0.05, overheadJoules: 0, overheadSeconds: 0 });
    const demand = buildTaskTable(site).tasks.reduce((sum, row) => sum + row.probability * least(row), 0);
    expect(relative(supply(site).mean, 1.6 * site.arrivals.ratePerSlot * demand)).toBeLessThan(1e-12);
  });

  it.each([
    [['error'], 'harvest.sizedFor: got a list, expected a list of one or more of "errors", "overhead"'],
    [['overhead', 'error'], '"retries", each once: "error" is none of them'],
    [['errors', 'errors'], 'each once: "errors" comes twice'],
    [[], 'harvest.sizedFor: got an empty list, expected a list of one or more of'],
    ['errors', 'harvest.sizedFor: got "errors", expected a list'],
    [['errors', 'errors'], 'harvest.sizedFor: got a list, expected a list of one or more of'],
  ])('refuses sizedFor %j', (sizedFor, message) => {
    expect(() => variant({ harvest: { sizedFor } })).toThrow(message);
  });

  it('of figure 4, which keeps the supply, leaves what errors and the router burn as the only drift', () => {
    const excess = slotMean((row) => {
      const [first, ...others] = ascending(row);
      return others.length === 0 ? 0 : others.reduce((a, b) => a + b, 0) / others.length - first;
    });
    for (const overheadJoules of [0, 900]) {
      const scenario = variant({ routing: { overheadJoules } });
      for (const rate of [0, 0.01, 0.1]) {
        const mu = drift(resolveScenario(misroutedScenario(scenario, rate)).walk);
        const router = scenario.arrivals.ratePerSlot * overheadJoules;
        expect(Math.abs(mu + rate * excess + router)).toBeLessThan(1e-9 * slotMean(least));
      }
    }
  });
});

describe('two scenarios that are compared', () => {
  const named = (name: string, parts: object) => ({ name, scenario: variant({ name, ...parts }) });
  const plain = named('plain', {});

  it('have one supply where routers differ, and that is nothing to warn of', () => {
    expect(harvestDifference(plain, named('router', { routing: { overheadJoules: 5000 } }))).toBeUndefined();
    expect(harvestDifference(plain, named('errs', { routing: { errorRate: 0.2 } }))).toBeUndefined();
  });

  it('have two where a supply is sized for the router, and where tasks differ', () => {
    const sized = named('router', { routing: { overheadJoules: 5000 }, harvest: { sizedFor: ['overhead'] } });
    // 58.10 kJ a slot of 10 s, and twice 5 kJ more.
    expect(harvestDifference(plain, sized)).toMatchObject({
      key: 'harvest.mean',
      message: expect.stringMatching(
        /plain harvests 5810 W and router 6810 W, for each is sized by its own demand/,
      ) as string,
    });
    const fixed = (extra: object) => ({ harvest: { mean: 6e4, variance: 'matched', ...extra } });
    const routed = { routing: { overheadJoules: 5000 } };
    expect(
      harvestDifference(named('a', fixed({})), named('b', { ...routed, ...fixed({ sizedFor: ['overhead'] }) })),
    ).toMatchObject({
      key: 'harvest.variance',
      message: expect.stringMatching(/deviation of 6559 W in a and/) as string,
    });
    expect(harvestDifference(named('a', fixed({})), named('b', { ...routed, ...fixed({}) }))).toBeUndefined();
  });
});

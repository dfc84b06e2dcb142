/** Tolerances that are drawn, deadlines in slots, and choices of a router that are none. */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { describe, expect, it } from 'vitest';
import { outcomes } from '../../src/fleet/demand.js';
import { buildTaskTable } from '../../src/fleet/task-table.js';
import { parseScenario } from '../../src/scenario/parse.js';
import { presetDocument } from '../../src/scenario/presets.js';
import type { FleetScenario, Scenario } from '../../src/scenario/scenario.js';

const document = presetDocument('reference') as { readonly tasks: readonly object[] };
const variant = (parts: object): FleetScenario => parseScenario({ ...document, ...parts }) as FleetScenario;

describe('a tolerance that is drawn', () => {
  const law = { values: [0.01, 0.05, 0.2], weights: [1, 2, 5] };
  const [first, ...others] = document.tasks;

  it('is as many kinds of task, with shares of the weight', () => {
    const drawn = variant({ tasks: [{ ...first, weight: 4, tolerance: law }, ...others] });
    const apart = variant({
      tasks: [
        ...law.values.map((tolerance, i) => ({ ...first, weight: (4 * law.weights[i]) / 8, tolerance })),
        ...others,
      ],
    });
    expect(resolveScenario(drawn).walk).toEqual(resolveScenario(apart).walk);
    const { tasks } = buildTaskTable(drawn);
    expect(tasks.slice(0, 4).map(({ name, weight }) => [name, weight])).toEqual([
      ['d1, ε 0.01', 0.5],
      ['d1, ε 0.05', 1],
      ['d1, ε 0.2', 2.5],
      ['d2', 1],
    ]);
    const failing = outcomes(drawn, buildTaskTable(drawn))?.map(({ failureProbability }) => failureProbability);
    [0.01, 0.05, 0.2, 0.05].forEach((q, i) => {
      expect(failing?.[i]).toBeCloseTo(q, 9);
    });
    expect(resolveScenario(drawn).site.classes).toHaveLength(12);
  });

  it('may be a text with its unit, and weights may be left out', () => {
    const even = variant({ tasks: [{ ...first, tolerance: { values: [0.1, 0.2] } }] });
    expect(even.tasks[0].tolerance).toEqual({ values: [0.1, 0.2], weights: [1, 1] });
    expect(parseScenario(even)).toEqual(even);
    expect(variant({ tasks: [{ ...first, tolerance: '5 %' }] }).tasks[0].tolerance).toBe(0.05);
  });
});

it('takes tolerances of a law that are written as shares, as one tolerance may be', () => {
  const law = (values: readonly unknown[]) => variant({ tasks: [{ ...document.tasks[0], tolerance: { values } }] });
  expect(law(['1%', '5 %'])).toEqual(law([0.01, 0.05]));
});

describe('what is no choice', () => {
  const given = { schemaVersion: 1, arrivals: { ratePerSlot: 4 }, tasks: [{ energyJoules: 3 }] };
  const routed =
    (routing: object): (() => Scenario) =>
    () =>
      variant({ routing });
  const tolerant = (tolerance: unknown) => () => variant({ tasks: [{ ...document.tasks[0], tolerance }] });

  it.each([
    [routed({ thinking: { factor: 0.9 } }), 'routing.thinking.factor: got 0.9, expected a number ≥ 1'],
    [routed({ thinking: { factor: 2, tolerance: 0.1 } }), 'routing.thinking: got an object, expected either factor'],
    [routed({ thinking: {} }), 'routing.thinking.factor: missing'],
    [routed({ thinking: {} }), 'expected a number ≥ 1, or tolerance in its place, a number between 0 and 1'],
    [routed({ thinking: { tolerance: 1 } }), 'routing.thinking.tolerance: got 1, expected a number between 0 and 1'],
    [routed({ retries: { most: 0 } }), 'routing.retries.most: got 0, expected "unlimited" or a whole number from 1'],
    [routed({ retries: {} }), 'routing.retries.most: missing'],
    [routed({ retries: { most: 1, deadline: 'miss' } }), 'routing.retries.deadline: got "miss", expected "keep" or'],
    [routed({ deadlineRule: 'steps' }), 'routing.deadlineRule: got "steps", expected "seconds" or "slots"'],
    [
      tolerant([0.1]),
      'tasks[0].tolerance: got a list, expected a number between 0 and 1, both excluded, or several as',
    ],
    [tolerant({ values: ['1%', '100%'] }), 'tasks[0].tolerance.values[1]: got 1, expected a number between 0 and 1'],
    [tolerant({ values: [] }), 'tasks[0].tolerance.values: got an empty list, expected a list of at least one'],
    [tolerant({ values: [0.1, 1.5] }), 'tasks[0].tolerance.values[1]: got 1.5, expected a number between 0 and 1'],
    [tolerant({ values: [0.1, 0.1] }), 'tasks[0].tolerance.values: got 0.1 twice'],
    [tolerant({ values: [0.1], weights: [1, 2] }), 'tasks[0].tolerance.weights: got 2 weights, expected 1'],
    [() => parseScenario({ ...given, routing: { retries: { most: 1 } } }), 'routing.retries: got an object, expected'],
    [() => parseScenario({ ...given, routing: { deadlineRule: 'slots' } }), 'routing.deadlineRule: got "slots"'],
    [() => parseScenario({ ...given, routing: { thinking: { factor: 2 } } }), 'routing.thinking: got an object'],
  ])('%#', (read, message) => {
    expect(read).toThrow(message);
  });

  it('is more tries than can be told apart', () => {
    const tasks = [{ ...document.tasks[0], tolerance: 0.9999, deadlineSeconds: 1e6 }];
    const scenario = variant({ tasks, routing: { retries: { most: 'unlimited', deadline: 'ignore' } } });
    expect(() => resolveScenario(scenario).walk).toThrow(
      /^routing\.retries\.most: got "unlimited" with task "d1", which fails with probability 0\.\d+, expected/,
    );
  });
});

describe('a deadline in slots', () => {
  it('is met by as many whole slots as it holds', () => {
    // 43.6 s are five slots of 10 s: 45 s hold four.
    const feasible = (deadlineSeconds: number, deadlineRule: string): boolean[] =>
      buildTaskTable(
        variant({ tasks: [{ ...document.tasks[5], deadlineSeconds }], routing: { deadlineRule } }),
      ).tasks[0].models.map((m) => m.feasible);
    const row = buildTaskTable(variant({})).tasks[5];
    expect(row.models.map((m) => [m.latencySeconds.toFixed(1), m.serviceSlots])).toEqual([
      ['43.6', 5],
      ['74.6', 8],
    ]);
    expect(feasible(45, 'seconds')).toEqual([true, false]);
    expect(() => feasible(45, 'slots')).toThrow(
      /^tasks\[0\]\.deadlineSeconds: got 45 s .*\(small 43\.65 s in 5 slots of 10 s, large 74\.61 s in 8 slots/,
    );
    expect(feasible(50, 'slots')).toEqual([true, false]);
    expect(feasible(79.9, 'slots')).toEqual([true, false]);
    expect(feasible(80, 'slots')).toEqual([true, true]);
    // The router's seconds are taken off first.
    expect(() => variantFeasible(50, 0.1)).toThrow(/got 50 s less 0\.1 s of routing/);
  });
  const variantFeasible = (deadlineSeconds: number, overheadSeconds: number): unknown =>
    buildTaskTable(
      variant({
        tasks: [{ ...document.tasks[5], deadlineSeconds }],
        routing: { deadlineRule: 'slots', overheadSeconds },
      }),
    );
});

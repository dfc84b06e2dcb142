import seedrandom from 'seedrandom';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { demandLaw } from '../../src/fleet/demand.js';
import { buildTaskTable } from '../../src/fleet/task-table.js';
import { energyMoment } from '../../src/fleet/walk-law.js';
import { loadPreset } from '../../src/scenario/presets.js';
import type { FleetScenario } from '../../src/scenario/scenario.js';
import { breakEvenMap, plainRouter } from '../../src/stats/break-even.js';
import { breakEvenErrorRate } from './break-even-at.js';

const reference = loadPreset('reference') as FleetScenario;

/** The reference with a third model and random deadlines, all of which some model meets with a second to spare. */
function randomFleet(seed: string): FleetScenario {
  const random = seedrandom.alea(seed);
  const [small, large] = reference.fleet.models;
  const medium = { ...small, name: 'medium', parameters: 1e10 * (1 + 5 * random.double()), layers: 60 };
  const fleet = { ...reference.fleet, models: [small, medium, large] };
  const { tasks } = buildTaskTable({ ...reference, fleet });
  const patient = random.double() < 0.5;
  return {
    ...reference,
    fleet,
    tasks: reference.tasks.map((task, i) => {
      const latencies = tasks[i].models.map((m) => m.latencySeconds);
      const [least, most] = [Math.min(...latencies), Math.max(...latencies)];
      // In half of the fleets every model meets all deadlines.
      if (patient) return { ...task, deadlineSeconds: most + 2 };
      return { ...task, deadlineSeconds: least + 1 + 1.3 * (most - least) * random.double() };
    }),
  };
}

/** Mean joules a task by the law of the walk's own demand, for any error rate. */
function meanJoules(
  scenario: FleetScenario,
  overheadJoules: number,
  overheadSeconds: number,
): (rate: number) => number {
  const routed = { ...scenario, routing: { errorRate: 0, overheadJoules, overheadSeconds } };
  const table = buildTaskTable(routed);
  return (rate) => energyMoment(demandLaw(routed, table, rate), 1);
}

describe('the break-even error rate', () => {
  it('of the reference without overhead, against either model alone', () => {
    const table = buildTaskTable(reference);
    const mean = (model: number): number =>
      table.tasks.reduce((sum, task) => sum + task.probability * task.models[model].energyJoules, 0);
    // d6 has a deadline that one model alone meets, and that is the small one's or the large one's, not both.
    const single = plainRouter(reference, 'cheapest');
    const index = reference.fleet.models.findIndex((m) => m.name === single.model);
    expect(single.joules).toBeCloseTo(mean(index), 6);
    const other = reference.fleet.models[1 - index].name;
    expect(() => plainRouter(reference, { model: other })).toThrow(
      `baseline: got "${other}", which is late for task "d6"; expected a model of the fleet that meets all deadlines`,
    );
    const found = breakEvenErrorRate(reference, 0, 0);
    expect(found).toMatchObject({
      baselineJoules: single.joules,
      pays: expect.stringMatching(/below|always/) as string,
    });
    // 58.10 kJ a slot at two tasks a slot, docs/model.md section 9
    expect(found.joulesWithoutErrors).toBeCloseTo(58095 / 2, -1);
  });

  it('is where the two means cross, in random fleets, and no error rate above it pays', () => {
    const counts = { always: 0, below: 0, never: 0, late: 0 };
    for (let f = 0; f < 60; f++) {
      const random = seedrandom.alea(`overheads ${f}`);
      const scenario = randomFleet(`fleet ${f}`);
      const overheadSeconds = 6 * random.double();
      for (const baseline of ['random', 'cheapest', { model: 'large' }, { model: 'small' }] as const) {
        let plain;
        try {
          plain = plainRouter(scenario, baseline);
        } catch (error) {
          expect((error as Error).message).toMatch(/late for/);
          continue;
        }
        const overheadJoules = plain.joules * 0.5 * random.double() ** 3;
        const found = breakEvenErrorRate(scenario, overheadJoules, overheadSeconds, baseline);
        counts[found.pays]++;
        expect(found.baselineJoules).toBe(plain.joules);
        if (found.pays === 'late') {
          expect(found.errorRate).toBeUndefined();
          expect(() => meanJoules(scenario, overheadJoules, overheadSeconds)).toThrow(InputError);
          continue;
        }
        const mean = meanJoules(scenario, overheadJoules, overheadSeconds);
        // Brute force over error rates in hundredths.
        const paying = Array.from({ length: 101 }, (_, i) => i / 100).filter(
          (rate) => mean(rate) <= plain.joules * (1 + 1e-12),
        );
        if (found.pays === 'never') expect(paying).toEqual([]);
        else {
          const { errorRate = NaN } = found;
          expect(paying.at(-1)).toBe(Math.floor(100 * errorRate * (1 + 1e-12)) / 100);
          expect(paying).toHaveLength(Math.round(100 * (paying.at(-1) ?? NaN)) + 1);
          if (found.pays === 'below') {
            const at = mean(errorRate);
            expect(Math.abs(at / plain.joules - 1)).toBeLessThan(1e-12);
          }
        }
      }
    }
    for (const [pays, count] of Object.entries(counts)) expect(count, pays).toBeGreaterThan(3);
  });

  it('falls along both overheads, and is a map over them', () => {
    const joules = [0, 100, 1000, 1e6];
    const seconds = [0, 0.5, 1, 10, 1e4];
    const map = breakEvenMap(reference, joules, seconds, 'random');
    const rate = (i: number, j: number): number => map[i][j].errorRate ?? -1;
    seconds.forEach((overheadSeconds, i) => {
      joules.forEach((overheadJoules, j) => {
        expect(map[i][j]).toEqual(breakEvenErrorRate(reference, overheadJoules, overheadSeconds, 'random'));
        if (j > 0) expect(rate(i, j)).toBeLessThanOrEqual(rate(i, j - 1));
      });
    });
    expect(map[0][3].pays).toBe('never');
    expect(map[4].map((c) => c.pays)).toEqual(['late', 'late', 'late', 'late']);
    // A router that costs nothing beats random choice up to the error rate at which it is random choice: half, with two
    // models that both meet the deadline of every task but one, and there neither errs.
    expect(rate(0, 0)).toBeCloseTo(0.5, 12);
  });

  it('refuses what has no meaning', () => {
    expect(() => breakEvenErrorRate(loadPreset('benchmark'), 0, 0)).toThrow(/expected a fleet of models/);
    expect(() => breakEvenErrorRate(reference, -1, 0)).toThrow(/^overheadJoules: got -1/);
    expect(() => breakEvenErrorRate(reference, 0, NaN)).toThrow(/^overheadSeconds: got NaN/);
    expect(() => breakEvenErrorRate(reference, 0, 0, { model: 'huge' })).toThrow(/none of the fleet's/);
    const crossed = [...reference.tasks];
    // Between the two latencies of one task that the small model serves sooner, and of one that the large one does.
    const table = buildTaskTable(reference);
    for (const i of [3, 9]) {
      const [a, b] = table.tasks[i].models.map((m) => m.latencySeconds);
      crossed[i] = { ...crossed[i], deadlineSeconds: (a + b) / 2 };
    }
    expect(() => plainRouter({ ...reference, tasks: crossed }, 'cheapest')).toThrow(
      /every model is late for some task \(small for d\d+, large for d\d+\)/,
    );
  });
});

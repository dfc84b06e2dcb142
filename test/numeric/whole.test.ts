/**
 * Whole steps within an amount and above it, where amounts are computed in doubles and are multiples all the same. What
 * is expected is counted in whole numbers: thousandths, of which a step has so many.
 */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { serviceCost, serviceSlots, serviceTime, tokensAfter } from '../../src/fleet/service.js';
import { chainFailure, chainSuccess, skillOdds } from '../../src/fleet/success.js';
import { buildTaskTable } from '../../src/fleet/task-table.js';
import { parseScenario } from '../../src/scenario/parse.js';
import { loadPreset, presetDocument } from '../../src/scenario/presets.js';
import { fillGaps } from '../../src/scenario/trace/gaps.js';
import { fitsInto, stepsAbove, stepsWithin } from '../../src/numeric/whole.js';

const { fleet } = loadPreset('reference');
if (fleet === undefined) throw new Error('the reference scenario has a fleet');
const cost = serviceCost(fleet, fleet.models[0]);

/** Steps of a few thousandths up to some seconds. */
const STEPS = [1, 3, 7, 10, 100, 300, 700, 1100, 3300, 10_000].map((thousandths) => thousandths / 1000);
const COUNTS = Array.from({ length: 400 }, (_, i) => i + 1);

describe('steps of an exact multiple', () => {
  it('are as many as it has, whichever way it was computed', () => {
    const naive = { product: 0, service: 0, sum: 0, within: 0 };
    for (const step of STEPS) {
      let sum = 0;
      for (const n of COUNTS) {
        sum += step;
        const served = serviceTime(cost, tokensAfter(cost, n * step));
        expect([n * step, sum, served].map((amount) => stepsAbove(amount, step))).toEqual([n, n, n]);
        expect([n * step, sum, served].map((amount) => stepsWithin(amount, step))).toEqual([n, n, n]);
        expect(serviceSlots(served, step)).toBe(n);
        expect(fitsInto(served, n * step) && fitsInto(sum, n * step)).toBe(true);
        naive.product += Number(Math.ceil(n * step * (1 / step)) !== n);
        naive.service += Number(Math.ceil(served / step) !== n);
        naive.sum += Number(Math.ceil(sum / step) !== n);
        naive.within += Number(Math.floor(sum / step) !== n);
      }
    }
    // Plain ceilings and floors are off in many cases: this is no test of what always holds.
    const most = STEPS.length * COUNTS.length;
    for (const off of Object.values(naive)) expect(off / most).toBeGreaterThan(0.02);
  });

  it('are no more where there is more than a multiple, and no fewer where there is less', () => {
    for (const step of STEPS) {
      for (const n of COUNTS) {
        const [below, above] = [(n - 0.001) * step, (n + 0.001) * step];
        expect([below, above].map((amount) => stepsAbove(amount, step))).toEqual([n, n + 1]);
        expect([below, above].map((amount) => stepsWithin(amount, step))).toEqual([n - 1, n]);
        expect(fitsInto(above, n * step)).toBe(false);
      }
    }
    expect([stepsAbove(0, 3), stepsWithin(0, 3), stepsWithin(-1, 3)]).toEqual([0, 0, -1]);
    expect([stepsAbove(Infinity, 3), fitsInto(Infinity, 3), fitsInto(1e-9, 0)]).toEqual([Infinity, false, false]);
  });
});

describe('where a multiple is asked for', () => {
  const odds = skillOdds(12, 2, 1.9);

  it('tokens of just as many attempts as there are skills may succeed', () => {
    let roundedDown = 0;
    for (const skills of COUNTS) {
      for (const tokensPerSkill of [0.1, 0.7, 1.1, 3.3, 49]) {
        const tokens = skills * tokensPerSkill;
        roundedDown += Number(tokens / tokensPerSkill < skills);
        // All of them succeed: p^m.
        const success = odds.success ** skills;
        const found = chainSuccess(odds, skills, tokensPerSkill, tokens);
        if (success > 1e-6) expect(Math.abs(found / success - 1)).toBeLessThan(1e-8);
        expect(found + chainFailure(odds, skills, tokensPerSkill, tokens)).toBeCloseTo(1, 12);
        expect(chainSuccess(odds, skills, tokensPerSkill, 0.999 * tokens)).toBe(0);
      }
    }
    expect(roundedDown).toBeGreaterThan(0);
  });

  it('a deadline of just the service’s time is met', () => {
    const document = presetDocument('reference') as { tasks: readonly object[] };
    const times = buildTaskTable(loadPreset('reference')).tasks.map(({ models }) => models[0].latencySeconds);
    times.forEach((seconds, i) => {
      // The router's own time is taken off again: the slack is the time, but for rounding.
      for (const overheadSeconds of [0, 0.1, 0.7, 13.3]) {
        const task = { ...document.tasks[i], deadlineSeconds: seconds + overheadSeconds };
        const isFeasible = (routingSeconds: number): boolean => {
          const routing = { overheadSeconds: routingSeconds };
          try {
            return buildTaskTable(parseScenario({ ...document, routing, tasks: [task] })).tasks[0].models[0].feasible;
          } catch (error) {
            // No other model serves it in time either.
            if (error instanceof InputError) return false;
            throw error;
          }
        };
        expect(isFeasible(overheadSeconds)).toBe(true);
        expect(isFeasible(overheadSeconds + 1e-6 * seconds)).toBe(false);
      }
    });
  });

  it('a gap of just the longest length is filled', () => {
    const gap = (missing: number, largestGapSeconds: number): number => {
      const values = Float64Array.from({ length: missing + 2 }, (_, i) => (i === 0 || i > missing ? 1 : NaN));
      const secondsPerValue = 0.1;
      const rule = 'zero' as const;
      return fillGaps(values, { rule, largestGapSeconds, secondsPerValue, name: 'sun.csv', placeOf: String });
    };
    for (const n of COUNTS) expect(gap(n, n / 10)).toBe(n);
    expect(() => gap(4, 0.3)).toThrow(/expected at most largestGapSeconds 0\.3/);
  });
});

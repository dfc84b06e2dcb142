/** Neighbouring points of a sweep with one seed: which pairs, and what they have in common. */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { host } from '#host';
import type { Backend } from '../../src/engine/backend.js';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { prepareRun } from '../../src/study/plan.js';
import { measureNeighbours, neighbourCount, neighbourPairs } from '../../src/sweep/neighbours.js';
import type { MeasuredNeighbours } from '../../src/sweep/neighbours.js';
import type { Sweep } from '../../src/sweep/points.js';
import { commonText } from '../../src/sweep/text.js';
import { sweepOf } from './sweeps.js';

let backend: Backend;
beforeAll(() => {
  backend = createCpuBackend(host, 2);
});
afterAll(() => backend.release());

const numbers = (sweep: Sweep, most: number): number[][] =>
  neighbourPairs(sweep, most).map(({ points }) => points.map(({ index }) => index));

describe('pairs', () => {
  const rates = (count: number) => ({ from: 1, to: 3, count });

  test('all of them where there is room: one step of one axis', () => {
    const sweep = sweepOf({ axes: { 'harvest.mean.timesDemand': [1, 1.1, 1.2], 'arrivals.ratePerSlot': [1, 2] } });
    expect(neighbourCount(sweep)).toBe(7);
    const pairs = neighbourPairs(sweep, 100);
    expect(pairs).toHaveLength(7);
    expect(new Set(pairs.map(({ points: [a, b] }) => `${a.index} ${b.index}`))).toEqual(
      new Set(['0 2', '1 3', '2 4', '3 5', '0 1', '2 3', '4 5']),
    );
    for (const { axes, points } of pairs) {
      const [a, b] = points.map(({ values }) => values);
      expect(Object.keys(a).filter((name) => a[name] !== b[name])).toEqual(axes);
    }
  });

  test('axes that walk together are one step', () => {
    const axes = { 'tasks[0].weight': [1, 2], 'arrivals.ratePerSlot': [5], 'tasks[1].weight': [3, 4] };
    const zip = [['tasks[1].weight', 'tasks[0].weight']];
    const pairs = neighbourPairs(sweepOf({ axes, zip }), 10);
    expect(pairs.map(({ axes: own, points }) => [own, points.map(({ index }) => index)])).toEqual([
      [
        ['tasks[1].weight', 'tasks[0].weight'],
        [0, 1],
      ],
    ]);
  });

  test('some of many: spread over the axis, each of the first few too, and none twice', () => {
    const sweep = sweepOf({ axes: { 'arrivals.ratePerSlot': rates(401) } });
    const firsts = numbers(sweep, 16).map(([a]) => a);
    expect(new Set(firsts).size).toBe(16);
    for (const count of [4, 8, 16]) {
      const quarters = firsts.slice(0, count).map((a) => Math.floor(a / 100));
      expect(new Set(quarters).size).toBe(4);
    }
    const two = sweepOf({ axes: { 'harvest.mean.timesDemand': [1, 1.1], 'arrivals.ratePerSlot': rates(100) } });
    const pairs = numbers(two, 20);
    expect(pairs).toHaveLength(20);
    expect(pairs.filter(([a, b]) => b === a + 100)).toHaveLength(10);
    expect(pairs.filter(([a, b]) => b === a + 1)).toHaveLength(10);
    expect(neighbourPairs(sweepOf({ axes: {} }), 9)).toEqual([]);
  });
});

async function measured(sweep: Sweep): Promise<MeasuredNeighbours> {
  const found = await measureNeighbours(sweep, backend, { seconds: 60 });
  if (found === undefined) throw new Error('nothing was measured');
  return found;
}

describe('measured', () => {
  test('the correlation is that of the same paths of two runs, and the same when asked again', async () => {
    const sweep = sweepOf({ axes: { 'harvest.mean.timesDemand': [1, 1.02] } });
    const found = await measured(sweep);
    expect(found).toMatchObject({ paths: 2000, pairs: 1 });
    const [pair] = found.measured;
    expect(pair.draws).toEqual([{ purpose: 'increments', sharing: 'otherLaw' }]);
    const sides: Float64Array[] = [];
    for (const { scenario, seed } of sweep.points) {
      const { job, law } = prepareRun(resolveScenario(scenario), { trials: 2000, horizons: [64], seed });
      sides.push(Float64Array.from(await backend.deficits(job), (d) => d * law.quantumJoules));
    }
    const [a, b] = sides;
    const mean = (x: Float64Array): number => x.reduce((s, v) => s + v, 0) / x.length;
    const [meanA, meanB] = [mean(a), mean(b)];
    const moment = (x: Float64Array, mx: number, y: Float64Array, my: number): number =>
      x.reduce((s, v, i) => s + (v - mx) * (y[i] - my), 0);
    const [aa, bb, ab] = [moment(a, meanA, a, meanA), moment(b, meanB, b, meanB), moment(a, meanA, b, meanB)];
    expect(pair.correlation).toBeCloseTo(ab / Math.sqrt(aa * bb), 9);
    expect(pair.varianceReduction).toBeCloseTo((aa + bb) / (aa + bb - 2 * ab), 6);
    expect(pair.meanDifference / (meanA - meanB)).toBeCloseTo(1, 9);
    expect(pair.greater).toBe(a.filter((v, i) => v > b[i]).length);
    expect(pair.againstShare).toBe(a.filter((v, i) => v < b[i]).length / 2000);
    expect(await measured(sweep)).toEqual(found);
  });

  test('a value twice is one run: all is common', async () => {
    const [pair] = (await measured(sweepOf({ axes: { 'arrivals.ratePerSlot': [2, 2] } }))).measured;
    expect(pair).toMatchObject({ varianceReduction: Infinity, less: 0, greater: 0, meanDifference: 0 });
    expect(pair.correlation).toBeCloseTo(1, 12);
    expect(pair.draws.every(({ sharing }) => sharing === 'identical')).toBe(true);
  });

  test('sites are paired by their auxiliary energy; batteries see the same draws', async () => {
    const axes = { 'battery.capacityJoules': [4e6, 5e6] };
    const { measured: pairs } = await measured(sweepOf({ axes, base: 'reference' }));
    expect(pairs[0].draws.slice(0, 2).map(({ sharing }) => sharing)).toEqual(['identical', 'identical']);
    expect(pairs[0].correlation).toBeGreaterThan(0.5);
  });

  test('nothing where seeds are apart, or there is one point; and no further pair after the time is over', async () => {
    expect(await measureNeighbours(sweepOf({ seeds: 'apart' }), backend)).toBeUndefined();
    expect(await measureNeighbours(sweepOf({ axes: {} }), backend)).toBeUndefined();
    const told: number[][] = [];
    const control = { seconds: 0, onProgress: (...at: number[]) => told.push(at) };
    expect((await measureNeighbours(sweepOf(), backend, control))?.measured).toHaveLength(1);
    expect(told).toEqual([[1, 7]]);
  });
});

test('in words: a line an axis, what is drawn alike, and what is worth nothing', async () => {
  const axes = { 'harvest.mean.timesDemand': [1, 1.02], accounting: ['lumped', 'distributed'] };
  const sweep = sweepOf({ base: 'reference', axes, trials: 200 });
  const text = commonText(sweep, await measured(sweep));
  expect(text).toMatch(/on 200 paths of each, 4 of 4 pairs of neighbours/);
  expect(text).toMatch(/\nharvest\.mean\.timesDemand +2 +0\.\d+ +0\.\d+ +\d, \d +[\d.]+ × +[\d.]+ %\n/);
  expect(text).toMatch(
    /\naccounting: Only in point [02]: increments\. Only in point [13]: arrivals, kinds of task, harvest\.\n/,
  );
  expect(text).not.toMatch(/common random numbers/);
  const apart = sweepOf({ seeds: 'apart' });
  expect(commonText(apart, undefined)).toBe('\nEach point has draws of its own.\n');
});

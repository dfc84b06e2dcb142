/** Walks that see the same words, four at once: the bits of each alone, and which jobs go together. */
import seedrandom from 'seedrandom';
import { afterAll, describe, expect, test } from 'vitest';
import { host } from '#host';
import type { JobFeed } from '../../src/engine/backend.js';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { walkLumped } from '../../src/engine/cpu/lumped.js';
import type { LumpedWalk } from '../../src/engine/cpu/lumped.js';
import { TogetherTaker, walkTogether } from '../../src/engine/cpu/together.js';
import { openWasmKernels } from '../../src/engine/cpu/wasm.js';
import { feedOf } from '../../src/engine/feed.js';
import { planJob } from '../../src/engine/job.js';
import type { Job, LumpedJob } from '../../src/engine/job.js';
import { partialsSha256 } from '../../src/engine/partials-codec.js';
import type { Partials } from '../../src/engine/partials.js';
import { sampleLaw } from '../../src/law/sampled-law.js';
import { walkOf } from './jobs.js';

const opened = openWasmKernels();
if (opened === undefined) throw new Error('Node has WebAssembly SIMD');
const kernels = opened;

const slots = [1, 2, 17, 64, 300];

/** Points of a sweep over the harvest: one seed, no residual cells. */
function point(times: number, initialJoules = 0, request: { trials?: number; seed?: string } = {}): LumpedJob {
  const law = sampleLaw(walkOf(4, [1000, 3000], [7, 3], 4, times), { slots: 300, initialJoules });
  const job = planJob(law, { trials: 400, horizons: slots, seed: 'shared', ...request });
  expect(job.tables.residual).toBeUndefined();
  return job;
}

const POINTS = [point(0.95), point(1, 4000), point(1.02), point(1.1, 90)];

/** All walks at once and each alone, with room for more than the paths in each row. */
function both(
  walks: readonly LumpedWalk[],
  first: number,
  count: number,
): Record<'together' | 'twin' | 'alone', Int32Array> {
  const stride = count + 3;
  const rows = walks[0].slots.length;
  const [together, twin, alone] = [0, 1, 2].map(() => new Int32Array(walks.length * rows * stride));
  kernels.together({ kernel: 'together', walks }, first, count, together, stride);
  walkTogether({ kernel: 'together', walks }, first, count, twin, stride);
  walks.forEach((walk, k) => {
    walkLumped(walk, first, count, alone.subarray(k * rows * stride), stride);
  });
  return { together, twin, alone };
}

/** The same with residual cells: the harvest of a narrow law, and a few heavy tasks. */
const RESIDUAL_POINTS = [0.97, 1, 1.03, 1.08].map((times, i) => {
  const law = sampleLaw(walkOf(3, [100, 20_000], [995, 5], 2, times), { slots: 300, initialJoules: 100 * i });
  return planJob(law, { trials: 400, horizons: slots, seed: 'shared' });
});

describe.each([
  ['the kernel', POINTS],
  ['the kernel with residual cells', RESIDUAL_POINTS],
])('%s', (_, points) => {
  const walks = points.map((job) => ({ ...job, slots }));

  test('is the one that is meant, for cells of one width', () => {
    for (const { tables } of points) expect(tables.residual === undefined).toBe(points === POINTS);
    expect(new Set(points.map(({ tables }) => tables.coreShift)).size).toBe(1);
  });

  test.each([1, 3, 4, 5, 511, 512, 513, 1030])('equals each alone for %i paths', (count) => {
    for (const some of [walks, walks.slice(1), walks.toReversed()]) {
      const { together, twin, alone } = both(some, 7, count);
      expect(together).toEqual(alone);
      expect(twin).toEqual(alone);
    }
  });

  test.each([2 ** 32 - 6, 2 ** 40 + 1])('equals each alone from path %i on', (first) => {
    const { together, alone } = both(walks, first, 13);
    expect(together).toEqual(alone);
  });

  test('any columns: thresholds of 0 and of all ones, aliases near and far', () => {
    const random = seedrandom('columns');
    const any = (threshold: () => number): LumpedWalk => {
      const { tables, ...walk } = walks[0];
      const columns = tables.columns.map(() => ((threshold() << 12) | Math.floor(4096 * random())) >>> 0);
      const base = -Math.floor(2 ** 20 * random());
      const { residual } = tables;
      const widths = residual && { ...residual, shift: residual.shift.map((_, cell) => cell % 32) };
      return { ...walk, slots: [1, 40], tables: { ...tables, columns, base, residual: widths } };
    };
    const four = [() => 0, () => 4095, () => Math.floor(4096 * random()), () => (random() < 0.5 ? 2047 : 2048)].map(
      any,
    );
    const { together, alone } = both(four, 0, 600);
    expect(together).toEqual(alone);
  });

  test('a long walk is cut into calls', () => {
    const { together, alone } = both(
      walks.map((walk) => ({ ...walk, slots: [1023, 1024, 3000] })),
      0,
      512,
    );
    expect(together).toEqual(alone);
  });
});

describe('which jobs go together', () => {
  const [residual, ...others] = RESIDUAL_POINTS;
  const groups = (jobs: readonly Job[]): number[][] => {
    const taker = new TogetherTaker(feedOf(jobs, () => undefined));
    const out: number[][] = [];
    for (let some = taker.next(); some.length > 0; some = taker.next()) out.push(some.map(({ number }) => number));
    expect(taker.next()).toEqual([]);
    return out;
  };
  const [a, b, c, d] = POINTS;

  test.each([
    ['nine that are alike', [a, b, c, d, a, b, c, d, a], [[0, 1, 2, 3], [4, 5, 6, 7], [8]]],
    ['three', [a, b, c], [[0, 1, 2]]],
    ['two are walked alone', [a, b], [[0], [1]]],
    ['none', [], []],
    ['residual cells between', [a, b, residual, c, d, a], [[0], [1], [2], [3, 4, 5]]],
    ['residual cells in all', [residual, ...others, residual], [[0, 1, 2, 3], [4]]],
    ['another seed', [a, b, c, point(1, 0, { seed: 'other' })], [[0, 1, 2], [3]]],
    ['another number of paths', [a, b, c, { ...d, paths: 399 }], [[0, 1, 2], [3]]],
    ['another first path', [{ ...a, firstPath: 1 }, b, c, d], [[0], [1, 2, 3]]],
    ['other horizons', [a, b, c, { ...d, horizons: d.horizons.slice(1) }], [[0, 1, 2], [3]]],
    ['cells of another width', [a, b, c, { ...d, tables: { ...d.tables, coreShift: 9 } }], [[0, 1, 2], [3]]],
  ] as [string, Job[], number[][]][])('%s', (_, jobs, expected) => {
    expect(groups(jobs)).toEqual(expected);
  });
});

describe.each([
  ['WebAssembly', false],
  ['TypeScript', true],
])('on threads, %s', (_, plain) => {
  const backend = createCpuBackend(host, 2, { plain });
  afterAll(() => backend.release());
  const jobs = [...POINTS, POINTS[2], ...RESIDUAL_POINTS, ...POINTS, point(0.9, 0, { trials: 5000 }), POINTS[0]];

  test.each([{}, { pathsPerBatch: 60 }])('the partials of each alone, with %j', async (control) => {
    const found: string[] = [];
    await backend.runAll(
      feedOf(jobs, (index, partials) => {
        found[index] = partialsSha256(partials);
      }),
      control,
    );
    const alone: string[] = [];
    for (const job of jobs) alone.push(partialsSha256(await backend.run(job)));
    expect(found).toEqual(alone);
    expect(new Set(alone).size).toBe(9);
  });

  test('a stop leaves the same first part of each', async () => {
    const stop = new AbortController();
    const large = POINTS.map((job) => ({ ...job, paths: 2_000_000 }));
    const found: Partials[] = [];
    const feed: JobFeed = feedOf(large, (index, partials) => (found[index] = partials));
    await backend.runAll(feed, {
      signal: stop.signal,
      pathsPerBatch: 500,
      onProgress: ({ paths }) => {
        if (paths > 8000) stop.abort();
      },
    });
    const counts = found.map(({ horizons }) => horizons[0].count);
    expect(new Set(counts).size).toBe(1);
    expect(counts[0]).toBeGreaterThan(1000);
    expect(counts[0]).toBeLessThan(2_000_000);
    for (const [i, partials] of found.entries()) {
      expect(partialsSha256(partials)).toBe(partialsSha256(await backend.run({ ...POINTS[i], paths: counts[i] })));
    }
  });
});

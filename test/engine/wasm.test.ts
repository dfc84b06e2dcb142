/**
 * The WebAssembly kernels against their TypeScript twins, path by path, and the way back to the twins where a host
 * cannot run them.
 */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { afterAll, describe, expect, test } from 'vitest';
import { host } from '#host';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { walkLumped } from '../../src/engine/cpu/lumped.js';
import type { LumpedWalk } from '../../src/engine/cpu/lumped.js';
import { openWasmKernels } from '../../src/engine/cpu/wasm.js';
import type { WasmKernels } from '../../src/engine/cpu/wasm.js';
import { walkPassage } from '../../src/engine/cpu/passage.js';
import type { PassageWalk } from '../../src/engine/cpu/passage.js';
import { walkProof } from '../../src/engine/cpu/proof.js';
import type { ProofWalk } from '../../src/engine/cpu/proof.js';
import { walkTasks } from '../../src/engine/cpu/tasks.js';
import type { TaskWalk } from '../../src/engine/cpu/tasks.js';
import { planJob, planTasksJob } from '../../src/engine/job.js';
import { planPassages } from '../../src/engine/passage-job.js';
import { PROOF_ROWS, planProofJob } from '../../src/engine/proof-job.js';
import { partialsSha256 } from '../../src/engine/partials-codec.js';
import { prepareRun } from '../../src/study/plan.js';
import { siteFields } from '../../src/fleet/site.js';
import { loadPreset, presetNames } from '../../src/scenario/presets.js';
import { SETTINGS, lawOf } from './jobs.js';
import { TASK_SETTINGS, energyScenario, referenceWith, taskLawOf } from './task-settings.js';

const opened = openWasmKernels();
if (opened === undefined) throw new Error('Node has WebAssembly SIMD');
const kernels: WasmKernels = opened;

const twin = createCpuBackend(host, 2, { plain: true });
const fast = createCpuBackend(host, 2);
afterAll(async () => {
  await Promise.all([twin.release(), fast.release()]);
});

/** Both forms of the same paths, with room for more than the paths in each row. */
function bothLumped(walk: LumpedWalk, firstPath: number, count: number): { expected: Int32Array; got: Int32Array } {
  const stride = count + 3;
  const expected = new Int32Array(walk.slots.length * stride);
  const got = new Int32Array(walk.slots.length * stride);
  walkLumped(walk, firstPath, count, expected, stride);
  kernels.lumped(walk, firstPath, count, got, stride);
  return { expected, got };
}

describe.each(SETTINGS)('lumped: $name', (setting) => {
  const horizons = [1, 2, 3, 17, 64, 300];
  const job = planJob(lawOf(setting, 300), { trials: 1, horizons, seed: 'wasm' });
  const walk = { ...job, slots: horizons };

  test.each([1, 2, 3, 4, 5, 511, 512, 513, 1030])('equals the twin for %i paths', (count) => {
    const { expected, got } = bothLumped(walk, 7, count);
    expect(got).toEqual(expected);
  });

  test.each([2 ** 32 - 6, 2 ** 32, 2 ** 40 + 1, 2 ** 53 - 40])('equals the twin from path %i on', (firstPath) => {
    const { expected, got } = bothLumped(walk, firstPath, 13);
    expect(got).toEqual(expected);
  });

  test('parts in any order are the whole', () => {
    const whole = new Int32Array(horizons.length * 60);
    walkLumped(walk, 0, 60, whole, 60);
    const parts = new Int32Array(horizons.length * 60);
    for (const [from, count] of [
      [37, 23],
      [0, 5],
      [5, 32],
    ]) {
      const rows = new Int32Array(horizons.length * count);
      kernels.lumped(walk, from, count, rows, count);
      horizons.forEach((_, h) => {
        parts.set(rows.subarray(h * count, (h + 1) * count), h * 60 + from);
      });
    }
    expect(parts).toEqual(whole);
  });
});

describe.each(presetNames().filter((name) => siteFields(loadPreset(name)).length === 0))('preset %s', (name) => {
  // The quantum, and with it the widths of cells, follows T.
  test.each([16, 4096, 1_000_000])('lumped, planned for %i slots', (slots) => {
    const { job } = prepareRun(resolveScenario(loadPreset(name)), { trials: 1, horizons: [slots], seed: 'wasm' });
    if (job.kernel !== 'lumped') throw new Error('lumped by default');
    const { expected, got } = bothLumped({ ...job, slots: [16, 1000, 1999] }, 0, 9);
    expect(got).toEqual(expected);
  });
});

test('cells wider and narrower than the jitter, to the last bit', () => {
  const plain = planJob(lawOf(SETTINGS[0], 64), { trials: 1, horizons: [64], seed: 'wasm' });
  for (const coreShift of [0, 1, 7, 8, 9, 15, 20]) {
    const { expected, got } = bothLumped({ ...plain, tables: { ...plain.tables, coreShift }, slots: [1, 64] }, 0, 8);
    expect(got, `shift ${coreShift}`).toEqual(expected);
  }
});

test('residual cells of every width', () => {
  const rare = planJob(lawOf(SETTINGS[3], 64), { trials: 1, horizons: [64], seed: 'wasm' });
  const { residual } = rare.tables;
  if (residual === undefined) throw new Error('rare heavy tasks have residual cells');
  const shift = residual.shift.map((_, cell) => cell % 32);
  const tables = { ...rare.tables, residual: { ...residual, shift } };
  // All columns lead to the residual: every lane escapes in every slot.
  const all = { ...tables, columns: tables.columns.map(() => 4095) };
  for (const each of [tables, all]) {
    const { expected, got } = bothLumped({ ...rare, tables: each, slots: [1, 64] }, 0, 40);
    expect(got).toEqual(expected);
  }
});

test('a long walk is cut into calls', () => {
  const job = planJob(lawOf(SETTINGS[0], 5000), { trials: 1, horizons: [5000], seed: 'wasm' });
  const { expected, got } = bothLumped({ ...job, slots: [1023, 1024, 5000] }, 0, 512);
  expect(got).toEqual(expected);
});

/** The same for the tasks kernel. */
function bothTasks(walk: TaskWalk, firstPath: number, count: number): { expected: Int32Array; got: Int32Array } {
  const stride = count + 3;
  const expected = new Int32Array(walk.slots.length * stride);
  const got = new Int32Array(walk.slots.length * stride);
  walkTasks(walk, firstPath, count, expected, stride);
  kernels.tasks(walk, firstPath, count, got, stride);
  return { expected, got };
}

const matched = { mean: 'critical', variance: 'matched' };
const RATES = [
  { name: 'benchmark', scenario: loadPreset('benchmark') },
  { name: 'hardly any task', scenario: energyScenario(0.02, [[1000, 1]], matched) },
  {
    name: '120 tasks a slot',
    scenario: energyScenario(
      120,
      [
        [1000, 1],
        [90, 4],
      ],
      matched,
    ),
  },
  {
    name: '700 kinds of task',
    scenario: energyScenario(
      4,
      Array.from({ length: 700 }, (_, i) => [100 + 13 * i, 1 + (i % 7)] as const),
      matched,
    ),
  },
  { name: 'singular harvest', scenario: energyScenario(1, [[5000, 1]], { shape: 0.4, scaleJoules: 12_000 }) },
  { name: 'routing errors', scenario: referenceWith({ routing: { errorRate: 0.2 } }) },
];

describe.each([...RATES, ...TASK_SETTINGS.filter(({ countDraws }) => countDraws === 1)])(
  'tasks: $name',
  ({ scenario }) => {
    const law = taskLawOf(scenario, 4000);
    const job = planTasksJob(law, 'lumped', { trials: 1, horizons: [4000], seed: 'wasm' });

    test('equals the twin for any number of paths, at checkpoints near and far', () => {
      expect(kernels.servesTasks({ ...job, slots: [1] })).toBe(true);
      for (const slots of [[1], [1, 2, 3, 40], [150], [7, 500, 501, 4000]]) {
        for (const count of [1, 3, 4, 6]) {
          const { expected, got } = bothTasks({ ...job, slots }, 11, count);
          expect(got, `${count} paths to ${slots.join()}`).toEqual(expected);
        }
      }
    });

    test.each([2 ** 32 - 2, 2 ** 40 + 1])('equals the twin from path %i on', (firstPath) => {
      const { expected, got } = bothTasks({ ...job, slots: [60, 400] }, firstPath, 5);
      expect(got).toEqual(expected);
    });
  },
);

test('more checkpoints than one call may pass', () => {
  const job = planTasksJob(taskLawOf(loadPreset('benchmark'), 1000), 'lumped', {
    trials: 1,
    horizons: [1000],
    seed: 'wasm',
  });
  for (const checkpoints of [256, 257, 1000]) {
    const slots = Array.from({ length: checkpoints }, (_, h) => h + 1);
    const { expected, got } = bothTasks({ ...job, slots }, 0, 5);
    expect(got).toEqual(expected);
  }
});

test.each([1, 8, 255])('a window that ends with a slot of always %i tasks', (tasks) => {
  const law = taskLawOf(loadPreset('benchmark'), 3000);
  const job = planTasksJob(law, 'lumped', { trials: 1, horizons: [3000], seed: 'ends' });
  const countColumns = new Uint32Array(256).fill(tasks);
  const { expected, got } = bothTasks({ ...job, tables: { ...job.tables, countColumns }, slots: [1, 700, 3000] }, 0, 5);
  expect(got).toEqual(expected);
});

/** The same for first passages. */
function bothPassages(walk: PassageWalk, firstPath: number, count: number): { expected: Int32Array; got: Int32Array } {
  const stride = count + 3;
  const [expected, got] = [new Int32Array(2 * stride), new Int32Array(2 * stride)];
  walkPassage(walk, firstPath, count, expected, stride);
  kernels.passage(walk, firstPath, count, got, stride);
  return { expected, got };
}

describe.each(SETTINGS)('first passages: $name', (setting) => {
  const law = lawOf(setting, 300);

  test.each([1, 2, 3, 5, 511, 513, 1030])('equal the twin for %i paths, some passing and some not', (count) => {
    for (const quanta of [0, 3000, 60_000]) {
      const deficitJoules = Math.min(quanta, law.maximumDeficitQuanta - 1) * law.quantumJoules;
      const { job } = planPassages(law, { deficitJoules, slots: 300, trials: 1, seed: 'wasm' });
      for (const slots of [1, 17, 300]) {
        const { expected, got } = bothPassages({ ...job, slots: [slots] }, 2 ** 32 - 3, count);
        expect(got).toEqual(expected);
      }
    }
  });
});

test('first passages of a long walk are cut into calls', () => {
  const law = lawOf(SETTINGS[0], 5000);
  const deficitJoules = 100_000 * law.quantumJoules;
  const { job } = planPassages(law, { deficitJoules, slots: 5000, trials: 1, seed: 'wasm' });
  const { expected, got } = bothPassages({ ...job, slots: [5000] }, 0, 512);
  expect(got).toEqual(expected);
  const late = got.subarray(0, 512).filter((slot) => slot > 1024);
  expect(late.length).toBeGreaterThan(0);
});

/** The same for what walks with services: rows of a proof, or deficits of either accounting. */
function bothServices(
  walk: TaskWalk | ProofWalk,
  firstPath: number,
  count: number,
): { expected: Int32Array; got: Int32Array } {
  const stride = count + 3;
  const rows = walk.slots.length * ('centreQuanta' in walk ? PROOF_ROWS.length : 1);
  const [expected, got] = [new Int32Array(rows * stride), new Int32Array(rows * stride)];
  if ('centreQuanta' in walk) walkProof(walk, firstPath, count, expected, stride);
  else walkTasks(walk, firstPath, count, expected, stride);
  kernels.services(walk, firstPath, count, got, stride);
  return { expected, got };
}

describe.each([...RATES, ...TASK_SETTINGS])('services: $name', ({ scenario }) => {
  const law = taskLawOf(scenario, 1000);
  const request = { trials: 1, horizons: [1000], seed: 'wasm' };
  const walks = [
    planTasksJob(law, 'distributed', request),
    planTasksJob(law, 'lumped', request),
    planProofJob(law, request),
    // A planted mistake raises flags.
    planProofJob(law, request, 1),
  ];

  test('equal the twin for any number of paths, at checkpoints near and far', () => {
    for (const job of walks) {
      expect(kernels.servesServices(job.tables)).toBe(true);
      for (const slots of [[1], [1, 2, 3, 40], [255, 256, 257], [7, 500, 1000]]) {
        for (const count of [1, 4, 6]) {
          const { expected, got } = bothServices({ ...job, slots }, 2 ** 32 - 2, count);
          expect(got, `${job.kernel}: ${count} paths to ${slots.join()}`).toEqual(expected);
        }
      }
    }
  });
});

test('services past more checkpoints than one call may pass, longer than a vector, and the longest', () => {
  const law = taskLawOf(loadPreset('reference'), 700);
  const job = planProofJob(law, { trials: 1, horizons: [700], seed: 'wasm' });
  const slots = Array.from({ length: 300 }, (_, h) => 2 * h + 1);
  const { tables } = job;
  for (const longestService of [tables.longestService, 5, 33, 256]) {
    // Every entry burns one unit in each slot of its service.
    const isOwn = longestService === tables.longestService;
    const profileLength = tables.profileLength.map((length, i) => (isOwn ? length : 1 + ((17 * i) % longestService)));
    const profiles = isOwn ? tables.profiles : new Int32Array(longestService).fill(1);
    const profileStart = isOwn ? tables.profileStart : tables.profileStart.map(() => 0);
    profileLength[0] = isOwn ? profileLength[0] : longestService;
    const own = { ...tables, profileLength, profileStart, profiles, longestService };
    const { expected, got } = bothServices({ ...job, tables: own, slots }, 0, 5);
    expect(got).toEqual(expected);
  }
});

test.each([0, 1, 8, 9, 255])('services of a window that ends with a slot of %i tasks more often than not', (tasks) => {
  const job = planProofJob(taskLawOf(loadPreset('reference'), 700), { trials: 1, horizons: [700], seed: 'ends' });
  // Of four paths some have none where others have most, so that they end in other windows.
  const countColumns = Uint32Array.from({ length: 256 }, (_, column) => (column % 16 === 0 ? 3 : tasks));
  const { expected, got } = bothServices({ ...job, tables: { ...job.tables, countColumns }, slots: [1, 700] }, 0, 7);
  expect(got).toEqual(expected);
});

test('services of tables in turn with lumped accounting of the same', () => {
  const job = planTasksJob(taskLawOf(loadPreset('reference'), 100), 'lumped', {
    trials: 1,
    horizons: [100],
    seed: 'turn',
  });
  for (let round = 0; round < 2; round++) {
    const one = bothTasks({ ...job, slots: [10, 100] }, 0, 9);
    expect(one.got).toEqual(one.expected);
    const other = bothServices({ ...job, accounting: 'distributed', slots: [10, 100] }, 0, 9);
    expect(other.got).toEqual(other.expected);
  }
});

test('services that the memory does not hold are not served', () => {
  const { tables } = planTasksJob(taskLawOf(loadPreset('reference'), 10), 'distributed', {
    trials: 1,
    horizons: [10],
    seed: 'wasm',
  });
  expect(kernels.servesServices(tables)).toBe(true);
  expect(kernels.servesServices({ ...tables, longestService: 257 })).toBe(false);
  expect(kernels.servesServices({ ...tables, countDraws: 257 })).toBe(false);
});

test('lumped and tasks in turn on one module', () => {
  const law = taskLawOf(loadPreset('benchmark'), 100);
  const tasks = { ...planTasksJob(law, 'lumped', { trials: 1, horizons: [100], seed: 'a' }), slots: [10, 100] };
  const lumped = { ...planJob(lawOf(SETTINGS[1], 100), { trials: 1, horizons: [100], seed: 'b' }), slots: [10, 100] };
  for (let round = 0; round < 2; round++) {
    const one = bothTasks(tasks, 0, 9);
    expect(one.got).toEqual(one.expected);
    const other = bothLumped(lumped, 0, 9);
    expect(other.got).toEqual(other.expected);
  }
});

test('what the module does not serve is left to the twin', async () => {
  const [, , twoDraws] = TASK_SETTINGS;
  const job = planTasksJob(taskLawOf(twoDraws.scenario, 20), 'lumped', { trials: 300, horizons: [20], seed: 'wasm' });
  expect(kernels.servesTasks({ ...job, slots: [20] })).toBe(false);
  expect(partialsSha256(await fast.run(job))).toBe(partialsSha256(await twin.run(job)));
});

test('the backend counts the same with the twins alone', async () => {
  for (const setting of [SETTINGS[0], SETTINGS[1]]) {
    const job = planJob(lawOf(setting, 200), { trials: 3001, horizons: [3, 200], seed: 'wasm' });
    const expected = partialsSha256(await twin.run(job));
    expect(partialsSha256(await fast.run(job))).toBe(expected);
    expect(partialsSha256(await fast.run(job, { pathsPerBatch: 37 }))).toBe(expected);
  }
});

describe('a host that cannot', () => {
  const { Module, Instance } = WebAssembly;

  test('has no WebAssembly', () => {
    expect(openWasmKernels({})).toBeUndefined();
  });

  test('has no SIMD: the module is not valid there', () => {
    expect(openWasmKernels({ WebAssembly: { Module, Instance, validate: () => false } })).toBeUndefined();
  });

  test('forbids it by a content policy', () => {
    const forbidding = function () {
      throw new WebAssembly.CompileError('violates the Content Security Policy');
    } as unknown as typeof Module;
    expect(openWasmKernels({ WebAssembly: { Module: forbidding, Instance, validate: () => true } })).toBeUndefined();
  });

  test('but any other failure is told', () => {
    const broken = function () {
      throw new RangeError('out of memory');
    } as unknown as typeof Instance;
    expect(() => openWasmKernels({ WebAssembly: { Module, Instance: broken, validate: () => true } })).toThrow(
      RangeError,
    );
  });
});

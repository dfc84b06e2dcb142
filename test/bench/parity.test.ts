/**
 * The parity suite that is taken to GPUs (bench/device): equal backends agree, one that counts otherwise or fails is
 * named.
 */
import { afterAll, expect, test } from 'vitest';
import { host } from '#host';
import { parityCases, runParity } from '../../bench/device/parity.js';
import type { Backend } from '../../src/engine/backend.js';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { BackendError } from '../../src/errors.js';

const cpu = createCpuBackend(host, 2);
const other = createCpuBackend(host, 1);
afterAll(() => Promise.all([cpu.release(), other.release()]));

/** One path's number is another's. */
const wrong: Backend = {
  ...other,
  run: (job, control) => other.run({ ...job, firstPath: job.firstPath + 1 }, control),
  deficits: (job, control) => other.deficits({ ...job, firstPath: job.firstPath + 1 }, control),
  passages: (job, control) => other.passages({ ...job, firstPath: job.firstPath + 1 }, control),
  runAll: () => Promise.reject(new BackendError('no many')),
};

test('every case agrees with an equal backend, and none with a wrong one', async () => {
  const cases = parityCases(200);
  expect(cases.map(({ name }) => name.split(/[ :,]/)[0])).toEqual(
    expect.arrayContaining(['W', 'lumped', 'tasks', 'proof', 'passage', 'sixty']),
  );
  const told: string[] = [];
  const results = await runParity(
    cases,
    cpu,
    [
      { columns: 'equal', backend: other, all: true },
      { columns: 'wrong', backend: wrong, all: true },
      { columns: 'few', backend: other, all: false },
    ],
    ({ name }) => told.push(name),
  );
  const of = (columns: string): typeof results => results.filter((result) => result.columns === columns);
  expect(of('equal').map(({ agree }) => agree)).toEqual(cases.map(() => true));
  expect(of('wrong').map(({ agree }) => agree)).toEqual(cases.map(() => false));
  expect(of('wrong').at(-1)?.failure).toBe('no many');
  expect(of('few')).toHaveLength(2);
  expect(told).toHaveLength(results.length);
});

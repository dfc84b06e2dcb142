/** Every call of a device at which it can fail, early and late, lost and hanging: the same integers, nothing twice. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { host } from '#host';
import type { Backend } from '../../src/engine/backend.js';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { CALLS, callsOf, failingWay, hashesOf, openFailing, processorWay } from './failing-device.js';
import type { FailingAt } from './failing-device.js';
import { jobsOfEveryKernel } from './lasting-jobs.js';

const jobs = jobsOfEveryKernel();
const calls = await callsOf(jobs);

let cpu: Backend;
let expected: (string | undefined)[];
beforeAll(async () => {
  cpu = createCpuBackend(host, 1);
  expected = await hashesOf(cpu, jobs);
});
afterAll(() => cpu.release());

const met: number[] = [];
afterAll(() => {
  const all = met.reduce((sum, n) => sum + n, 0);
  console.log(`${CASES.length} kinds of failing devices: ${all} failures, 0 numbers differ`);
});

/** At the first call, amid the device's opening, amid the run and near its end. */
const SHARES = [0, 0.05, 0.4, 0.9];
const CASES = CALLS.flatMap((call) =>
  (['lost', 'hangs'] as const).flatMap((how) => {
    const places = new Set(SHARES.map((share) => Math.floor(share * (calls.get(call) ?? 0))));
    return [...places].map((nth): FailingAt => ({ call, nth, how }));
  }),
);

// At once, as many as vitest lets: a case that waits leaves the processor to others.
test.concurrent.each(CASES)('$call, the one after $nth others: $how', async (failing) => {
  const way = failingWay(failing);
  const backend = await openFailing([way, processorWay]);
  try {
    expect(await hashesOf(backend, jobs)).toEqual(expected);
    met.push(way.met());
    expect(way.met()).toBeGreaterThan(0);
  } finally {
    await backend.release();
  }
});

/** And told once, whatever it was. */
test.concurrent.each<FailingAt>([
  { call: 'requestDevice', nth: 0, how: 'lost' },
  { call: 'createShaderModule', nth: 3, how: 'lost' },
  { call: 'createBuffer', nth: 60, how: 'lost' },
  { call: 'mapAsync', nth: 9, how: 'lost' },
  { call: 'mapAsync', nth: 9, how: 'refuses' },
])('a device that fails, %j: the same integers, each job once', async (failing) => {
  const way = failingWay(failing);
  const remarks: string[] = [];
  const backend = await openFailing([way, processorWay], remarks);
  try {
    expect(await hashesOf(backend, jobs)).toEqual(expected);
    expect(way.met()).toBeGreaterThan(0);
    expect(remarks).toHaveLength(1);
    expect(await backend.remarks?.()).toEqual(remarks);
  } finally {
    await backend.release();
  }
});

/** Odd sites: right runs pass, and agree with a walk in doubles. Two hundred: odd-sites.long.test.ts. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { host } from '#host';
import type { Backend } from '../../src/engine/backend.js';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { failures, holdAgainstDoubles, judgeOdd, oddRun } from './odd-runs.js';
import { oddSite, walkInDoubles } from './odd-sites.js';

let cpu: Backend;
beforeAll(() => {
  cpu = createCpuBackend(host, 2);
});
afterAll(() => cpu.release());

const PATHS = 20_000;
/** Standard errors: among 26 runs of 21 numbers one in 270 sets of seeds has more. */
const MOST = 4.5;
const SITES = [3, 4, 7, 9, 12, 13, 14, 15, 22, 100, 115, 129, 171];

test.each(SITES)('odd site %d', async (index) => {
  const run = oddRun(index);
  for (const form of ['fastest', 'tasks'] as const) {
    const { partials, judgement } = await judgeOdd(run, cpu, PATHS, 'odd', form);
    expect(failures(index, `odd ${form}`, judgement)).toEqual([]);
    const wrong = holdAgainstDoubles(run, partials, index, form).filter(({ z }) => Math.abs(z) > MOST);
    expect(wrong).toEqual([]);
  }
});

describe('the walk in doubles', () => {
  const nights = { ratePerSlot: 2, energies: [9], weights: [1], factors: [0, 2] };
  const battery = { initial: 30, capacity: 60, charge: 1, discharge: 0.9, leak: 0 };
  const open = { chargeLimit: Infinity, dischargeLimit: Infinity };
  const site = { name: 'known', ...nights, harvest: { shape: 4, scale: 5 }, battery: { ...battery, ...open } };

  test('empties exactly: P(N ≥ 3)', () => {
    const { sums } = walkInDoubles(site, [1], 100_000, 5);
    const empty = 1 - 5 * Math.exp(-2);
    expect(Math.abs(sums[0][5] / 100_000 - empty)).toBeLessThan(4.5 * Math.sqrt((empty * (1 - empty)) / 100_000));
  });

  test('another site is found', async () => {
    const run = oddRun(9);
    const { partials } = await judgeOdd(run, cpu, PATHS, 'odd', 'tasks');
    const other = holdAgainstDoubles({ ...run, index: 12 }, partials, 1, 'tasks');
    expect(other.some(({ z }) => Math.abs(z) > MOST)).toBe(true);
    expect(oddSite(9)).not.toEqual(oddSite(12));
  });
});

/**
 * Steady comparisons of routers that postpone work: where they begin, and what is said where nothing is ever forgotten.
 * Measured savings: postponed.long.test.ts.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { comparisonDocument } from '../../src/report/comparison-report.js';
import { runOn, unfolded } from './sink.js';

const folder = mkdtempSync(join(tmpdir(), 'batterywalk-steady-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function site(name: string, battery: object, energies: readonly [number, number] = [1000, 3000]): string {
  const path = join(folder, `${name}.json`);
  const profile = { values: [0, 1, 2, 1], slotsPerValue: 3 };
  writeFileSync(
    path,
    JSON.stringify({
      ...{ schemaVersion: 1, name, slotSeconds: 10, arrivals: { ratePerSlot: 2 } },
      tasks: [{ energyJoules: energies[0], patienceSlots: 8 }, { energyJoules: energies[1] }],
      harvest: { mean: { timesDemand: 1.3 }, variance: 'matched', profile },
      battery,
    }),
  );
  return path;
}
const small = site('small', { capacityJoules: 20_000, initialJoules: 20_000 });
const endless = site('endless', { initialJoules: 20_000 });
/** Its quanta grow with the slots that are planned for. */
const uneven = site('uneven', { capacityJoules: 20_000, initialJoules: 20_000 }, [1000.123, 3000.071]);

async function compared(path: string, ...more: string[]): Promise<ReturnType<typeof comparisonDocument>> {
  const argv = [
    'compare',
    path,
    '--policy',
    'myopic,latest',
    '--trials',
    '400',
    '--backend',
    'cpu',
    '--quiet',
    '--json',
  ];
  const { status, stdout } = await runOn([...argv, ...more]);
  expect(status).toBe(0);
  return JSON.parse(stdout) as ReturnType<typeof comparisonDocument>;
}

describe('a steady comparison', () => {
  test('counts joules of its own longer run: as many are consumed a slot as tasks ask for', async () => {
    for (const path of [small, uneven]) {
      const [{ steady = [], horizons }] = (await compared(path, '--horizons', '60')).comparisons;
      for (const { quantities } of [steady[0], horizons[0]]) {
        const consumption = quantities.find(({ quantity }) => quantity === 'consumption');
        // 2 tasks of 2 kJ in each of 60 slots; 400 paths know it to 0.5 %.
        expect(Math.abs((consumption?.meanFirst ?? 0) / 240_000 - 1)).toBeLessThan(0.025);
      }
    }
  });

  test('has as many slots as were asked for, after whole days in which the start is forgotten', async () => {
    const [{ steady = [], horizons }] = (await compared(small, '--horizons', '24,60')).comparisons;
    expect(steady.map(({ fromSlots, slots }) => slots - fromSlots)).toEqual([24, 60]);
    for (const { fromSlots, remembered, quantities } of steady) {
      expect(fromSlots).toBeGreaterThanOrEqual(36);
      expect(fromSlots % 12).toBe(0);
      expect(remembered).toBeLessThanOrEqual(0.02);
      // What the queue left over before is done as well: as many tasks are dispatched as by the router that never
      // waits.
      const dispatched = quantities.find(({ quantity }) => quantity === 'dispatched');
      expect(dispatched?.excludesZero).toBe(false);
      expect(quantities.map(({ quantity }) => quantity)).not.toContain('undone');
    }
    for (const { quantities } of horizons) {
      const of = (name: string) => quantities.find(({ quantity }) => quantity === name);
      expect(of('undone')?.mean).toBeGreaterThan(1);
      expect(of('undone')?.meanFirst).toBe(0);
      expect(of('undoneEnergy')?.mean).toBeCloseTo(1000 * (of('undone')?.mean ?? NaN), 0);
    }
  });

  test('begins where --from says, also at once', async () => {
    for (const from of [0, 12]) {
      const [{ steady = [], horizons }] = (await compared(small, '--slots', '48', '--from', String(from))).comparisons;
      expect(steady).toMatchObject([{ fromSlots: from, slots: 48, remembered: null }]);
      if (from > 0) continue;
      const total = horizons[0].quantities.find(({ quantity }) => quantity === 'auxiliary');
      expect(steady[0].quantities.find(({ quantity }) => quantity === 'auxiliary')?.difference).toBe(total?.difference);
    }
  });

  test('lies within the slots where the battery has no limit, and says that the start was not looked at', async () => {
    const [{ steady = [] }] = (await compared(endless, '--slots', '96')).comparisons;
    expect(steady).toMatchObject([{ fromSlots: 60, slots: 96, remembered: null }]);
    const argv = [
      'compare',
      endless,
      '--policy',
      'myopic,latest',
      '--trials',
      '50',
      '--slots',
      '96',
      '--backend',
      'cpu',
    ];
    const { stdout } = await runOn([...argv, '--quiet']);
    const said = unfolded(stdout);
    expect(said).toContain('Steady, over slots 61 to 96 (how much of the start is still felt was not measured):');
    expect(said).toMatch(/At T = 96 latest leaves [\d.]+ tasks undone, myopic 0; at least [\d.]+ kJ and 0 J are owed/);
  });

  test('is not made where nobody can leave work undone', async () => {
    const argv = ['compare', small, small, '--trials', '50', '--slots', '24', '--backend', 'cpu', '--quiet', '--json'];
    const { stdout } = await runOn(argv);
    const { comparisons } = JSON.parse(stdout) as ReturnType<typeof comparisonDocument>;
    expect(comparisons[0]).not.toHaveProperty('steady');
  });

  test.each(['48', '-1', '1.5', 'x'])('--from %s is refused', async (from) => {
    const { status, stderr } = await runOn(['compare', small, '--slots', '48', '--from', from, '--quiet']);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^batterywalk: --from: got "[^"]+", expected a whole number of slots below 48/);
  });
});

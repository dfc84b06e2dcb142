/**
 * `batterywalk tail`: text, JSON, defaults, an initial charge, refusals. What the numbers mean is tested in
 * test/stats/rare.test.ts.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import gammainc from '@stdlib/math-base-special-gammainc';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runOn, unfolded } from './sink.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'batterywalk-tail-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const HEAVY = {
  schemaVersion: 1,
  name: 'heavy',
  slotSeconds: 10,
  arrivals: { ratePerSlot: 2 },
  tasks: [
    { name: 'light', weight: 995, energyJoules: 1000 },
    { name: 'heavy', weight: 5, energyJoules: 100000 },
  ],
  harvest: { shape: 20, scaleJoules: 164.45 },
};

/** As HEAVY where numbers do not matter: its exact law takes a fraction of the time. */
const LIGHT = {
  arrivals: { ratePerSlot: 4 },
  tasks: [{ name: 'task', weight: 1, energyJoules: 1000 }],
  harvest: { shape: 4, scaleJoules: 1100 },
};

function file(name: string, change: object = {}): string {
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify({ ...HEAVY, name, ...change }));
  return path;
}

interface TailJson {
  engine: { backend: string };
  law: { driftJoulesPerSlot: number };
  slots: number;
  adjustmentCoefficient: number;
  tails: {
    deficitJoules: number;
    trials: number;
    probability: number;
    relativeStandardError: number;
    interval: { lower: number; upper: number };
    exact: number | null;
    corrected: number;
    brownian: number;
    lundbergBound: number;
    trusted: boolean;
    passagesSha256: string;
  }[];
}

const COMMON = ['--backend', 'cpu', '--quiet', '--slots', '64'];
const json = async (...argv: string[]): Promise<TailJson> => {
  const { status, stdout, stderr } = await runOn(['tail', ...argv, ...COMMON, '--json']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as TailJson;
};

describe('the document', () => {
  it('has every deficit with its error, its bounds and the three rungs', async () => {
    const document = await json(file('heavy'), '--at', '4e5,8e5');
    expect(Object.keys(document)).toEqual([
      ...['schemaVersion', 'scenario', 'seed', 'engine', 'law', 'slots', 'adjustmentCoefficient', 'tails'],
    ]);
    expect(document).toMatchObject({ slots: 64, engine: { backend: 'cpu' } });
    expect(document.law.driftJoulesPerSlot).toBeCloseTo(299, 9);
    // r of λE[e^(re) − 1] = shape · log(1 + scale r), by Brent's method in scipy.
    expect(document.adjustmentCoefficient / 4.9330549334283e-6).toBeCloseTo(1, 9);
    expect(document.tails.map((tail) => [tail.deficitJoules, tail.trials])).toEqual([
      [4e5, 1e5],
      [8e5, 1e5],
    ]);
    // Independent values: test/stats/rare.test.ts.
    [5.15785289e-4, 2.69859417e-8].forEach((truth, i) => {
      const tail = document.tails[i];
      expect(Math.abs(tail.probability / truth - 1) / tail.relativeStandardError).toBeLessThan(3.5);
      expect((tail.exact ?? NaN) / truth).toBeCloseTo(1, 4);
      expect(tail.interval.lower).toBeLessThan(tail.probability);
      expect(tail.interval.upper).toBeGreaterThan(tail.probability);
      expect(tail.lundbergBound).toBeGreaterThan(tail.probability);
      expect(tail.lundbergBound).toBeCloseTo(Math.exp(-document.adjustmentCoefficient * tail.deficitJoules), 12);
      expect(tail.trusted).toBe(true);
    });
    // Brownian tail at 4e5, by erfcx in scipy.
    expect(document.tails[0].brownian / 2.39643982e-7).toBeCloseTo(1, 6);
  });

  it('is written into --out, and its bits do not depend on the backend', async () => {
    const out = join(folder, 'out');
    const argv = [file('light', LIGHT), '--at', '5e4', '--trials', '3000', '--seed', 'x', '--out', out];
    const here = await json(...argv);
    expect(JSON.parse(readFileSync(join(out, 'tail.json'), 'utf8'))).toEqual(here);
    const { stdout } = await runOn(['tail', ...argv, '--json', '--quiet', '--slots', '64', '--adapter', 'software']);
    const there = JSON.parse(stdout) as TailJson;
    expect(there.engine.backend).toBe('webgpu');
    expect(there.tails[0].passagesSha256).toBe(here.tails[0].passagesSha256);
    expect(there.tails[0].probability).toBe(here.tails[0].probability);
    const other = await json(file('light', LIGHT), '--at', '5e4', '--trials', '3000', '--seed', 'y');
    expect(other.tails[0].passagesSha256).not.toBe(here.tails[0].passagesSha256);
  });

  it('counts deficits from the initial charge on', async () => {
    const empty = await json(file('light', LIGHT), '--at', '6e4', '--trials', '3000');
    const charged = await json(
      file('charged', { ...LIGHT, battery: { initialJoules: 2e4 } }),
      '--at',
      '4e4',
      '--trials',
      '3000',
    );
    expect(charged.tails[0]).toMatchObject({
      deficitJoules: 4e4,
      probability: empty.tails[0].probability,
      exact: empty.tails[0].exact,
      brownian: empty.tails[0].brownian,
    });
  });

  it('takes deficits at round bounds where none are named', async () => {
    const { tails } = await json(file('light', LIGHT), '--trials', '1000');
    const bounds = tails.map((tail) => Math.log10(tail.lundbergBound));
    bounds.forEach((bound, i) => {
      expect(bound).toBeCloseTo(-3 * (i + 1), 1);
    });
  });
});

it('prints a table, and says where an estimate is not to be trusted', async () => {
  const { status, stdout } = await runOn(['tail', file('light', LIGHT), '--at', '4e4', '--trials', '60', ...COMMON]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^light: deficits within 64 slots, 60 paths each, seed "1"\n/);
  expect(stdout).toContain('drift 400.0 J a slot');
  expect(stdout).toMatch(/40\.00 kJ +0\.0\d{3} +0\.0\d{3} … 0\.0\d{3} +0\.0\d{3} +0\.0\d{3} +0\.0\d{3} +\d\.\d %/);
  expect(unfolded(stdout)).toMatch(/not to be trusted: d = 40\.00 kJ: the weights are worth \d+(\.\d+)? paths/);
});

describe('short walks and no arguments', () => {
  it('answers for one slot, whose step is as long as its lattice (P = 0.0066 in closed form below)', async () => {
    const path = fileURLToPath(new URL('../trials/tail-one-slot.json', import.meta.url));
    const argv = ['tail', path, '--slots', '1', '--at', '20.5', '--backend', 'cpu', '--quiet', '--json'];
    const { status, stdout, stderr } = await runOn(argv);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const [{ probability, interval, relativeStandardError }] = (JSON.parse(stdout) as TailJson).tails;
    const right = oneSlotSurvival(path, 20.5);
    expect(relativeStandardError).toBeLessThan(0.01);
    expect(Math.abs(probability / right - 1), `${probability}, ${right}`).toBeLessThan(4 * relativeStandardError);
    expect(interval.lower).toBeLessThan(probability);
  });

  it('names a deficit beyond its lattice in joules', async () => {
    const argv = ['tail', file('light', LIGHT), '--at', '1e30', ...COMMON];
    const { status, stderr } = await runOn(argv);
    expect(status).toBe(2);
    expect(stderr).not.toMatch(/quanta|stopJoules/);
  });

  it('takes a preset with a surplus where no scenario is named', async () => {
    const document = await json('--trials', '500');
    expect(document.law.driftJoulesPerSlot).toBeGreaterThan(0);
  });
});

/**
 * P(C − H > d) of one slot: C compound Poisson by its multisets of up to 12 tasks, H Gamma by its distribution
 * function.
 */
function oneSlotSurvival(path: string, d: number): number {
  const { arrivals, tasks, harvest } = JSON.parse(readFileSync(path, 'utf8')) as {
    arrivals: { ratePerSlot: number };
    tasks: { energyJoules: number }[];
    harvest: { shape: number; scaleJoules: number };
  };
  const rate = arrivals.ratePerSlot;
  let sums = new Map<number, number>([[0, 1]]);
  let weight = Math.exp(-rate);
  let survival = 0;
  for (let n = 0; n <= 12; n++) {
    for (const [energy, p] of sums) {
      if (energy > d) survival += weight * p * gammainc((energy - d) / harvest.scaleJoules, harvest.shape);
    }
    const next = new Map<number, number>();
    for (const [energy, p] of sums) {
      for (const { energyJoules } of tasks) {
        next.set(energy + energyJoules, (next.get(energy + energyJoules) ?? 0) + p / tasks.length);
      }
    }
    sums = next;
    weight *= rate / (n + 1);
  }
  return survival;
}

describe('refuses', () => {
  it.each<[string, () => string[], string]>([
    ['a critical walk', () => ['reference'], 'harvest: got a drift of'],
    ['a shortfall', () => ['shortfall'], 'expected a positive one'],
    ['a deficit of 0', () => [file('heavy'), '--at', '0'], '--at: got "0", expected a deficit in joules above 0'],
    ['a deficit that is no number', () => [file('heavy'), '--at', '1e5,much'], '--at: got "much"'],
    ['several horizons', () => [file('heavy'), '--horizons', '16,64'], '--horizons: got 2 of them, expected one'],
    [
      'distributed accounting',
      () => [file('distributed', { accounting: 'distributed' })],
      'accounting: got "distributed", expected "lumped"',
    ],
  ])('%s', async (_, argv, message) => {
    const { status, stdout, stderr } = await runOn(['tail', ...argv(), '--backend', 'cpu', '--quiet']);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^batterywalk: [^\n]+\n$/);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });
});

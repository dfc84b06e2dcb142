/**
 * Small sites on which a right run failed once, or nothing came: atoms that sampling lost, a law at rest that took the
 * horizons with it, a limit that never binds.
 */
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { runOn, unfolded } from './sink.js';

interface Horizon {
  readonly slots: number;
  readonly trials: number;
  readonly probabilityZero: number;
  readonly site: { readonly level: { readonly probabilityEmpty: number; readonly quantiles: Record<string, number> } };
  readonly exact?: {
    readonly probabilityZero: number;
    readonly level: {
      readonly probabilityEmpty: { readonly value: number };
      readonly quantiles: Record<string, number>;
    };
    readonly quantiles: Record<string, number> | null;
  };
}
interface Document {
  readonly pass: boolean;
  readonly horizons: readonly Horizon[];
  readonly atRest?: { readonly level: { readonly mean: { readonly value: number } }; readonly missing?: object };
}

/** Runs a command on a file of test/trials. */
async function resultOf(command: string, name: string, ...options: string[]): Promise<Document> {
  const path = fileURLToPath(new URL(`../trials/${name}.json`, import.meta.url));
  const { status, stdout } = await runOn([command, path, ...options, '--json', '--quiet']);
  expect(status, stdout).toBe(0);
  return JSON.parse(stdout) as Document;
}

/** Standard errors between a share of so many trials and a probability known to `error`. */
function offBy(share: number, probability: number, trials: number, error = 0): number {
  return Math.abs(share - probability) / Math.hypot(Math.sqrt((probability * (1 - probability)) / trials), error);
}

const CPU = ['--backend', 'cpu'];

describe('atoms', () => {
  test('harvests below a quantum keep a battery from being empty', async () => {
    const { pass, horizons } = await resultOf(
      ...(['validate', 'site-harvest-below-quantum', '--horizons', '16,64', '--trials', '4e5', ...CPU] as const),
    );
    expect(pass).toBe(true);
    // A simulation in doubles, and its standard error.
    const { trials, site, exact } = horizons[0];
    expect(offBy(site.level.probabilityEmpty, 0.0849, trials, 1e-4)).toBeLessThan(4);
    expect(Math.abs((exact?.level.probabilityEmpty.value ?? NaN) - 0.08476)).toBeLessThan(5e-5);
    // What it was while harvests below a quantum were nothing: the test can tell.
    expect(offBy(0.0883, 0.08476, trials)).toBeGreaterThan(7);
  });

  test('a charge of just a task’s energy: P(A = 0) in closed form', async () => {
    const { horizons } = await resultOf('run', 'site-atom', '--horizons', '1', '--trials', '1e6', ...CPU);
    const { trials, probabilityZero } = horizons[0];
    expect(offBy(probabilityZero, 0.9833489943932715, trials)).toBeLessThan(4);
    expect(offBy(0.98106, 0.9833489943932715, trials)).toBeGreaterThan(15);
  });

  test('three tasks of 9 J at 90 % empty 30 J: P(empty) = P(N ≥ 3)', async () => {
    const { pass, horizons } = await resultOf(
      ...(['validate', 'site-loss-atom', '--horizons', '1,7', '--trials', '1e5', ...CPU] as const),
    );
    expect(pass).toBe(true);
    const { trials, site, exact } = horizons[0];
    const atLeastThree = 1 - 5 * Math.exp(-2);
    expect(exact?.level.probabilityEmpty.value).toBeCloseTo(atLeastThree, 10);
    expect(offBy(site.level.probabilityEmpty, atLeastThree, trials)).toBeLessThan(4);
  });

  test('the same through the charge of a walk', async () => {
    const { pass, horizons } = await resultOf(
      'validate',
      'charged-atom',
      '--trials',
      '1e5',
      '--horizons',
      '1,4,16',
      ...CPU,
    );
    expect(pass).toBe(true);
    expect(horizons[0].exact?.probabilityZero).toBeCloseTo(0.9833489943932715, 11);
  });
});

describe('what is missing takes nothing with it', () => {
  test('rare tasks: the horizons, and the law at rest', async () => {
    const { horizons, atRest } = await resultOf('exact', 'rare-tasks-site', '--horizons', '64,256');
    expect(horizons.map(({ slots }) => slots)).toEqual([64, 256]);
    // E[charge at rest] of the chain followed for 16,000 slots on three lattices, Richardson.
    expect(atRest?.missing).toBeUndefined();
    expect(atRest?.level.mean.value).toBeCloseTo(514.035, 2);
  });
});

test('a limit that never binds: the walk’s law and quantiles', async () => {
  const run = await resultOf('run', 'never-binds', '--slots', '4', '--trials', '1e5', ...CPU);
  // By a simulation in doubles.
  expect(run.horizons[0].site.level.quantiles['0.5']).toBeCloseTo(40.3, 0);
  expect(Math.abs(run.horizons[0].site.level.quantiles['0.9'] - 71)).toBeLessThan(0.5);
  const { horizons } = await resultOf('exact', 'never-binds', '--slots', '4');
  expect(Math.abs((horizons[0].exact?.level.quantiles['0.5'] ?? NaN) - 40.3)).toBeLessThan(0.2);
  expect(Math.abs((horizons[0].exact?.level.quantiles['0.9'] ?? NaN) - 71)).toBeLessThan(0.2);
  expect(horizons[0].exact?.quantiles).not.toBeNull();
});

describe('a site of constants', () => {
  /** P(C ≤ c) of one slot's consumption: Panjer's recursion in half joules. */
  function consumedAtMost(c: number): number {
    const kinds = [
      [6, 0.5],
      [10, 0.25],
      [15, 0.25],
    ];
    const p = [Math.exp(-1.7)];
    for (let n = 1; n <= 2 * c; n++) {
      p[n] = kinds.reduce((sum, [size, share]) => sum + (size > n ? 0 : ((1.7 * share * size) / n) * p[n - size]), 0);
    }
    return p.reduce((a, b) => a + b, 0);
  }

  interface Known {
    readonly quantiles: Record<string, number> | null;
    readonly cdf?: Record<string, number>;
    readonly cdfError?: Record<string, number>;
    readonly missing?: { readonly what: string; readonly reason: string };
  }
  const exactOf = async (
    ...options: string[]
  ): Promise<{ status: number; horizons: { slots: number; exact: Known }[] }> => {
    const path = fileURLToPath(new URL('../trials/site-constants.json', import.meta.url));
    const { status, stdout } = await runOn(['exact', path, ...options, '--json', '--quiet']);
    return { status, ...(JSON.parse(stdout) as { horizons: { slots: number; exact: Known }[] }) };
  };

  test('exact: the law of A at every horizon, right at its atoms, with its error', async () => {
    const { status, horizons } = await exactOf('--horizons', '1,3,9', '--at', '0,2,2.5,8,8.5,9');
    expect(status).toBe(0);
    expect(horizons.map(({ exact }) => exact.missing)).toEqual([undefined, undefined, undefined]);
    const [{ exact: first }, ...later] = horizons;
    // The battery gives 8 J of its 10, below its limit: A = (C − 8)⁺.
    for (const [a, value] of Object.entries(first.cdf ?? {})) {
      expect(Math.abs(value - consumedAtMost(8 + Number(a))), `A ≤ ${a}`).toBeLessThan(1e-11);
      expect(first.cdfError?.[a]).toBeLessThan(1e-11);
    }
    expect(first.quantiles?.['0.9']).toBeCloseTo(8.5, 12);
    for (const { exact } of later) {
      expect(Object.keys(exact.cdf ?? {})).toHaveLength(6);
      expect(exact.quantiles?.['0.99']).toBeGreaterThan(20);
    }
  });

  test('a horizon without the law says why; asked for with --at, status 3', async () => {
    const { status, horizons } = await exactOf('--horizons', '2,100');
    expect(status).toBe(0);
    expect(horizons[0].exact.quantiles?.['0.9']).toBeCloseTo(10.5, 10);
    expect(horizons[1].exact.quantiles).toBeNull();
    expect(horizons[1].exact.missing).toMatchObject({
      what: 'distribution',
      reason: expect.stringMatching(/100 slots, expected at most 64/) as string,
    });
    expect((await exactOf('--horizons', '2,100', '--at', '1')).status).toBe(3);
  });

  test('validate says where its own laws are too coarse for the trials', async () => {
    const path = fileURLToPath(new URL('../trials/site-constants.json', import.meta.url));
    const options = [path, '--horizons', '2,16', '--trials', '1e5', ...CPU, '--quiet'];
    const { stdout } = await runOn(['validate', ...options, '--json']);
    interface Judged {
      readonly verdicts: { quantity: string; name: string; coarse?: { error: number; samplingError: number } }[];
    }
    const { pass, horizons } = JSON.parse(stdout) as { pass: boolean; horizons: Judged[] };
    expect(pass, stdout).toBe(true);
    const coarse = (h: number): string[] =>
      horizons[h].verdicts.filter((v) => v.coarse !== undefined && v.quantity === 'auxiliary').map(({ name }) => name);
    expect(coarse(0)).not.toContain('kolmogorov');
    expect(coarse(1)).toContain('kolmogorov');
    const { stdout: words } = await runOn(['validate', ...options]);
    expect(unfolded(words)).toMatch(/At 16 slots there are too many trials for this law: .*A KS/);
  });
});

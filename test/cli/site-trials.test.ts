/**
 * Small sites on which a right run failed once, or nothing came: atoms that sampling lost, a law at rest that took the
 * horizons with it, a limit that never binds.
 */
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { runOn } from './sink.js';

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

/**
 * A law that is not good enough takes nothing else with it: what is missing is named with its reason, the rest is
 * given, and status 1 is a failed verdict and nothing else. An almost constant harvest remembers its lattice: from two
 * slots on its distribution would cost too much, its moments do not. Of `no-law` not even the moments can be had.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reserveFromLaw } from '../../src/stats/reserve-law.js';
import { exactLaw } from '../../src/theory/exact/law.js';
import { runOn } from '../cli/sink.js';
import { law } from './laws.js';

const path = (name: string): string => fileURLToPath(new URL(`trials/${name}.json`, import.meta.url));
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'batterywalk-missing-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Rung {
  readonly meanDeficit: number | null;
  readonly probabilityZero: number | null;
  readonly quantiles: Readonly<Record<string, number | null>>;
  readonly missing?: { readonly what: string; readonly reason: string };
  readonly cdf?: Readonly<Record<string, number | null>>;
}
interface Document {
  readonly pass?: boolean;
  readonly horizons: readonly {
    readonly exact: Rung;
    readonly brownian: Rung;
    readonly verdicts?: readonly { readonly name: string }[];
  }[];
}
const json = async (...argv: string[]): Promise<{ status: number; document: Document; stderr: string }> => {
  const { status, stdout, stderr } = await runOn([...argv, '--json', '--quiet']);
  return { status, stderr, document: JSON.parse(stdout) as Document };
};

describe('exact', () => {
  test('a missing distribution leaves moments and the other horizon: status 0', async () => {
    const { status, document } = await json('exact', path('constant-harvest'), '--horizons', '1,16');
    expect(status).toBe(0);
    const [one, more] = document.horizons;
    expect(one.exact.missing).toBeUndefined();
    expect(one.exact.quantiles['0.9']).toBeGreaterThan(0);
    expect(more.exact.missing?.what).toBe('distribution');
    expect(more.exact.missing?.reason).toContain('nodes');
    expect(more.exact.meanDeficit).toBeGreaterThan(0);
    expect(Object.values(more.exact.quantiles).every((q) => q === null)).toBe(true);
  });

  test('values of a CDF that is missing, asked for, are none: status 3', async () => {
    const { status, document } = await json('exact', path('constant-harvest'), '--slots', '16', '--at', '500');
    expect(status).toBe(3);
    expect(document.horizons.at(-1)?.exact.cdf).toEqual({ '500': null });
  });

  test('the text names what is missing', async () => {
    const { stdout } = await runOn(['exact', path('constant-harvest'), '--horizons', '1,16', '--quiet']);
    expect(stdout).toContain('At 16 slots the distribution of the exact law is missing');
    expect(stdout).not.toContain('NaN');
  });

  test('without any exact law the other rungs are given: status 3', async () => {
    const { status, document } = await json('exact', path('no-law'), '--slots', '15');
    expect(status).toBe(3);
    const rungs = document.horizons.at(-1);
    expect(rungs?.exact.missing?.what).toBe('law');
    expect(rungs?.exact.meanDeficit).toBeNull();
    expect(rungs?.brownian.meanDeficit).toBeGreaterThan(0);
  });
});

describe('validate, run, reserve', () => {
  const few = ['--trials', '20000', '--horizons', '1,16', '--backend', 'cpu'];

  test('validate judges what there is', async () => {
    const { status, document } = await json('validate', path('constant-harvest'), ...few);
    const [one, more] = document.horizons.map((h) => h.verdicts?.map((v) => v.name));
    expect(one).toContain('chiSquare');
    expect(more).toEqual(['mean', 'standardDeviation', 'probabilityZero']);
    expect(document.pass).toBe(true);
    expect(status).toBe(0);
  });

  test('run needs no exact law', async () => {
    expect((await json('run', path('constant-harvest'), ...few)).status).toBe(0);
  });

  test('reserves of a law without distribution are none', () => {
    const missing = exactLaw(law(0.2, [1000], [1], 1e6, 2e-4), 16);
    expect(missing.missing?.what).toBe('distribution');
    const [reserve] = reserveFromLaw(missing, [0.01]);
    expect([reserve.charge, reserve.meanExcess, reserve.conditionalValueAtRisk]).toEqual([NaN, NaN, NaN]);
  });
});

describe('sweep', () => {
  test('rows have null where the exact value is missing, and the moments', async () => {
    const file = join(folder, 'sweep.json');
    const scenario = {
      ...{ schemaVersion: 1, name: 'almost-constant', arrivals: { ratePerSlot: 0.2 }, tasks: [{ energyJoules: 1000 }] },
      harvest: { shape: 1e6, scaleJoules: 2e-4 },
    };
    const document = {
      ...{ schemaVersion: 1, base: scenario, trials: 2000, horizons: [16], seed: 's', exact: 'law' },
      axes: { 'arrivals.ratePerSlot': [0.2] },
    };
    writeFileSync(file, JSON.stringify(document));
    const out = join(folder, 'out');
    const { status, stderr } = await runOn(['sweep', file, '--out', out, '--backend', 'cpu', '--quiet']);
    expect(status, stderr).toBe(0);
    const { parquetReadObjects } = await import('hyparquet');
    const { readFileSync } = await import('node:fs');
    const bytes = readFileSync(join(out, 'results.parquet'));
    const rows = await parquetReadObjects({ file: new Uint8Array(bytes).buffer });
    const of = (metric: string): unknown[] =>
      rows.filter((row) => row.metric === metric).map((row): unknown => row.exact);
    expect(of('meanDeficit').every((value) => typeof value === 'number' && value > 0)).toBe(true);
    expect(of('quantile').every((value) => value === null)).toBe(true);
    expect(of('reserve').every((value) => value === null)).toBe(true);
  });
});

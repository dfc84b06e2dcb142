/**
 * A site of which a part of the exact law cannot be had: the part is named with its reason, everything else is given
 * and judged. Without a limit and with losses, a lattice for 10⁹ slots would be too large; a capacity that no path
 * meets in a few slots is too large for a lattice of the law at rest.
 */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AccuracyError } from '../../src/errors.js';
import { prepareSite } from '../../src/study/plan.js';
import { siteReference } from '../../src/theory/site-reference.js';
import { fixedPoint } from '../../src/theory/chain/fixed-point.js';
import { siteWith } from '../engine/site-settings.js';
import { runOn, unfolded } from './sink.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'batterywalk-site-missing-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const LONG = 40_000;
const UNLIMITED = { initialJoules: 8000, chargeEfficiency: 0.9 };
const SITE = {
  ...{ schemaVersion: 1, name: 'hut', slotSeconds: 10, arrivals: { ratePerSlot: 2 } },
  tasks: [{ energyJoules: 1000, weight: 3 }, { energyJoules: 5000 }],
  harvest: { mean: 'critical', variance: 'matched' },
};

function file(name: string, battery: object): string {
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify({ ...SITE, name, battery }));
  return path;
}

interface Missing {
  readonly what: string;
  readonly reason: string;
}
interface Document {
  readonly pass?: boolean;
  readonly noExactLaw?: string;
  readonly atRest?: { readonly missing?: Missing };
  readonly horizons: readonly {
    readonly slots: number;
    readonly exact?: { readonly meanDeficit?: number; readonly missing?: Missing };
    readonly verdicts?: readonly { readonly name: string }[];
  }[];
}
const json = async (...argv: string[]): Promise<{ status: number; document: Document }> => {
  const { status, stdout } = await runOn([...argv, '--json', '--quiet']);
  return { status, document: JSON.parse(stdout) as Document };
};

describe('a horizon too long for the chain', () => {
  const horizons = ['--horizons', `4,8,${LONG}`];

  test('exact gives the others as if they were alone, and names it', async () => {
    const path = file('long', UNLIMITED);
    const { status, document } = await json('exact', path, ...horizons);
    const { document: alone } = await json('exact', path, '--horizons', '4,8');
    expect(status).toBe(0);
    expect(document.horizons.map((h) => h.slots)).toEqual([4, 8, LONG]);
    expect(document.horizons.slice(0, 2)).toEqual(alone.horizons);
    const { exact } = document.horizons[2];
    expect(exact?.meanDeficit).toBeUndefined();
    expect(exact?.missing?.what).toBe('law');
    expect(exact?.missing?.reason).toMatch(/lattice of \d+ levels would be needed/);
    const { stdout } = await runOn(['exact', path, ...horizons, '--quiet']);
    expect(unfolded(stdout)).toContain(`At ${LONG} slots the exact law is missing: battery.capacityJoules: a lattice`);
  });

  test('values asked for there are none: status 3', async () => {
    const { status } = await json('exact', file('asked', UNLIMITED), ...horizons, '--at', '1000');
    expect(status).toBe(3);
  });

  test('validate judges the others by their laws, and the paths by their rules', async () => {
    const path = file('judged', UNLIMITED);
    const few = ['--trials', '200', '--backend', 'cpu', ...horizons];
    const out = join(folder, 'out');
    const { status, document } = await json('validate', path, ...few, '--out', out);
    expect([status, document.pass, document.noExactLaw]).toEqual([0, true, undefined]);
    const [four, , long] = document.horizons.map(({ verdicts }) => verdicts?.length);
    expect(four).toBeGreaterThan(3);
    expect(long).toBe(0);
    expect(document.horizons[2].exact?.missing?.what).toBe('law');
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('the exact law is missing');
    const { stdout } = await runOn(['validate', path, ...few, '--quiet']);
    expect(unfolded(stdout)).toContain(`At ${LONG} slots the exact law is missing`);
    expect(stdout).not.toContain('NaN');
  });

  test('a site of which no horizon can be had has no law, and says why', () => {
    const { site } = prepareSite(resolveScenario(siteWith({ battery: UNLIMITED })), {
      trials: 1,
      horizons: [LONG],
      seed: 's',
    });
    expect(siteReference(site, [LONG, 2 * LONG])).toMatchObject({
      kind: 'none',
      reason: expect.stringMatching(/levels would be needed/) as string,
    });
  });

  test('a sweep has its exact values at the other horizons', async () => {
    const document = {
      ...{ schemaVersion: 1, trials: 200, horizons: [4, LONG], seed: 's', exact: 'law' },
      base: { ...SITE, battery: UNLIMITED },
      axes: { 'arrivals.ratePerSlot': [2] },
    };
    const path = join(folder, 'sweep.json');
    writeFileSync(path, JSON.stringify(document));
    const out = join(folder, 'sweep');
    const { status, stderr } = await runOn(['sweep', path, '--out', out, '--backend', 'cpu', '--quiet']);
    expect(status, stderr).toBe(0);
    const { parquetReadObjects } = await import('hyparquet');
    const bytes = readFileSync(join(out, 'results.parquet'));
    const rows = await parquetReadObjects({ file: new Uint8Array(bytes).buffer });
    const means = rows.filter((row) => row.metric === 'meanDeficit').map((row): unknown => row.exact);
    expect(means.filter((value) => value !== null)).toHaveLength(1);
    expect(means).toHaveLength(2);
  });
});

describe('the law at rest', () => {
  const large = { initialJoules: 8000, capacityJoules: 1e9, chargeEfficiency: 0.9 };

  test('one that cannot be had is named, and takes no horizon with it: status 0', async () => {
    const { status, document } = await json('exact', file('restless', large), '--horizons', '4');
    expect(status).toBe(0);
    expect(document.horizons[0].exact?.meanDeficit).toBeGreaterThan(0);
    expect(document.atRest?.missing?.what).toBe('law at rest');
    expect(document.atRest?.missing?.reason).toMatch(/levels would be needed/);
    const { stdout } = await runOn(['exact', file('restless', large), '--horizons', '4', '--quiet']);
    expect(unfolded(stdout)).toContain('The law at rest is missing: ');
  });

  test('periods that never come to rest: an error with what was reached', () => {
    // x → 4x(1 − x) is chaotic: no sum of iterates stands still.
    const map = (x: Float64Array): Float64Array => x.map((value) => 4 * value * (1 - value));
    expect(() => fixedPoint(map, Float64Array.of(0.1234), 0)).toThrow(AccuracyError);
  });
});

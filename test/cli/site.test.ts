/** Sites on the command line: run, validate and exact answer, the paper's other commands refuse. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadPreset } from '../../src/scenario/presets.js';
import { runOn, unfolded } from './sink.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'batterywalk-site-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const SITE = {
  schemaVersion: 1,
  name: 'hut',
  slotSeconds: 10,
  arrivals: { ratePerSlot: 2 },
  tasks: [{ energyJoules: 1000, weight: 3 }, { energyJoules: 5000 }],
  harvest: { mean: 'critical', variance: 'matched' },
  battery: { initialJoules: 8000, capacityJoules: 30_000, chargeEfficiency: 0.9 },
};

function file(name: string, change: object = {}): string {
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify({ ...SITE, name, ...change }));
  return path;
}

const SMALL = ['--trials', '5000', '--backend', 'cpu', '--quiet'];

interface SiteJson {
  pass: boolean;
  partialsSha256: string;
  noExactLaw?: string;
  asymptotic?: { horizons: { slots: number; meanDeficit: number }[] };
  horizons: {
    slots: number;
    trials: number;
    meanDeficit: number;
    site: { level: { probabilityFull: number }; peakWatts: { mean: number }; waitSlots: number };
    exact?: { meanDeficit: number; quantiles: Record<string, number> | null };
    verdicts?: { quantity: string; name: string; pass: boolean }[];
    violations: unknown[];
  }[];
}

it('run prints tables, and one document with --json', async () => {
  const path = file('hut');
  const text = await runOn(['run', path, '--horizons', '8,24', ...SMALL]);
  expect(text).toMatchObject({ status: 0, stderr: '' });
  expect(text.stdout).toContain('hut: 5,000 paths of 24 slots');
  expect(text.stdout).toContain('capacity 30.00 kJ');
  expect(text.stdout).toContain('half fail by');
  const json = await runOn(['run', path, '--horizons', '8,24', '--json', ...SMALL]);
  const document = JSON.parse(json.stdout) as SiteJson;
  expect(document.horizons.map((h) => [h.slots, h.trials])).toEqual([
    [8, 5000],
    [24, 5000],
  ]);
  expect(document.partialsSha256).toMatch(/^[0-9a-f]{64}$/);
  expect(document.horizons[1].site.peakWatts.mean).toBeGreaterThan(0);
  expect(document.horizons[1].violations).toEqual([]);
});

it('validate judges by the exact law, and --out keeps what came of it', async () => {
  const out = join(folder, 'out');
  const { status, stdout } = await runOn([
    'validate',
    file('judged'),
    '--horizons',
    '8',
    '--json',
    '--out',
    out,
    ...SMALL,
  ]);
  const document = JSON.parse(stdout) as SiteJson;
  expect([status, document.pass]).toEqual([0, true]);
  const [{ verdicts = [], exact, meanDeficit }] = document.horizons;
  expect(verdicts.map((v) => `${v.quantity} ${v.name}`)).toEqual([
    'auxiliary mean',
    'auxiliary standardDeviation',
    'auxiliary probabilityZero',
    'auxiliary chiSquare',
    'auxiliary kolmogorov',
    'waste mean',
    'deficitSlots mean',
    'level mean',
    'level probabilityZero',
    'level probabilityFull',
    'level chiSquare',
    'level kolmogorov',
  ]);
  expect(meanDeficit / (exact?.meanDeficit ?? 0)).toBeCloseTo(1, 1);
  const names = ['manifest.json', 'partials.json', 'report.html', 'run.json', 'summary.json'];
  expect(readdirSync(out).sort()).toEqual(names);
  const manifest = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as {
    hashed: { partialsSha256: string };
    files: object;
  };
  expect(manifest.hashed.partialsSha256).toBe(document.partialsSha256);
  expect(Object.keys(manifest.files)).toEqual(['summary.json', 'partials.json', 'report.html']);
});

it('validate says why there is no exact law, and calls the limit asymptotic', async () => {
  const path = file('correlated', {
    battery: {},
    harvest: { mean: 'critical', variance: 'matched', correlation: 0.5 },
  });
  const { status, stdout } = await runOn(['validate', path, '--horizons', '16', ...SMALL]);
  expect(status).toBe(0);
  expect(unfolded(stdout)).toContain(
    'No exact law of this site: the harvest of a slot depends on that of the slot before',
  );
  expect(stdout).toContain('Asymptotic, no verdict');
  expect(stdout).toContain('PASS: no path broke a rule; nothing else was judged');
});

it('a policy makes a site of the fleet', async () => {
  const reference = loadPreset('reference');
  const path = join(folder, 'latest.json');
  writeFileSync(path, JSON.stringify({ ...reference, routing: { errorRate: 0, policy: { kind: 'latest' } } }));
  const { status, stdout } = await runOn(['validate', path, '--horizons', '24', '--json', ...SMALL, '--trials', '500']);
  const document = JSON.parse(stdout) as SiteJson;
  expect([status, document.pass]).toEqual([0, true]);
  expect(document.noExactLaw).toMatch(/tasks wait/);
  expect(document.horizons[0].site.waitSlots).toBeGreaterThan(1);
});

it('exact prints the law of the chain', async () => {
  const { status, stdout } = await runOn(['exact', file('exact'), '--horizons', '4', '--at', '1000']);
  expect(status).toBe(0);
  expect(stdout).toContain('P(A ≤ 1.000 kJ)');
  expect(stdout).toContain('At rest, a slot:');
});

it.each([
  [['tail', '--at', '1e5'], /battery\.capacityJoules: got a site/],
  [['prove'], /battery\.capacityJoules: got a site/],
  [['run', '--backend', 'gpujs'], /--backend: got "gpujs" for a site, expected webgpu, cpu or auto/],
  [['run', '--until', 'wasted:1%'], /--until: got "wasted:1%", expected .*, or one of auxiliary, peak, waste, level, /],
])('%s is refused', async ([command, ...options], message) => {
  const { status, stderr, stdout } = await runOn([command, file('refused'), ...options]);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(message);
});

it('figure is refused', async () => {
  const { status, stderr } = await runOn(['figure', '3', file('figure'), '--out', join(folder, 'figures')]);
  expect(status).toBe(2);
  expect(stderr).toMatch(/battery\.capacityJoules: got a site/);
});

/**
 * `batterywalk inspect`, and the same lines beside results: in their text, their documents, the report and the
 * manifest, of runs, comparisons and sweeps.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runOn, unfolded } from './sink.js';

let folder = '';
const at = (...names: string[]): string => join(folder, ...names);
/** A day of which the last hour is missing; the next day, at whole kilowatts. */
const HOURS = Array.from({ length: 48 }, (_, h) => `2024-06-0${h < 24 ? 1 : 2}T${String(h % 24).padStart(2, '0')}:00Z`);
const CSV = ['time,P (kW),Load (kW)', ...HOURS.map((time, h) => `${time},${h % 24 === 12 ? 2 : 0},1`)].join('\n');
const TWO = 'time,solar,wind\n2026-01-01T00:00Z,1,2\n2026-01-01T01:00Z,2,3\n';
const LINES = [
  'roof.csv: harvest (csv), column "P (kW)" in W, times at the start of intervals, UTC',
  '48 values of 1 h, 2 d in all from 2024-06-01T00:00Z; mean 83.33 W',
];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'batterywalk-inspect-'));
  writeFileSync(at('roof.csv'), CSV);
  writeFileSync(at('roof.csv.gz'), gzipSync(CSV));
  writeFileSync(at('two.csv'), TWO);
  const scenario = {
    ...{ schemaVersion: 1, name: 'roof', slotSeconds: 3600, startTime: '2025-06-01T00:00Z' },
    ...{ arrivals: { ratePerSlot: 2 }, tasks: [{ energyJoules: 100_000 }], battery: { capacityJoules: 1e6 } },
    harvest: { trace: { csv: 'roof.csv' } },
  };
  writeFileSync(at('roof.json'), JSON.stringify(scenario));
  writeFileSync(at('other.json'), JSON.stringify({ ...scenario, name: 'other', battery: { capacityJoules: 2e6 } }));
  const axes = { 'arrivals.ratePerSlot': [1, 2] };
  const sweep = { schemaVersion: 1, base: scenario, trials: 50, horizons: [8], seed: '1', axes };
  writeFileSync(at('sweep.json'), JSON.stringify(sweep));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('inspect', () => {
  it('says in a few lines what is read, and draws it', async () => {
    const { status, stdout, stderr } = await runOn(['inspect', at('roof.csv')]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const line of LINES) expect(unfolded(stdout)).toContain(line);
    expect(stdout).toMatch(/\n {2}▁{12}█▁{23}█▁{11}\n/);
  });
  it('gives one document, of a packed file too', async () => {
    const plain = await runOn(['inspect', at('roof.csv'), '--json']);
    expect(plain.status).toBe(0);
    const document = JSON.parse(plain.stdout) as { values: number[] };
    expect(document).toMatchObject({
      ...{ format: 'csv', kind: 'harvest', column: 'P (kW)', unit: 'W', timeZone: 'UTC', stamp: 'start' },
      ...{ secondsPerValue: 3600, firstInterval: '2024-06-01T00:00Z', count: 48, filled: 0, warnings: [] },
      columns: [
        { name: 'P (kW)', unit: 'kW', candidate: true },
        { name: 'Load (kW)', unit: 'kW', candidate: false },
      ],
    });
    expect(document.values).toHaveLength(48);
    const packed = await runOn(['inspect', at('roof.csv.gz'), '--json']);
    expect(JSON.parse(packed.stdout)).toEqual(document);
  });
  it('reads with keys as a scenario would', async () => {
    const refused = await runOn(['inspect', at('two.csv')]);
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toMatch(/^batterywalk: two\.csv: .*expected column to be given.*\n$/);
    const keys = '{"column":"solar","unit":"kW"}';
    const { status, stdout } = await runOn(['inspect', at('two.csv'), '--trace', keys, '--json']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ column: 'solar', values: [1000, 2000] });
  });
  it.each([
    [['two.csv'], 'harvest.trace', 'column'],
    [['roof.csv', '--trace', '{"column":"Q"}'], 'harvest.trace', 'column'],
    [['roof.csv', '--trace', '{"colum":"P"}'], 'harvest.trace.colum', 'colum'],
    [['roof.csv', '--trace', '{"gaps":"guess"}'], 'harvest.trace.gaps', 'gaps'],
  ])('%j is refused with --json as { refused }', async ([file, ...more], field, key) => {
    const { status, stdout } = await runOn(['inspect', at(file), ...more, '--json']);
    expect(status).toBe(2);
    const { refused } = JSON.parse(stdout) as { refused: { message: string } };
    expect(refused).toMatchObject({ field, key });
    expect(refused.message).not.toContain('\n');
  });
  it('refuses keys that are no object', async () => {
    const { status, stderr } = await runOn(['inspect', at('roof.csv'), '--trace', '[1]']);
    expect(status).toBe(2);
    expect(stderr).toContain('--trace: got [1], expected a JSON object of keys');
  });
  it('begins at a start', async () => {
    const start = ['--start-time', '2024-06-01T12:00Z'];
    const { stdout } = await runOn(['inspect', at('roof.csv'), ...start, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ firstInterval: '2024-06-01T12:00Z' });
  });
});

describe('what was read stands beside results', () => {
  const few = ['--trials', '50', '--slots', '8', '--backend', 'cpu', '--threads', '1'];
  interface Read {
    readonly read: readonly { readonly file: string; readonly count: number }[];
    readonly warnings: readonly { readonly code: string; readonly message: string }[];
  }
  it('of run: in the text alone, and in report, summary and manifest', async () => {
    const out = at('run');
    const { status, stdout, stderr } = await runOn(['run', at('roof.json'), ...few, '--out', out]);
    expect(status).toBe(0);
    expect(unfolded(stdout)).toMatch(/^roof\.csv: harvest/);
    // A year of 365 days after two days in a loop begins the second of them.
    expect(unfolded(stdout)).toContain('48 values of 1 h, 2 d in all from 2024-06-02T00:00Z; mean 83.33 W');
    expect(stderr).toContain('startTime 2025-06-01T00:00Z is not within the file');
    expect(stderr).not.toContain('48 values');
    const report = readFileSync(join(out, 'report.html'), 'utf8');
    expect(report).toContain('48 values of 1 h, 2 d in all');
    expect(report).toContain('startTime 2025-06-01T00:00Z is not within the file');
    for (const name of ['manifest.json', 'summary.json']) {
      const { read } = JSON.parse(readFileSync(join(out, name), 'utf8')) as Read;
      expect(read).toMatchObject([{ file: 'roof.csv', count: 48 }]);
    }
  });
  it('of validate: in its files, which another thread writes', async () => {
    const out = at('validate');
    const { stdout } = await runOn(['validate', at('roof.json'), ...few, '--out', out]);
    expect(unfolded(stdout)).toMatch(/^roof\.csv: harvest/);
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('48 values of 1 h, 2 d in all');
    const { read } = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as Read;
    expect(read).toMatchObject([{ file: 'roof.csv', count: 48 }]);
  });
  it('with --json: in the document, and on stderr at once', async () => {
    const { stdout, stderr } = await runOn(['run', at('roof.json'), ...few, '--json']);
    const { read, warnings } = JSON.parse(stdout) as Read;
    expect(read).toMatchObject([{ file: 'roof.csv', count: 48 }]);
    expect(warnings.map(({ code }) => code)).toContain('startOutside');
    expect(stderr).toContain('48 values of 1 h');
  });
  it('of compare: once, though two scenarios read it', async () => {
    const { status, stdout, stderr } = await runOn(['compare', at('roof.json'), at('other.json'), ...few]);
    expect(status).toBe(0);
    expect(stdout.match(/48 values of 1 h/g)).toHaveLength(1);
    expect(stderr.match(/is not within the file/g)).toHaveLength(1);
  });
  it('of a sweep: once, not once a point', async () => {
    const out = at('sweep');
    const cpu = ['--backend', 'cpu', '--threads', '1'];
    const { status, stdout, stderr } = await runOn(['sweep', at('sweep.json'), ...cpu, '--out', out]);
    expect(status).toBe(0);
    expect(stdout.match(/48 values of 1 h/g)).toHaveLength(1);
    expect(stderr.match(/is not within the file/g)).toHaveLength(1);
    const { read } = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')) as Read;
    expect(read).toMatchObject([{ file: 'roof.csv', count: 48 }]);
  });
});

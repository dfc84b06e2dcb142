/**
 * `validate --out`: the files as a user gets them, from runs through the command line. A light walk, so that theory is
 * cheap.
 */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { partialsFromJson, partialsSha256 } from '../../src/engine/partials-codec.js';
import type { ValidateDocument } from '../../src/report/documents.js';
import { canonicalJson } from '../../src/hash.js';
import type { manifestDocument, runRecord } from '../../src/report/manifest.js';
import { parseScenario } from '../../src/scenario/parse.js';
import { runOn } from '../cli/sink.js';
import { expectNumbersOf, expectSelfContained, expectWellFormed } from './report-checks.js';

type Manifest = ReturnType<typeof manifestDocument>;
type RunRecord = ReturnType<typeof runRecord>;

const HOSTILE = `</title><script>alert(1)</script><img src="https://example.invalid/x" onerror='alert(2)'>&amp;"`;
const HORIZONS = [8, 64];
let folder = '';
let scenario = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'batterywalk-report-'));
  scenario = join(folder, 'scenario.json');
  const light = {
    schemaVersion: 1,
    name: HOSTILE,
    arrivals: { ratePerSlot: 3 },
    tasks: [{ energyJoules: 1000 }, { energyJoules: 2500 }],
    harvest: { mean: 'critical', variance: 'matched' },
  };
  writeFileSync(scenario, JSON.stringify(light));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Written {
  readonly status: number;
  readonly stdout: string;
  readonly names: readonly string[];
  read(name: string): string;
  readonly summary: ValidateDocument;
  readonly manifest: Manifest;
  readonly record: RunRecord;
}

let runs = 0;
async function validate(...options: string[]): Promise<Written> {
  const out = join(folder, String(runs++));
  const shared = ['--trials', '20000', '--horizons', HORIZONS.join(','), '--quiet', '--json', '--out', out];
  const { status, stdout, stderr } = await runOn(['validate', scenario, ...shared, ...options]);
  expect(stderr).toBe('');
  const read = (name: string) => readFileSync(join(out, name), 'utf8');
  return {
    status,
    stdout,
    names: readdirSync(out).sort(),
    read,
    summary: JSON.parse(read('summary.json')) as ValidateDocument,
    manifest: JSON.parse(read('manifest.json')) as Manifest,
    record: JSON.parse(read('run.json')) as RunRecord,
  };
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

describe('validate --out', () => {
  let run: Written;
  let report: string;
  let page: ReturnType<typeof parseHTML>['document'];
  beforeAll(async () => {
    run = await validate('--backend', 'cpu');
    report = run.read('report.html');
    page = parseHTML(report).document;
  });
  const texts = (selector: string, within: Pick<typeof page, 'querySelectorAll'> = page) =>
    [...within.querySelectorAll(selector)].map((element) => element.textContent);

  it('writes its files and leaves no other behind', () => {
    expect(run.status).toBe(0);
    expect(run.names).toEqual(['manifest.json', 'partials.json', 'report.html', 'run.json', 'summary.json']);
  });

  it('writes to summary.json what --json prints, but for the times, which stand in run.json', () => {
    const { elapsedSeconds, pathSlotsPerSecond, ...lasting } = JSON.parse(run.stdout) as ValidateDocument;
    expect(JSON.parse(run.read('summary.json'))).toEqual(lasting);
    expect(run.record).toMatchObject({ elapsedSeconds, pathSlotsPerSecond });
  });

  it('is the same, byte for byte, when it is made again, but for run.json', async () => {
    const again = await validate('--backend', 'cpu');
    for (const name of ['summary.json', 'partials.json', 'report.html', 'manifest.json']) {
      expect(again.read(name), name).toBe(run.read(name));
    }
    expect(again.record.startedAt).not.toBe(run.record.startedAt);
  });

  it('writes partials that can be read back, of the hash that it names', () => {
    const hash = partialsSha256(partialsFromJson(JSON.parse(run.read('partials.json'))));
    expect(run.summary.partialsSha256).toBe(hash);
    expect(run.manifest.hashed.partialsSha256).toBe(hash);
  });

  it('hashes in the manifest what is there', () => {
    const { sha256, ...hashed } = run.manifest.hashed;
    expect(digest(canonicalJson(hashed))).toBe(sha256);
    expect(digest(canonicalJson(hashed.scenario))).toBe(hashed.scenarioSha256);
    for (const name of ['summary.json', 'partials.json', 'report.html']) {
      expect(run.manifest.files[name].sha256).toBe(digest(run.read(name)));
    }
    expect(report).toContain(sha256);
  });

  it('says in the manifest what is needed to do it again, times apart', () => {
    const { hashed } = run.manifest;
    const own = run.record;
    expect(hashed).toMatchObject({ seed: '1', trials: 20000, horizons: HORIZONS, scenario: run.summary.scenario });
    expect(parseScenario(hashed.scenario)).toEqual(hashed.scenario);
    expect(own).toMatchObject({ backend: 'cpu', node: process.version, trialsAsked: 20000 });
    expect(Date.parse(own.endedAt)).toBeGreaterThanOrEqual(Date.parse(own.startedAt));
    expect(JSON.stringify(hashed)).not.toContain(own.startedAt.slice(0, 10));
  });

  it('loads nothing: no scripts, no addresses but those within the page', () => {
    expectSelfContained(page);
  });

  it('shows a hostile name as text', () => {
    expect(texts('h1')).toEqual([HOSTILE]);
    expect(page.title).toBe(`${HOSTILE}: PASS · batterywalk`);
  });

  it('is well-formed: identifiers are unique, references meet, tags close', () => {
    expectWellFormed(report);
  });

  it('draws four charts a horizon, two of the means and figure 2 (no fleet, so no figure 3), each with a title and a description', () => {
    const charts = [...page.querySelectorAll('svg')];
    // The count alone: to print the charts themselves, a failure would walk the whole document.
    expect(charts.length).toBe(4 * HORIZONS.length + 2 + 1);
    for (const chart of charts) {
      expect(chart.querySelector('title')?.textContent).toMatch(/\w/);
      expect(chart.querySelector('desc')?.textContent).toMatch(/\w/);
    }
  });

  it.each(HORIZONS)('labels all four curves of the CDF and of the tail at %i slots, and draws them', (slots) => {
    for (const kind of ['cdf', 'survival']) {
      const chart = page.querySelector(`svg[aria-labelledby="${kind}-${slots}-title"]`);
      if (chart === null) throw new Error(`no ${kind} chart`);
      const labels = ['simulated', 'exact', 'corrected', 'Brownian'];
      expect(texts('.legend text', chart).slice(0, 4)).toEqual(labels);
      const paths = [...chart.querySelectorAll('path[data-label]')];
      expect(paths.map((path) => path.getAttribute('data-label'))).toEqual(labels);
      for (const path of paths) expect(path.getAttribute('d')?.split('L').length).toBeGreaterThan(50);
      // Apart in greyscale: no two have the same dashes and width.
      const looks = paths.map((path) => {
        const group = path.parentElement;
        return `${group?.getAttribute('stroke-dasharray') ?? ''}/${group?.getAttribute('stroke-width') ?? ''}`;
      });
      expect(new Set(looks).size).toBe(4);
    }
  });

  it('shows in its tables the numbers of summary.json', () => {
    const cells = [...page.querySelectorAll('data[data-at]')];
    expect(cells.length).toBeGreaterThanOrEqual(HORIZONS.length * (4 + 4 * 6 + 3 * 3 + 1));
    expectNumbersOf(page, run.summary);
    // What is seen, and not only what stands behind it.
    const [mean] = cells;
    expect(mean.getAttribute('data-at')).toBe('/horizons/0/meanDeficit');
    const unit = /J$/.exec(texts('caption')[0].trim()) === null ? NaN : 1;
    const factor = texts('caption')[0].includes('kJ') ? 1000 : unit;
    const { meanDeficit, standardError } = run.summary.horizons[0];
    expect(Math.abs(Number(mean.textContent) * factor - meanDeficit)).toBeLessThan(standardError / 10);
  });

  it('tells the verdict and, apart from it, from how many trials on the Brownian law is rejected', () => {
    expect(texts('.verdict h2')).toEqual(['PASS: the engine draws what it should']);
    const [apart] = texts('.apart');
    // 20000 trials are too few to be misled at 64 slots? The distance decides; the words must follow it.
    const last = run.summary.horizons[HORIZONS.length - 1];
    const needed = Math.log(2 / 0.05) / (2 * last.brownianDistance.expected ** 2);
    const said = /from about ([\d,]+) trials on/.exec(apart)?.[1].replaceAll(',', '');
    expect(Number(said)).toBe(Number(Math.ceil(needed).toPrecision(2)));
    expect(apart).toContain(20000 >= needed ? 'not a failure of the engine' : 'too few to see');
  });

  it('never leaves half a file: where one cannot be put in place, the others are whole', async () => {
    const out = join(folder, 'blocked');
    mkdirSync(join(out, 'report.html'), { recursive: true }); // a folder where the report should go
    const { status, stderr } = await runOn([
      ...['validate', scenario, '--trials', '1000', '--horizons', '2', '--backend', 'cpu', '--quiet', '--out', out],
    ]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^batterywalk: --out: cannot write [^\n]*report\.html[^\n]*\n$/);
    expect(JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'))).toMatchObject({ schemaVersion: 1 });
    partialsFromJson(JSON.parse(readFileSync(join(out, 'partials.json'), 'utf8')));
    // The manifest vouches for all of them, so there is none.
    expect(readdirSync(out)).not.toContain('manifest.json');
  });
});

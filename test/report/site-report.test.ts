/**
 * report.html of sites: as the command line writes it, in its numbers, its words and its charts. Few paths of few
 * slots.
 */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { host } from '#host';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { prepareSite } from '../../src/study/plan.js';
import { siteVerdictWords } from '../../src/report/html/site-words.js';
import { exactOf } from '../../src/report/site-comparison.js';
import { siteDistribution } from '../../src/report/site-curves.js';
import { siteUnits } from '../../src/study/site.js';
import type { SiteDocument, SiteValidateDocument } from '../../src/report/site-document.js';
import { splitSite } from '../../src/engine/site-job.js';
import { siteSeries } from '../../src/report/charts/site.js';
import type { ExactSiteHorizon } from '../../src/theory/site-reference.js';
import { summarizeSite } from '../../src/stats/site-summary.js';
import type { SiteSummary } from '../../src/stats/site-summary.js';
import { runOn } from '../cli/sink.js';
import { LOSSY, WEATHER, siteWith } from '../engine/site-settings.js';
import { expectNumbersOf, expectSelfContained, expectWellFormed, textsOf } from './report-checks.js';
import type { ReportPage } from './report-checks.js';

const HORIZONS = [6, 12, 24];
const HOSTILE = `<script>alert(1)</script>&"hut`;
const TRIALS = 5000;
const BATTERY = { initialJoules: 8000, capacityJoules: 30_000, chargeEfficiency: 0.9 };
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'batterywalk-site-report-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Written {
  readonly status: number;
  readonly names: readonly string[];
  readonly document: SiteDocument;
  readonly report: string;
  readonly page: ReportPage;
}

let runs = 0;
async function write(command: 'run' | 'validate', changes: Record<string, unknown>): Promise<Written> {
  const out = join(folder, String(runs++));
  const scenario = `${out}.json`;
  writeFileSync(scenario, JSON.stringify({ ...siteWith(changes), name: HOSTILE }));
  const shared = ['--trials', String(TRIALS), '--horizons', HORIZONS.join(','), '--backend', 'cpu', '--quiet'];
  const { status, stderr } = await runOn([command, scenario, ...shared, '--out', out]);
  expect(stderr).toBe('');
  const report = readFileSync(join(out, 'report.html'), 'utf8');
  return {
    status,
    names: readdirSync(out).sort(),
    document: JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as SiteDocument,
    report,
    page: parseHTML(report).document,
  };
}

describe('validate of a site with an exact law', () => {
  let judged: Written;
  beforeAll(async () => {
    judged = await write('validate', { battery: BATTERY });
  });

  it('writes a report beside the others that loads nothing and is well-formed', () => {
    expect(judged.status).toBe(0);
    expect(judged.names).toEqual(['manifest.json', 'partials.json', 'report.html', 'run.json', 'summary.json']);
    expectSelfContained(judged.page);
    expectWellFormed(judged.report);
    expect(textsOf('h1', judged.page)).toEqual([HOSTILE]);
    expect(judged.page.title).toBe(`${HOSTILE}: PASS · batterywalk`);
  });

  it('shows the numbers of summary.json, every quantity of every horizon', () => {
    const places = new Set(expectNumbersOf(judged.page, judged.document));
    HORIZONS.forEach((_, i) => {
      for (const place of [
        ...['meanDeficit', 'standardDeviation', 'probabilityZero', 'quantiles/0.1', 'quantiles/0.99'],
        ...['site/peakWatts/mean', 'site/peakWatts/quantiles/0.9', 'site/waste/mean', 'site/waste/quantiles/0.5'],
        ...[
          'site/level/mean',
          'site/level/probabilityEmpty',
          'site/level/probabilityFull',
          'site/deficitFraction/mean',
        ],
        ...[
          'site/firstPassage/probabilityNone',
          'site/consumption/mean',
          'site/dispatched/mean',
          'site/aboveBound/mean',
        ],
        ...['site/joulesPerTask', 'site/waitSlots', 'site/waitSeconds', 'site/overflowedShare'],
        ...['verdicts/0/pValue', 'verdicts/0/statistic'],
      ]) {
        expect([...places]).toContain(`/horizons/${i}/${place}`);
      }
    });
  });

  it('says in words what the verdict is, and what was run', () => {
    expect(textsOf('.verdict h2', judged.page)).toEqual(['PASS: the engine draws what it should']);
    const facts = textsOf('.facts', judged.page).join('');
    expect(facts).toMatch(/30\.00 kJ, 8\.000 kJ in it at the start, 90\.0 % of a surplus stored/);
    expect(facts).toMatch(/myopic.*Gamma, steady.*cpu on/s);
    const captions = textsOf('caption', judged.page).map((caption) => caption?.trim());
    expect(captions).toContain('Simulated beside exact');
    expect(captions).toContain('Tests against the exact law of the battery’s chain');
    expect(textsOf('td .pass', judged.page).filter((text) => text === 'kept')).toHaveLength(4);
  });

  it('draws the law of the auxiliary energy at each horizon and three charts against it, exact values marked', () => {
    const ids = [...judged.page.querySelectorAll('svg')].map((svg) => svg.getAttribute('aria-labelledby'));
    const chart = (id: string) => {
      const found = judged.page.querySelector(`svg[aria-labelledby="${id}-title"]`);
      if (found === null) throw new Error(`no chart ${id}`);
      return found;
    };
    expect(ids.sort()).toEqual(
      ['chances', 'energies', 'level', ...HORIZONS.map((t) => `survival-${t}`)].map((id) => `${id}-title`).sort(),
    );
    // The whole law is made at every horizon.
    const curves = (id: string) =>
      [...chart(id).querySelectorAll('path[data-label]')].map((p) => p.getAttribute('data-label'));
    expect(curves('survival-24')).toEqual(['simulated', 'exact']);
    expect(curves('survival-6')).toEqual(['simulated', 'exact']);
    expect(chart('survival-6').textContent).toContain('a plus marks exact values');
    expect(curves('energies')).toEqual(['auxiliary', 'wasted', 'consumed']);
    expect(textsOf('.legend text', chart('chances'))).toContain('full at T');
  });

  it('compares with the exact values of summary.json', () => {
    const rows = [...judged.page.querySelectorAll('table')].find((t) => t.textContent.includes('Simulated beside'));
    const shown = textsOf('tbody tr', rows ?? judged.page).filter((row) => /P\(A = 0\)/.test(row ?? ''));
    expect(shown).toHaveLength(HORIZONS.length);
    judged.document.horizons.forEach((horizon, i) => {
      // To where its own error, some 1e-7, begins; cells stand side by side.
      expect(shown[i]).toContain((exactOf(horizon)?.probabilityZero ?? NaN).toFixed(5).slice(0, -1));
    });
  });

  it('names in a failure what failed, and passes nothing off as right', () => {
    const document = judged.document as SiteValidateDocument;
    const failed = {
      ...document,
      pass: false,
      horizons: document.horizons.map((h, i) => ({
        ...h,
        violations: i === 2 ? [{ name: 'deadlineMissed' as const, paths: 7 }] : [],
        verdicts: h.verdicts.map((v, k) => (i === 1 && k === 2 ? { ...v, pass: false, pValue: 1e-9 } : v)),
      })),
    } as SiteValidateDocument;
    const summary = { horizons: [summaryStub()], confidence: 0.95 } as unknown as SiteSummary;
    const { text } = siteVerdictWords(failed, summary);
    expect(text).toContain('FAIL');
    expect(text).not.toContain('PASS');
    expect(text).toContain('auxiliary energy: P(A = 0) at 12 slots (p = 1.0·10⁻⁹)');
    expect(text).toContain('a task waited beyond its last feasible slot (7 paths by 24 slots)');
  });
});

function summaryStub() {
  const nothing = { lower: 0, upper: 0 };
  const zero = {
    ...{ meanDeficit: 0, meanInterval: nothing, quantiles: [] },
    ...{ probabilityZero: 1, probabilityZeroInterval: { lower: 0.9, upper: 1 } },
  };
  return {
    ...{ slots: 24, auxiliary: zero, peakWatts: zero, waste: zero },
    ...{ deficitFraction: { mean: 0, standardError: 0 }, waitSeconds: null },
  };
}

it('run is estimated and not judged', async () => {
  const { page, report, document, status } = await write('run', {
    battery: LOSSY,
    harvest: { mean: 'critical', variance: 'matched', weather: WEATHER },
  });
  expect(status).toBe(0);
  expectSelfContained(page);
  expect(expectNumbersOf(page, document).length).toBeGreaterThan(60);
  expect(textsOf('.verdict', page)).toEqual([]);
  expect(textsOf('.apart h2', page)).toEqual(['Estimated, not judged']);
  expect(page.title).toBe(`${HOSTILE}: estimates · batterywalk`);
  expect(textsOf('.facts', page).join('')).toContain('weather (clear, cloud, still)');
  expect(report).not.toMatch(/NaN|undefined|\[object/);
});

it('says why there is no exact law, and calls the limit asymptotic', async () => {
  const { page, document, status } = await write('validate', {
    harvest: { mean: 'critical', variance: 'matched', correlation: 0.5 },
  });
  expect(status).toBe(0);
  expectNumbersOf(page, document);
  expect(textsOf('.verdict h2', page)).toEqual(['PASS: no path broke a rule; nothing else was judged']);
  expect(textsOf('.verdict', page).join('')).toMatch(
    /no exact law of this site to judge by: the harvest of a slot depends/,
  );
  expect(textsOf('caption', page).join('')).toMatch(/diffusion limit’s mean.*asymptotic, it judges nothing/s);
  expect(textsOf('caption', page).join('')).not.toContain('Simulated beside exact');
});

describe('curves', () => {
  it('give the tail of the paths, and mark the exact quantiles where the law is known', async () => {
    const prepared = prepareSite(resolveScenario(siteWith({ battery: LOSSY })), {
      trials: 3000,
      horizons: [8],
      seed: 'curves',
    });
    const cpu = createCpuBackend(host, 2);
    const partials = await cpu.run(prepared.job);
    const values = Array.from(await cpu.deficits(prepared.job)).slice(0, 3000);
    await cpu.release();
    const q = prepared.law.quantumJoules;
    const exact = {
      slots: 8,
      probabilityZero: { value: 0.25, error: 0 },
      auxiliaryLaw: {
        cdf: (v: number) => (v < 0 ? 0 : 1 - 0.75 * Math.exp(-v / 5000)),
        quantile: (p: number) => Math.max(0, -5000 * Math.log((1 - p) / 0.75)),
        cdfErrorAt: () => 0,
      },
    } as unknown as ExactSiteHorizon;
    const [row] = splitSite(partials).auxiliary;
    const { deficits, survival, exactPoints = [], trials } = siteDistribution(row, q, exact);
    expect(trials).toBe(3000);
    deficits.forEach((d, i) => {
      const above = values.filter((n) => n * q > d).length / 3000;
      expect(survival.simulated?.[i]).toBeCloseTo(above, 10);
    });
    expect(survival.exact?.[0]).toBeCloseTo(0.75, 4);
    // The tenth of the paths at least have none, so that quantile is no mark.
    expect(exactPoints.map((p) => p.survival)).toEqual([0.75, 0.5, expect.closeTo(0.1, 12), expect.closeTo(0.01, 12)]);
    expect(exactPoints[2].value).toBeCloseTo(-5000 * Math.log(0.1 / 0.75), 6);
    const summary = summarizeSite(partials, siteUnits(prepared));
    const series = siteSeries(summary, []);
    expect(series.auxiliary[0].simulated).toBe(summary.horizons[0].auxiliary.meanDeficit);
    expect(series.needed[0].simulated).toBe(1 - summary.horizons[0].auxiliary.probabilityZero);
    expect(series.auxiliary[0].exact).toBeNull();
  });
});

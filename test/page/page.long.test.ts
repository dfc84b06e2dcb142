/**
 * The page as `serve` gives it, driven in a real browser: stop and continue, lost devices, links, sites, widths,
 * colours, and its benchmark. The first steps: page.test.ts.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { partialsFromJson, partialsSha256 } from '../../src/engine/partials-codec.js';
import { browserMissing } from '../browser/chromium.js';
import { expectedHash } from './expected-hash.js';
import { pageRig, root } from './page-rig.js';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

describe.skipIf(browserMissing !== undefined)(
  `the page${browserMissing === undefined ? '' : ` (skipped: ${browserMissing})`}`,
  () => {
    const rig = pageRig();
    const { open, fill, status, hash, worker, saved } = rig;
    let page: Page;
    let url = '';
    beforeEach(() => {
      page = rig.page();
      url = rig.url();
    });

    test('Stop stops; Continue goes on to the bytes of one run, then to twice as many paths', async () => {
      const trials = 6_000_000;
      await open();
      await fill({ preset: 'benchmark', trials: String(trials), horizons: '512', seed: 'stop' });
      await page.click('#run');
      await page.waitForFunction(() => /[1-9]/.test(document.querySelector('#facts')?.textContent ?? ''));
      await page.click('#stop');
      // The verdict may follow before anybody has looked.
      await status(/^(Stopped|PASS|FAIL): /);
      const stoppedAt = Number(
        /: ([\d,]+) paths/.exec((await page.textContent('#status')) ?? '')?.[1].replaceAll(',', ''),
      );
      expect(stoppedAt).toBeGreaterThan(0);
      expect(stoppedAt).toBeLessThan(trials);
      expect(await page.textContent('#continue')).toBe('Continue to 6,000,000 paths');
      await page.click('#continue');
      await status(/^PASS: 6,000,000 paths/);
      expect(await hash()).toBe(await expectedHash('benchmark', trials, [512], 'stop'));
      expect(await page.textContent('#continue')).toBe('Continue to 12,000,000 paths');
      await page.click('#continue');
      await status(/^PASS: 12,000,000 paths/);
      expect(await hash()).toBe(await expectedHash('benchmark', 2 * trials, [512], 'stop'));
    });

    describe('a lost device', () => {
      /** Keeps what the worker makes, so that the test can destroy it. */
      const keep = () => {
        const scope = globalThis as unknown as { kept: { lose: () => void }[] };
        scope.kept = [];
        const adapters = GPUAdapter.prototype as unknown as {
          requestDevice: (...args: unknown[]) => Promise<GPUDevice>;
        };
        const { requestDevice } = adapters;
        adapters.requestDevice = async function (...args) {
          const device = await requestDevice.apply(this, args);
          scope.kept.push({
            lose: () => {
              device.destroy();
            },
          });
          return device;
        };
        const prototype = OffscreenCanvas.prototype as unknown as { getContext: (...args: unknown[]) => unknown };
        const { getContext } = prototype;
        prototype.getContext = function (...args) {
          const context = getContext.apply(this, args) as WebGL2RenderingContext;
          scope.kept.push({
            lose: () => {
              context.getExtension('WEBGL_lose_context')?.loseContext();
            },
          });
          return context;
        };
      };

      test.each([
        ['webgpu', 40_000],
        ['gpujs', 40_000],
      ])('%s: it is said, and the run goes on to the right bytes', async (backend, trials) => {
        await open();
        const runner = await worker(/run-worker/);
        await runner.evaluate(keep);
        await fill({ preset: 'benchmark', backend, trials: String(trials), horizons: '512', seed: 'lost' });
        await page.click('#run');
        await page.waitForFunction(() => /[1-9]/.test(document.querySelector('#facts')?.textContent ?? ''));
        await runner.evaluate(() => {
          (globalThis as unknown as { kept: { lose: () => void }[] }).kept.forEach((k) => {
            k.lose();
          });
        });
        await page.waitForSelector('#remark:not([hidden])');
        expect(await page.textContent('#remark')).toMatch(/The device was lost; what was finished before is kept/);
        await status(/^PASS: /);
        expect(await hash()).toBe(await expectedHash('benchmark', trials, [512], 'lost'));
      });

      test('again and again: the run ends with a message, and what was finished can be continued elsewhere', async () => {
        await open();
        const runner = await worker(/run-worker/);
        await runner.evaluate(keep);
        await fill({ preset: 'benchmark', backend: 'webgpu', trials: '400000', horizons: '512', seed: 'gone' });
        await page.click('#run');
        await page.waitForFunction(() => /[1-9]/.test(document.querySelector('#facts')?.textContent ?? ''));
        await runner.evaluate(() => {
          const scope = globalThis as unknown as { kept: { lose: () => void }[] };
          setInterval(() => {
            scope.kept.forEach((k) => {
              k.lose();
            });
          }, 1);
        });
        await status(/^The run failed: /);
        expect(await page.textContent('#remark')).toMatch(/DeviceLostError: .* What was finished is kept/s);
        await fill({ backend: 'cpu' });
        await page.click('#continue');
        await status(/^PASS: 400,000 paths/);
        expect(await hash()).toBe(await expectedHash('benchmark', 400_000, [512], 'gone'));
      });
    });

    test('a measured file that is chosen becomes the harvest, one that is dropped too; both say what was read', async () => {
      const hours = Array.from({ length: 24 }, (_, h) => `2024-06-01T${String(h).padStart(2, '0')}:00Z,${h % 5}`);
      const roof = ['time,P (W),Load (W)', ...hours.map((row) => `${row},1`)].join('\n');
      const scenario = {
        ...{ schemaVersion: 1, name: 'roof', slotSeconds: 3600, arrivals: { ratePerSlot: 2 } },
        ...{ tasks: [{ energyJoules: 5000 }], battery: { capacityJoules: 50_000 } },
      };
      await open();
      await page.click('#scenario-details summary');
      await page.fill('#scenario', JSON.stringify(scenario));
      const file = { name: 'roof.csv', mimeType: 'text/csv', buffer: Buffer.from(roof) };
      await page.setInputFiles('#measured', file);
      await page.waitForFunction(() => /24 values/.test(document.querySelector('#measured-read')?.textContent ?? ''));
      expect(await page.textContent('#measured-read')).toMatch(
        /^roof\.csv: harvest \(csv\), column "P \(W\)" in W, .*, UTC\n {2}24 values of 1 h, 1 d in all/,
      );
      const harvest = { trace: { csv: 'roof.csv' } };
      expect(JSON.parse(await page.inputValue('#scenario'))).toEqual({ ...scenario, harvest });
      await fill({ trials: '300', horizons: '8', seed: 'roof' });
      await page.click('#run');
      await status(/^(PASS|FAIL|The run failed)/);
      expect(await page.textContent('#status')).toMatch(/^PASS: 300 paths/);
      const trace = { values: hours.map((_, h) => h % 5), unit: 'W', secondsPerValue: 3600 };
      expect(await hash()).toBe(await expectedHash({ ...scenario, harvest: { trace } }, 300, [8], 'roof'));

      const dropped = await page.evaluateHandle(() => {
        const data = new DataTransfer();
        data.items.add(new File(['time,solar,wind\n2026-01-01T00:00Z,1,2\n2026-01-01T01:00Z,2,3\n'], 'two.csv'));
        return data;
      });
      await page.dispatchEvent('#run-form', 'drop', { dataTransfer: dropped });
      await page.waitForSelector('#scenario-error:not([hidden])');
      expect(await page.textContent('#scenario-error')).toMatch(/two\.csv: .*expected column to be given/);
      expect(await page.isVisible('#measured-read')).toBe(false);
      const edited = JSON.stringify({ ...scenario, harvest: { trace: { csv: 'two.csv', column: 'wind', unit: 'W' } } });
      await page.fill('#scenario', edited);
      await page.click('#run');
      await status(/^PASS: 300 paths/);
      expect(await page.textContent('#measured-read')).toMatch(/^two\.csv: harvest \(csv\), column "wind" in W/);
    });

    test('a link fills the form, and its run comes out again; of a wrong hash it says so', async () => {
      await open();
      await fill({ preset: 'shortfall', trials: '5000', horizons: '8, 32', seed: 'a link & more' });
      await page.click('#run');
      await status(/^(PASS|FAIL)/);
      const link = (await page.getAttribute('#link', 'href')) ?? '';
      const result = await hash();
      for (const [address, said] of [
        [link, /came out again/],
        [link.replace(/partials=..../, 'partials=0000'), /came out otherwise/],
      ] as const) {
        await page.goto('about:blank');
        await open(address.slice(url.length));
        expect(await page.inputValue('#seed')).toBe('a link & more');
        expect(await page.inputValue('#preset')).toBe('shortfall');
        await page.click('#run');
        await status(/^(PASS|FAIL)/);
        expect(await hash()).toBe(result);
        expect(await page.textContent('#remark')).toMatch(said);
      }
    });

    test('the result, the partials and the report can be saved', async () => {
      await open();
      await fill({ preset: 'surplus', trials: '5000', horizons: '8, 32' });
      await page.click('#run');
      await status(/^(PASS|FAIL)/);
      const summary = JSON.parse(await saved('#save-summary')) as { partialsSha256: string; horizons: unknown[] };
      expect(summary.partialsSha256).toBe(await hash());
      expect(summary.horizons).toHaveLength(2);
      expect(JSON.parse(await saved('#save-partials'))).toHaveProperty('horizons');
      const report = await saved('#save-report');
      expect(report).toMatch(/^<!doctype html>/);
      expect(report).toContain(summary.partialsSha256);
      expect(report.match(/<svg/g)?.length).toBeGreaterThanOrEqual(6);
    });

    test('distributed accounting is judged by its lumped companion on the same draws', async () => {
      await open();
      await page.click('#scenario-details summary');
      const text = await page.inputValue('#scenario');
      const own = { ...(JSON.parse(text) as object), accounting: 'distributed' };
      await page.fill('#scenario', JSON.stringify(own));
      await fill({ trials: '2000', horizons: '16, 64' });
      await page.click('#run');
      await status(/^PASS: 2,000 paths, judged at 2 horizons\./);
      const verdict = await page.textContent('#verdict');
      expect(verdict).toMatch(/PASS: energy burned over the service/);
      expect(verdict).toMatch(/it does on all 2,000 paths/);
      // What is saved is the run's own: the distributed walk, under the hash that is shown.
      const summary = JSON.parse(await saved('#save-summary')) as {
        readonly partialsSha256: string;
        readonly horizons: readonly { readonly lumped: object }[];
      };
      expect(summary.horizons.map(({ lumped }) => typeof lumped)).toEqual(['object', 'object']);
      expect(await page.textContent('#hash')).toBe(summary.partialsSha256);
      const partials: unknown = JSON.parse(await saved('#save-partials'));
      expect(partialsSha256(partialsFromJson(partials))).toBe(summary.partialsSha256);
      expect(await saved('#save-report')).toContain(summary.partialsSha256);
    });

    describe('sites', () => {
      const SITE = {
        schemaVersion: 1,
        name: 'hut',
        slotSeconds: 10,
        arrivals: { ratePerSlot: 2 },
        tasks: [{ energyJoules: 1000, weight: 3 }, { energyJoules: 5000 }],
        harvest: { mean: 'critical', variance: 'matched' },
        battery: { initialJoules: 8000, capacityJoules: 30_000, chargeEfficiency: 0.9 },
      };
      interface SiteResult {
        readonly partialsSha256: string;
        readonly horizons: readonly { readonly meanDeficit: number; readonly site: object }[];
      }
      /** What the command line says of the same site. */
      const onCommandLine = async (trials: number, horizons: string): Promise<SiteResult> => {
        const folder = await mkdtemp(join(tmpdir(), 'batterywalk-page-'));
        const file = join(folder, 'hut.json');
        await writeFile(file, JSON.stringify(SITE));
        const options = [
          '--trials',
          String(trials),
          '--horizons',
          horizons,
          '--seed',
          'hut',
          '--backend',
          'cpu',
          '--json',
        ];
        const { stdout } = await promisify(execFile)(
          process.execPath,
          ['dist/cli.js', 'run', file, ...options, '--quiet'],
          {
            cwd: root,
          },
        );
        await rm(folder, { recursive: true });
        return JSON.parse(stdout) as SiteResult;
      };
      const paste = async (scenario: object): Promise<void> => {
        await page.click('#scenario-details summary');
        await page.fill('#scenario', JSON.stringify(scenario));
      };

      test('a pasted site runs to the numbers of the command line, with a verdict, tables, charts, a report and a link', async () => {
        const expected = await onCommandLine(5000, '8,24');
        await open();
        expect(await page.locator('#preset option').allTextContents()).toContain('solar-site');
        await paste(SITE);
        for (const backend of ['webgpu', 'cpu']) {
          await fill({ backend, trials: '5000', horizons: '8, 24', seed: 'hut' });
          await page.click('#run');
          await status(/^(PASS|FAIL|The run failed)/);
          expect(await page.textContent('#status'), backend).toMatch(/^PASS: 5,000 paths, judged at 2 horizons/);
          expect(await hash(), backend).toBe(expected.partialsSha256);
        }
        expect(await page.textContent('#verdict h2')).toBe('PASS: the engine draws what it should');
        const summary = JSON.parse(await saved('#save-summary')) as SiteResult;
        expect(summary.horizons.map((h) => [h.meanDeficit, h.site])).toEqual(
          expected.horizons.map((h) => [h.meanDeficit, h.site]),
        );
        for (const cell of await page.locator('#tables data[data-at^="/horizons/1/site/"]').all()) {
          const at = (await cell.getAttribute('data-at')) ?? '';
          const stands = at
            .slice(1)
            .split('/')
            .reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], expected);
          expect(Number(await cell.getAttribute('value')), at).toBe(stands);
        }
        await page.waitForFunction(() => document.querySelectorAll('#charts svg').length === 4);
        expect(await page.textContent('#charts')).toMatch(/Auxiliary energy after 24 slots.*exact/s);
        expect(await page.textContent('#tables')).toMatch(
          /waited beyond its last feasible slot.*Simulated beside exact/s,
        );
        // Another horizon's quantities and distribution.
        await page.selectOption('#shown', { index: 0 });
        await page.waitForFunction(() => /after 8 slots/.test(document.querySelector('#charts')?.textContent ?? ''));
        expect(await page.textContent('#tables')).toContain('After 8 slots: quantities');
        const report = await saved('#save-report');
        expect(report).toContain(expected.partialsSha256);
        expect(report).toContain('PASS: the engine draws what it should');
        // The link, and after it a run that is no site.
        const link = (await page.getAttribute('#link', 'href')) ?? '';
        await page.goto('about:blank');
        await open(link.slice(url.length));
        await page.click('#run');
        await status(/^PASS/);
        expect(await page.textContent('#remark')).toMatch(/came out again/);
        await fill({ preset: 'shortfall', trials: '2000', horizons: '8' });
        await page.click('#run');
        await status(/^PASS: 2,000 paths, judged at 1 horizons/);
        expect(await page.textContent('#verdict')).toMatch(/engine draws what it should.*Brownian/s);
      });

      test('Stop and Continue come to the bytes of one run', async () => {
        const trials = 600_000;
        await open();
        await paste(SITE);
        await fill({ backend: 'cpu', trials: String(trials), horizons: '8, 24', seed: 'hut' });
        await page.click('#run');
        await page.waitForFunction(() => /[1-9]/.test(document.querySelector('#facts')?.textContent ?? ''));
        await page.click('#stop');
        await page.waitForFunction(
          () => document.querySelector('#continue')?.textContent === 'Continue to 600,000 paths',
        );
        await page.click('#continue');
        await status(/^(PASS|FAIL): 600,000 paths/);
        expect(await hash()).toBe((await onCommandLine(trials, '8,24')).partialsSha256);
      });

      test('WebGL 2 is refused at its field, and a new run ends a law that is being solved', async () => {
        await open();
        await fill({ preset: 'solar-site', backend: 'gpujs', trials: '200', horizons: '288, 576' });
        await page.click('#run');
        await page.waitForSelector('#backend-error:not([hidden])');
        expect(await page.textContent('#backend-error')).toMatch(
          /got WebGL 2 for a site, expected WebGPU, the processor/,
        );
        expect(await page.evaluate(() => document.activeElement?.id)).toBe('backend');
        await fill({ backend: 'cpu' });
        await page.click('#run');
        await status(/^Finished: 200 paths. The exact law is being solved/);
        await fill({ preset: 'shortfall', trials: '2000', horizons: '8' });
        await page.click('#run');
        await status(/^PASS: 2,000 paths/);
        // The worker at the site's law is gone.
        expect(page.workers().filter((w) => /theory-worker/.test(w.url()))).toHaveLength(1);
      });

      test('without an exact law it says why, and judges by the rules of paths alone', async () => {
        await open();
        await paste({ ...SITE, harvest: { ...SITE.harvest, correlation: 0.5 } });
        await fill({ backend: 'cpu', trials: '2000', horizons: '8, 24' });
        await page.click('#run');
        await status(/^PASS: 2,000 paths, by the rules of paths alone/);
        expect(await page.textContent('#verdict')).toMatch(
          /nothing else was judged.*depends on that of the slot before/s,
        );
      });
    });

    describe('Benchmark', () => {
      /** Shorter than the page offers: the tests look at what is counted, not at speeds. */
      const start = async (): Promise<void> => {
        await page.click('#tab-benchmark');
        await page.evaluate(() => {
          (document.querySelector('#bench-length option') as HTMLOptionElement).value = '0.001';
        });
        await page.selectOption('#bench-length', { index: 0 });
        await page.click('#bench-start');
      };
      const done = () =>
        page.waitForFunction(() => /^Done/.test(document.querySelector('#bench-status')?.textContent ?? ''));
      const saved = async () => {
        const [download] = await Promise.all([page.waitForEvent('download'), page.click('#bench-save')]);
        return JSON.parse(await readFile(await download.path(), 'utf8')) as {
          backends: { backend: string; agrees: boolean; checkSha256: string }[];
          rates: { backend: string; median: number; paths: number; partialsSha256: string; disturbed: boolean }[];
          refused: { backend: string }[];
          disturbances: string[];
        };
      };

      test('every backend is measured, with the hash that Node counts', async () => {
        await open();
        await start();
        await done();
        const { backends, rates, refused } = await saved();
        expect(backends.map((b) => [b.backend, b.agrees])).toEqual([
          ['cpu', true],
          ['gpujs', true],
          ['webgpu', true],
        ]);
        expect(new Set(rates.map((r) => r.backend))).toEqual(new Set(['cpu', 'gpujs', 'webgpu']));
        expect(refused).toEqual([]);
        const horizons = Array.from({ length: 32 }, (_, i) => Math.floor(4096 ** (i / 31) + 0.5)).reduce<number[]>(
          (out, t) => [...out, Math.max(t, (out.at(-1) ?? 0) + 1)],
          [],
        );
        const expected = await expectedHash('benchmark', 256, horizons, 'bench');
        for (const row of rates) {
          expect(row.median).toBeGreaterThan(0);
          if (row.paths === 256) expect(row.partialsSha256).toBe(expected);
        }
        expect(await page.textContent('#bench-results')).toMatch(/maxStorageBufferBindingSize/);
      });

      test('a backend that counts wrongly has no speed, and a tab in the background is found', async () => {
        // A worker whose WebGPU backend is fast and wrong, and a page that is hidden for a moment.
        await page.addInitScript(() => {
          const Real = Worker;
          globalThis.Worker = class extends Real {
            override set onmessage(handler: (event: MessageEvent) => void) {
              super.onmessage = (
                event: MessageEvent<{ type: string; backend?: { backend: string }; row?: { backend: string } }>,
              ) => {
                const { data } = event;
                if (data.type === 'opened' && data.backend?.backend === 'webgpu')
                  Object.assign(data.backend, { checkSha256: '0'.repeat(64) });
                handler(event);
              };
            }
          };
        });
        await open();
        await start();
        await page.evaluate(() => {
          Object.defineProperty(document, 'hidden', { value: true, configurable: true });
          document.dispatchEvent(new Event('visibilitychange'));
          Object.defineProperty(document, 'hidden', { value: false, configurable: true });
        });
        await done();
        const { backends, rates, refused, disturbances } = await saved();
        expect(backends.find((b) => b.backend === 'webgpu')?.agrees).toBe(false);
        expect(rates.filter((r) => r.backend === 'webgpu')).toEqual([]);
        expect(refused.map((r) => r.backend)).toContain('webgpu');
        const row = page.locator('#bench-results tr', { hasText: 'WebGPU' }).first();
        expect(await row.textContent()).toMatch(/refused.*WRONG/s);
        expect(disturbances).toContain('The tab was in the background.');
        expect(await page.isVisible('#bench-warning')).toBe(true);
        expect(rates[0].disturbed).toBe(true);
      });
    });

    test('the folder works from any path of any web server', async () => {
      const types: Readonly<Record<string, string>> = {
        '.html': 'text/html',
        '.js': 'text/javascript',
        '.css': 'text/css',
      };
      const files = createServer((request, response) => {
        const name = /^\/a\/b\/([\w.-]*)$/.exec(request.url ?? '')?.[1];
        void (
          name === undefined
            ? Promise.reject(new Error())
            : readFile(join(root, 'dist/page', name === '' ? 'index.html' : name))
        ).then(
          (data) => response.writeHead(200, { 'content-type': types[extname(name ?? '')] ?? 'text/html' }).end(data),
          () => response.writeHead(404).end(),
        );
      });
      await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
      try {
        await open('', `http://127.0.0.1:${(files.address() as AddressInfo).port}/a/b/`);
        await fill({ preset: 'shortfall', trials: '2000', horizons: '8' });
        await page.click('#run');
        await status(/^PASS: 2,000 paths/);
      } finally {
        files.close();
        files.closeAllConnections();
      }
    });

    test.each([
      ['light', 1280],
      ['dark', 360],
    ] as const)('in %s at %i px: nothing for axe-core to find, nothing beyond the edge', async (colorScheme, width) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      await open();
      const violations = async (): Promise<unknown> => {
        // Evaluated, not added: the page's policy lets no foreign script in.
        await page.evaluate(await readFile(AXE, 'utf8'));
        return page.evaluate(async () => {
          const { axe } = globalThis as unknown as {
            axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
          };
          return (await axe.run()).violations.map(
            (v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 120)).join(' | ')}`,
          );
        });
      };
      const overflow = (): Promise<number> =>
        page.evaluate(() => (document.scrollingElement as Element).scrollWidth - document.documentElement.clientWidth);
      expect(await violations()).toEqual([]);
      await fill({ preset: 'shortfall', trials: 'x', horizons: '8, 32' });
      await page.click('#run');
      expect(await violations()).toEqual([]);
      await fill({ trials: '3000' });
      await page.click('#run');
      await status(/^(PASS|FAIL)/);
      await page.waitForFunction(() => document.querySelectorAll('#charts svg').length === 5);
      expect(await violations()).toEqual([]);
      expect(await overflow()).toBe(0);
      await page.click('#tab-benchmark');
      expect(await violations()).toEqual([]);
      expect(await overflow()).toBe(0);
    });
  },
);

/**
 * Workers of the page that never start, fall silent or do not stop, in Chromium and in Firefox: they are replaced where
 * that helps, what they had in hand is counted once, and Stop always ends what the page waits for.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { browserMissing, testChromium } from '../browser/chromium.js';
import { DrivenPage } from '../browser/driven-page.js';
import type { TestBrowser } from '../browser/driven-page.js';
import { firefoxMissing, testFirefox } from '../browser/firefox.js';
import { servePage } from '../browser/page-server.js';
import type { PageServer, Replace } from '../browser/page-server.js';
import { expectedHash } from './expected-hash.js';

const BROWSERS = [
  { name: 'Chromium', missing: browserMissing, launch: testChromium },
  { name: 'Firefox', missing: firefoxMissing, launch: testFirefox },
];

/** A script that does nothing: its worker is silent from the start. */
const NOTHING = '/* silent */';
/** A worker of the pool that says that it has started, and no more. */
const GREETS = `
  const greet = (port) => ({ data }) => {
    if (data instanceof MessagePort) data.onmessage = greet(data);
    else if (data[0].kind === 'hello') port.postMessage([{ kind: 'ready', job: 0 }]);
  };
  self.onmessage = greet(self);`;
/** Before a worker's program: it posts nothing any more once it has posted a message of a type. */
const hush = (type: string): string => `
  {
    const post = self.postMessage.bind(self);
    let silent = false;
    self.postMessage = (message, transfer) => {
      if (!silent) post(message, transfer);
      silent ||= message.type === ${JSON.stringify(type)};
    };
  }`;

const RUN = { preset: 'reference', backend: 'cpu', trials: '20000', horizons: '64', seed: 'silent' };

for (const { name, missing, launch } of BROWSERS) {
  describe.skipIf(missing !== undefined)(`${name}${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
    let browser: TestBrowser;
    let server: PageServer | undefined;
    let close: (() => Promise<unknown>) | undefined;
    beforeAll(async () => {
      browser = await launch();
    });
    afterAll(() => browser.close());
    afterEach(async () => {
      await close?.();
      server?.close();
    });

    const open = async (replace?: Replace) => {
      server = await servePage(replace);
      const { page, problems } = await browser.open();
      close = () => page.close();
      const driven = new DrivenPage(page);
      await driven.goto(server.url);
      return { page: driven, problems };
    };
    const right = async (page: DrivenPage): Promise<void> => {
      expect(await page.says('status', /^(PASS|FAIL|The run failed)/)).toMatch(/^PASS: 20,000 paths/);
      expect(await page.text('hash')).toBe(await expectedHash('reference', 20_000, [64], 'silent'));
    };

    test('one run after the other: the right integers, and nothing to complain of', async () => {
      const { page, problems } = await open();
      await page.fill(RUN);
      for (let i = 0; i < 5; i++) {
        await page.press('run');
        await right(page);
      }
      expect(await page.text('remark')).toBe('');
      expect(problems).toEqual([]);
    });

    test.each([
      ['never starts', NOTHING],
      ['starts and walks nothing', GREETS],
    ])('a worker of the pool that %s is replaced, and the page says so', async (_, program) => {
      const { page } = await open((file, nth) => (file === 'cpu-worker.browser.js' && nth === 0 ? program : undefined));
      await page.fill(RUN);
      await page.press('run');
      await page.says('remark', /A worker was silent for \d+ s and was replaced; its part is walked again/);
      await right(page);
    });

    test('where no worker of the pool answers, Stop ends the run', async () => {
      const { page } = await open((file) => (file === 'cpu-worker.browser.js' ? NOTHING : undefined));
      await page.fill(RUN);
      await page.press('run');
      await page.says('status', /^Preparing/);
      await page.press('stop');
      await page.says('status', /^Stopped before any path was finished/);
    });

    test('a run worker that never starts is replaced', async () => {
      const { page } = await open((file, nth) => (file === 'run-worker.js' && nth === 0 ? NOTHING : undefined));
      await page.fill(RUN);
      await page.press('run');
      await right(page);
      expect(server?.asked('run-worker.js')).toBe(2);
    });

    test('a run worker that falls silent is replaced, and the run comes to the right integers', async () => {
      const { page } = await open((file, nth, own) =>
        file === 'run-worker.js' && nth === 0 ? hush('kept') + own : undefined,
      );
      const trials = 2_000_000;
      await page.fill({ ...RUN, trials: String(trials) });
      await page.press('run');
      const remark = await page.says('remark', /silent for \d+ s and was replaced; the run goes on from [\d,]+ paths/);
      expect(remark).not.toContain('from 0 paths');
      await page.says('status', /^PASS: 2,000,000 paths/);
      expect(await page.text('hash')).toBe(await expectedHash('reference', trials, [64], 'silent'));
    });

    test('a run worker that does not stop is ended; what was finished is kept, and continued', async () => {
      const { page } = await open((file, nth, own) =>
        file === 'run-worker.js' && nth === 0 ? hush('kept') + own : undefined,
      );
      await page.fill({ ...RUN, trials: '1000000000', horizons: '1024' });
      await page.press('run');
      await page.until(`/[1-9]/.test(document.getElementById('facts').textContent)`);
      await page.press('stop');
      const said = await page.says('status', /^(Stopped|\d[\d,]* paths|PASS|FAIL)/);
      const paths = /[\d,]+/.exec(said)?.[0] ?? '';
      expect(Number(paths.replaceAll(',', ''))).toBeGreaterThan(0);
      await page.says('status', /^PASS/);
      expect(await page.text('hash')).toBe(
        await expectedHash('reference', Number(paths.replaceAll(',', '')), [1024], 'silent'),
      );
    });

    test('where the law is never solved, Stop ends the wait for it; another run has its verdict', async () => {
      const { page } = await open((file, nth, own) =>
        file === 'theory-worker.js' && nth === 0 ? hush('started') + own : undefined,
      );
      await page.fill(RUN);
      await page.press('run');
      await page.says('status', /^Finished: 20,000 paths\. The exact law is being solved/);
      // A worker that is at its work for good.
      await page.press('stop');
      await page.says('status', /^Finished: 20,000 paths, not judged/);
      expect(await page.text('verdict')).toMatch(/not judged.*was stopped before its law was solved/s);
      await page.press('run');
      await right(page);
    });

    test('a benchmark that does not stop is ended', async () => {
      const { page } = await open((file, _, own) => (file === 'bench-worker.js' ? hush('started') + own : undefined));
      await page.press('bench-start');
      await page.says('bench-status', /^Measuring/);
      await page.press('bench-stop');
      await page.says('bench-status', /^Stopped\./);
    });
  });
}

/**
 * Two hundred runs of the page on the processor in Firefox, none of which may hang: where a worker started the workers,
 * one in twenty did. Each has a seed of its own, and comes to the integers of Node.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DrivenPage } from '../browser/driven-page.js';
import type { TestBrowser } from '../browser/driven-page.js';
import { firefoxMissing, testFirefox } from '../browser/firefox.js';
import { servePage } from '../browser/page-server.js';
import type { PageServer } from '../browser/page-server.js';
import { expectedHash } from './expected-hash.js';

const RUNS = 200;
/** Runs between two loads of the page. */
const RUNS_A_PAGE = 5;

describe.skipIf(firefoxMissing !== undefined)(
  `the page in Firefox${firefoxMissing === undefined ? '' : ` (skipped: ${firefoxMissing})`}`,
  () => {
    let browser: TestBrowser;
    let server: PageServer;
    beforeAll(async () => {
      server = await servePage();
      browser = await testFirefox();
    });
    afterAll(async () => {
      await browser.close();
      server.close();
    });

    test(`${RUNS} runs without a hang`, async () => {
      const remarks: string[] = [];
      for (let i = 0; i < RUNS; i += RUNS_A_PAGE) {
        const { page, problems } = await browser.open();
        const driven = new DrivenPage(page);
        await driven.goto(server.url);
        for (let j = i; j < i + RUNS_A_PAGE; j++) {
          const seed = String(j);
          await driven.fill({ preset: 'reference', backend: 'cpu', trials: '20000', horizons: '64', seed });
          await driven.press('run');
          await driven.says('status', /^(PASS|FAIL): 20,000 paths|^The run failed/);
          expect(await driven.text('hash'), `run ${j}`).toBe(await expectedHash('reference', 20_000, [64], seed));
          const remark = await driven.text('remark');
          if (remark !== '') remarks.push(`run ${j}: ${remark}`);
        }
        expect(problems).toEqual([]);
        await page.close();
      }
      console.log(`${RUNS} runs, ${remarks.length} with a remark`, remarks);
    });
  },
);

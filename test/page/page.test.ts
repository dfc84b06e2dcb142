/**
 * The page as `serve` gives it, driven in a real browser: every backend, wrong input, keys. All else:
 * page.long.test.ts.
 */
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { browserMissing } from '../browser/chromium.js';
import { expectedHash } from './expected-hash.js';
import { pageRig } from './page-rig.js';

describe.skipIf(browserMissing !== undefined)(
  `the page${browserMissing === undefined ? '' : ` (skipped: ${browserMissing})`}`,
  () => {
    const rig = pageRig();
    const { open, fill, status, hash } = rig;
    let page: Page;
    beforeEach(() => {
      page = rig.page();
    });

    test('100,000 paths of 1,024 slots on each backend: equal hashes, those of Node, and a verdict', async () => {
      const expected = await expectedHash('reference', 100_000, [1024], '1');
      await open();
      for (const backend of ['cpu', 'webgpu', 'gpujs']) {
        await fill({ backend, horizons: '1024' });
        await page.click('#run');
        await status(/^(PASS|FAIL|The run failed)/);
        expect(await page.textContent('#status'), backend).toMatch(/^PASS: 100,000 paths/);
        expect(await hash(), backend).toBe(expected);
        expect(await page.textContent('#facts')).toContain(backend);
      }
      // Drawn one after the other once there is a verdict.
      await page.waitForFunction(() => document.querySelectorAll('#charts svg').length === 5);
      for (const chart of await page.locator('#charts svg').all()) {
        expect(await chart.getAttribute('role')).toBe('img');
        expect(await chart.locator('title').first().textContent()).toMatch(/\w/);
      }
      expect(await page.textContent('#charts')).toMatch(/simulated.*exact.*corrected.*Brownian/s);
    });

    test('wrong input shows its message at the field, with the focus there, and nothing is lost', async () => {
      await open();
      const at = async (field: string): Promise<string | null> => {
        await page.click('#run');
        expect(await page.getAttribute(`#${field}`, 'aria-invalid')).toBe('true');
        expect((await page.getAttribute(`#${field}`, 'aria-describedby'))?.split(' ')).toContain(`${field}-error`);
        expect(await page.evaluate(() => document.activeElement?.id)).toBe(field);
        expect(await page.isVisible(`#${field}-error`)).toBe(true);
        return page.textContent(`#${field}-error`);
      };
      await fill({ trials: 'many' });
      expect(await at('trials')).toMatch(/trials: got "many", expected a whole number/);
      await fill({ trials: '1000', horizons: '64, 16' });
      expect(await at('horizons')).toMatch(/got 16 after 64/);
      await fill({ horizons: '16, 64', seed: '' });
      expect(await at('seed')).toMatch(/expected a seed/);
      await fill({ seed: 'x' });
      await page.click('#scenario-details summary');
      const good = await page.inputValue('#scenario');
      await page.fill('#scenario', good.replace('"ratePerSlot": 2', '"ratePerSlot": -2'));
      expect(await at('scenario')).toMatch(/arrivals\.ratePerSlot: got -2/);
      expect(await page.evaluate(() => document.getSelection()?.toString())).toBe('"ratePerSlot"');
      await page.fill('#scenario', good.slice(0, -3));
      expect(await at('scenario')).toMatch(/line \d+/);
      expect(await page.inputValue('#preset')).toBe('own');
      // What the page cannot know before the laws are made also comes to its field.
      await page.fill('#scenario', good);
      await fill({ trials: '1e13', horizons: '16, 64' });
      await page.click('#run');
      await page.waitForSelector('#trials-error:not([hidden])');
      expect(await page.textContent('#trials-error')).toMatch(/trials.*at most 1099511627776/);
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('trials');
      await fill({ trials: '1000' });
      await page.click('#run');
      await status(/^(PASS|FAIL)/);
    });

    test('by keyboard: tabs by arrows, the form by Enter', async () => {
      await open();
      await page.focus('#tab-validate');
      await page.keyboard.press('ArrowRight');
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('tab-benchmark');
      expect(await page.isVisible('#benchmark')).toBe(true);
      expect(await page.isVisible('#validate')).toBe(false);
      await page.keyboard.press('Home');
      expect(await page.isVisible('#validate')).toBe(true);
      await fill({ preset: 'shortfall', trials: '2000', horizons: '8' });
      // Every field is reached from the tab on, in the order in which it stands.
      await page.focus('#tab-validate');
      const reached: (string | undefined)[] = [];
      for (let i = 0; i < 8; i++) {
        await page.keyboard.press('Tab');
        reached.push(
          await page.evaluate(() => document.activeElement?.id || document.activeElement?.tagName.toLowerCase()),
        );
      }
      expect(reached).toEqual(['preset', 'trials', 'horizons', 'seed', 'backend', 'measured', 'summary', 'run']);
      await page.focus('#seed');
      await page.keyboard.press('Enter');
      await status(/^(PASS|FAIL)/);
    });
  },
);

/**
 * Firefox, as the system has it (Debian's package `firefox-esr`), headless, driven by Puppeteer over WebDriver BiDi.
 */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import puppeteer from 'puppeteer-core';
import type { Browser, LaunchOptions } from 'puppeteer-core';
import type { TestBrowser } from './driven-page.js';

const executable = (process.env['PATH'] ?? '')
  .split(delimiter)
  .flatMap((folder) => ['firefox-esr', 'firefox'].map((name) => join(folder, name)))
  .find((path) => existsSync(path));

/** Why there is no Firefox here, or undefined: tests that need it name it in their title when they are skipped. */
export const firefoxMissing = executable === undefined ? 'no firefox-esr or firefox is installed' : undefined;

/** Starts it; close it after use. @param options an environment, preferences */
export function launchFirefox(options: Pick<LaunchOptions, 'env' | 'extraPrefsFirefox'> = {}): Promise<Browser> {
  if (executable === undefined) throw new Error(firefoxMissing);
  return puppeteer.launch({ ...options, browser: 'firefox', executablePath: executable, headless: true });
}

export async function testFirefox(): Promise<TestBrowser> {
  const browser = await launchFirefox();
  return {
    async open() {
      const page = await browser.newPage();
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error') problems.push(message.text());
      });
      return { page, problems };
    },
    close: () => browser.close(),
  };
}

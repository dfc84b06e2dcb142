/** The page as `serve` gives it, in a real browser: what tests that drive it share. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, Page, Worker } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { launchBrowser } from '../browser/chromium.js';

export const root = fileURLToPath(new URL('../../', import.meta.url));
/** Ends a hang, milliseconds. */
const HANG = 600_000;

export interface PageRig {
  /** That of the test that runs. */
  readonly page: () => Page;
  /** Where the page is served. */
  readonly url: () => string;
  readonly open: (fragment?: string, at?: string) => Promise<void>;
  readonly fill: (fields: Readonly<Record<string, string>>) => Promise<void>;
  /** Waits until the status is such. */
  readonly status: (pattern: RegExp) => Promise<unknown>;
  readonly hash: () => Promise<string | null>;
  readonly worker: (name: RegExp) => Promise<Worker>;
  /** The text of the file that a button saves. */
  readonly saved: (button: string) => Promise<string>;
}

/** One server and one browser for a suite, and a page for each test, which may complain of nothing and ask nobody. */
export function pageRig(): PageRig {
  let server: ChildProcess;
  let url = '';
  let browser: Browser;
  let page: Page;
  let problems: string[];
  /** The one address that the page may ask. */
  let own = '';

  beforeAll(async () => {
    server = spawn(process.execPath, ['dist/cli.js', 'serve', '--port', '0', '--json'], { cwd: root, stdio: 'pipe' });
    let printed = '';
    for await (const chunk of server.stdout as AsyncIterable<Buffer>) {
      printed += chunk.toString();
      if (printed.trimEnd().endsWith('}')) break;
    }
    ({ url } = JSON.parse(printed) as { url: string });
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    server.kill('SIGINT');
  });
  beforeEach(async () => {
    page = await browser.newPage();
    page.setDefaultTimeout(HANG);
    problems = [];
    own = url;
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    page.on('request', (request) => {
      if (!/^(blob:|data:)/.test(request.url()) && !request.url().startsWith(own))
        problems.push(`asked for ${request.url()}`);
    });
  });
  afterEach(async () => {
    expect(problems).toEqual([]);
    await page.close();
  });

  const open: PageRig['open'] = async (fragment = '', at = url) => {
    own = at;
    await page.goto(at + fragment);
    await page.waitForSelector('#content:not([hidden])');
    expect(await page.isVisible('#not-started')).toBe(false);
  };
  const fill = async (fields: Readonly<Record<string, string>>): Promise<void> => {
    const { preset = '', backend = 'cpu', ...texts } = fields;
    if (preset !== '') await page.selectOption('#preset', preset);
    await page.selectOption('#backend', backend);
    for (const [id, text] of Object.entries(texts)) await page.fill(`#${id}`, text);
  };
  const status = (pattern: RegExp): Promise<unknown> =>
    page.waitForFunction(
      ([source]) => new RegExp(source).test(document.querySelector('#status')?.textContent ?? ''),
      [pattern.source],
    );
  const hash = async (): Promise<string | null> => page.textContent('#hash');
  const worker = async (name: RegExp): Promise<Worker> => {
    const found = page.workers().find((w) => name.test(w.url()));
    return found ?? page.waitForEvent('worker', (w) => name.test(w.url()));
  };
  const saved = async (button: string): Promise<string> => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.click(button)]);
    return readFile(await download.path(), 'utf8');
  };
  return { page: () => page, url: () => url, open, fill, status, hash, worker, saved };
}

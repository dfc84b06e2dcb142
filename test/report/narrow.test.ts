/** The paper's figures on their page, in a browser as narrow as a telephone: nothing reaches beyond the edge. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { browserMissing, launchBrowser } from '../browser/chromium.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

test.skipIf(browserMissing !== undefined)(`figures fit 360 px ${browserMissing ?? ''}`, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'batterywalk-narrow-'));
  const browser = await launchBrowser();
  try {
    await promisify(execFile)(process.execPath, ['dist/cli.js', 'figure', '3', '--out', folder, '--quiet'], {
      cwd: root,
    });
    const page = await browser.newPage({ viewport: { width: 360, height: 800 } });
    await page.goto(pathToFileURL(join(folder, 'figures.html')).href);
    expect(await page.locator('figure.paper > svg').count()).toBe(1);
    const beyond = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(beyond).toBe(0);
  } finally {
    await browser.close();
    await rm(folder, { recursive: true });
  }
});

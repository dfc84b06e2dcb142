/** What the line under a sweep's table says. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runOn, unfolded } from '../cli/sink.js';
import { DOCUMENT } from './sweeps.js';

const root = mkdtempSync(join(tmpdir(), 'batterywalk-sweep-text-'));
afterAll(() => {
  rmSync(root, { recursive: true });
});

async function textOf(name: string, document: object): Promise<string> {
  const file = join(root, `${name}.json`);
  writeFileSync(file, JSON.stringify(document));
  const { status, stdout, stderr } = await runOn(['sweep', file, '--out', join(root, name), '--backend', 'cpu']);
  expect(status, stderr).toBe(0);
  return unfolded(stdout);
}

test('explains reserves by the first risk of the sweep', async () => {
  const table = await textOf('risky', { ...DOCUMENT, trials: 4000, risks: [0.05, 0.2] });
  expect(table).toMatch(/reserve 0\.05: charge, [kM]?J, that a share 0\.05 of paths exceeds/);
  expect(table).not.toContain('0.01');
});

test('says nothing of reserves where there are none', async () => {
  expect(await textOf('bare', DOCUMENT)).not.toContain('reserve');
});

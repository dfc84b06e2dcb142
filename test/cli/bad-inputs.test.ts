/**
 * A sample of the bad inputs, in this process: one clear line and the right status. All of them are in the long suite.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { faultsOf } from './bad-input.js';
import { badInputs } from './bad-inputs.js';
import { runOn } from './sink.js';

/** Every so many of them, so that every kind is there. */
const EVERY = 9;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'batterywalk-bad-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const sample = badInputs().filter((_, i) => i % EVERY === 0);

test.each(sample.map((bad) => [bad.name, bad] as const))('%s', async (_, bad) => {
  expect(faultsOf(bad, await runOn(bad.args(folder)))).toEqual([]);
});

/** Whose a folder is: it goes on or grows; another sweep's results are not written over by accident. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { claimFolder } from '../../src/sweep/node/claim.js';
import type { Claim } from '../../src/sweep/node/claim.js';
import { DOCUMENT, sweepOf } from './sweeps.js';

let root = '';
let out = '';
let made = 0;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'batterywalk-claim-'));
});
beforeEach(() => {
  out = join(root, String(made++));
});
afterAll(() => {
  rmSync(root, { recursive: true });
});

const claimed = (): string => readFileSync(join(out, 'sweep.json'), 'utf8');
const claim = (changes: Record<string, unknown> = {}, how: Claim = {}): Promise<void> =>
  claimFolder(out, sweepOf(changes), how);
/** As a sweep leaves it that has ended. */
const finish = (): void => {
  mkdirSync(join(out, 'shards'), { recursive: true });
  for (const name of ['results.parquet', 'manifest.json']) writeFileSync(join(out, name), 'kept');
};
const RATES = 'arrivals.ratePerSlot';
const grown = { axes: { ...DOCUMENT.axes, [RATES]: [1, 2, 3, 4] } };

test('a new folder is taken, and the same sweep goes on in it', async () => {
  await claim();
  const text = claimed();
  finish();
  await claim();
  expect(claimed()).toBe(text);
});

test('a sweep grows in its folder: more points, more trials, other horizons', async () => {
  await claim();
  finish();
  await claim(grown);
  expect(claimed()).toContain('4');
  await claim({ ...grown, trials: 6000 });
  await claim({ ...grown, horizons: [16, 32] });
  expect(JSON.parse(claimed())).toMatchObject({ horizons: [16, 32] });
});

test.each<[string, Record<string, unknown>, RegExp]>([
  ['another seed', { seed: 'other' }, /holds another sweep \(6 of its 6 points are not in this one\)/],
  ['other values', { axes: { ...DOCUMENT.axes, [RATES]: [2, 3, 5] } }, /\(2 of its 6 points are not in this one\)/],
  ['another base', { base: 'benchmark' }, /another sweep/],
])('with %s it is refused, and what is there stays', async (_, changes, message) => {
  await claim();
  finish();
  const text = claimed();
  await expect(claim(changes)).rejects.toThrow(message);
  await expect(claim(changes)).rejects.toMatchObject({ name: 'InputError', field: '--out' });
  await expect(claim(changes)).rejects.toThrow(/expected a folder that is new or of this one; --replace writes over/);
  expect(claimed()).toBe(text);
  await claim(changes, { replace: true });
  expect(claimed()).not.toBe(text);
});

test('a sweep file of the user’s own in the folder is not written over', async () => {
  mkdirSync(out);
  writeFileSync(join(out, 'sweep.json'), JSON.stringify(DOCUMENT));
  await expect(claim(grown)).rejects.toThrow(/a sweep\.json that no sweep has written/);
  expect(claimed()).toBe(JSON.stringify(DOCUMENT));
});

test('results of another command are not written over', async () => {
  mkdirSync(out);
  writeFileSync(join(out, 'manifest.json'), '{}');
  await expect(claim()).rejects.toThrow(/results of something else than a sweep/);
  expect(existsSync(join(out, 'sweep.json'))).toBe(false);
});

test('what a broken disk has left is taken again where there are no results, and named where there are', async () => {
  mkdirSync(out);
  writeFileSync(join(out, 'sweep.json'), '{"schemaVersion": 1');
  await claim();
  expect(JSON.parse(claimed())).toMatchObject({ seed: DOCUMENT.seed });
  finish();
  writeFileSync(join(out, 'sweep.json'), '{"schemaVersion": 1');
  await expect(claim()).rejects.toThrow(/a sweep that cannot be read \(.*sweep\.json: got the end of the text/);
});

test('parts must be of one sweep, grown or not', async () => {
  await claim();
  await expect(claim(grown, { shared: true })).rejects.toThrow(/holds another sweep, .*its parts must go together/);
});

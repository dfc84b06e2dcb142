/** `batterywalk fit requests` from the command line: its document, its text, what it keeps, what it refuses. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseScenario } from '../../src/scenario/parse.js';
import type { RequestsFit } from '../../src/study/fit/requests.js';
import { runOn, unfolded } from './sink.js';

const FILE = fileURLToPath(new URL('../scenario/files/requests.csv', import.meta.url));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'batterywalk-fit-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

it('prints one document, and keeps a scenario that is read', async () => {
  const args = ['fit', 'requests', FILE, '--slot-seconds', '1min', '--joules-per-token', '0.4', '--out', folder];
  const { status, stdout } = await runOn([...args, '--json', '--quiet']);
  expect(status).toBe(0);
  const { arrivals, tasks, fit } = JSON.parse(stdout) as RequestsFit;
  // 73.9 requests a minute, dispersed by 17.6 (expected.json).
  expect(arrivals.ratePerSlot).toBeCloseTo(73.9, 9);
  expect(arrivals.dispersion).toBeCloseTo(17.6485, 3);
  expect(fit.windows.map(({ seconds }) => seconds)).toEqual([60, 300]);
  expect(fit.meanTokens).toBeCloseTo(340.14569237708616, 9);
  const kept: unknown = JSON.parse(readFileSync(join(folder, 'scenario.json'), 'utf8'));
  expect(parseScenario(kept)).toMatchObject({ name: 'requests', slotSeconds: 60, arrivals });
  expect(tasks.length).toBe(12);
});

it('says in words whether Remark 1 holds', async () => {
  const { status, stdout } = await runOn(['fit', 'requests', FILE, '--slot-seconds', '10', '--quiet']);
  expect(status).toBe(0);
  expect(unfolded(stdout)).toContain('Remark 1 does not hold here');
  expect(stdout).toContain('█');
});

it.each([
  [['fit', 'sun', FILE], 'WHAT: got "sun", expected one of requests'],
  [['fit', 'requests', FILE, '--slot-seconds', '0'], '--slot-seconds: got "0", expected seconds > 0'],
  [['fit', 'requests', FILE, '--slot-seconds', '1h'], 'expected 10 slots or more'],
  [['fit', 'requests', FILE, '--kinds', '1000'], '--kinds: got "1000", expected a whole number from 1 to 100'],
  [['fit', 'requests', FILE, '--risk', '2'], '--risk: got "2", expected a probability from 0.001 to 0.5'],
  [['fit', 'requests', FILE, '--trace', '[1]'], '--trace: got [1], expected a JSON object'],
])('refuses %j', async (args, message) => {
  const { status, stdout, stderr } = await runOn(args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(unfolded(stderr)).toContain(message);
});

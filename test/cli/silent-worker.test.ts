/** That a worker stayed silent and was replaced is told by the command line, and changes no number. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Host } from '../../src/host/contract.js';
import type { SilentHost } from '../engine/silent-host.js';
import { passing } from '../engine/silent-host.js';
import { LIGHT } from './light.js';
import type { Outcome } from './sink.js';
import { runOn } from './sink.js';

const state = vi.hoisted((): { own: SilentHost | undefined; toSilence: boolean } => ({
  ...{ own: undefined, toSilence: false },
}));
vi.mock('#host', async (actual) => {
  const { host } = await actual<{ host: Host }>();
  const { silentHost } = await import('../engine/silent-host.js');
  // The first worker that is greeted, where one is to be silent.
  state.own = silentHost(host, ({ bundle }) => {
    const isSilent = bundle === 0 && state.toSilence;
    state.toSilence &&= !isSilent;
    return isSilent;
  });
  return { host: state.own.host };
});

const folder = mkdtempSync(join(tmpdir(), 'batterywalk-silent-'));
const light = join(folder, 'light.json');
writeFileSync(light, JSON.stringify(LIGHT));
beforeAll(async () => {
  // Commands load it when they need it.
  await import('#host');
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function command(args: readonly string[], isSilent: boolean): Promise<Outcome> {
  state.toSilence = isSilent;
  const work = runOn([...args, '--backend', 'cpu', '--threads', '2', '--trials', '4000', '--slots', '48']);
  if (state.own === undefined) throw new Error('the host is not the silent one');
  return passing(state.own, work);
}

const REMARK = /^A worker was silent for \d+ s and was replaced; its part is walked again and counted once\.$/m;

test('run tells it, with the counts of a run whose workers all answer', async () => {
  const run = ['run', light, '--json'];
  const calm = await command(run, false);
  const silent = await command(run, true);
  expect(silent.status, silent.stderr).toBe(0);
  expect(silent.stderr).toMatch(REMARK);
  expect(calm.stderr).not.toMatch(REMARK);
  const counted = ({ stdout }: Outcome): unknown => (JSON.parse(stdout) as { partialsSha256: string }).partialsSha256;
  expect(counted(silent)).toBe(counted(calm));
});

test.each([
  ['compare', ['compare', 'solar-site', '--policy', 'myopic,latest', '--from', '24']],
  ['design', ['design', light, '--risk', '0.1', '--vary', 'battery.initialJoules']],
])('%s tells it', async (_, args) => {
  const { status, stderr } = await command(args, true);
  expect(status, stderr).toBe(0);
  expect(stderr).toMatch(REMARK);
});

test('nothing is told where it is to be quiet', async () => {
  const { status, stderr } = await command(['run', light, '--quiet'], true);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(state.toSilence).toBe(false);
});

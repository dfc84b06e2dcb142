/** The library's four questions: the documents of the command line, for every model, with progress and a stop. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StoppedError, compare, design, loadPreset, simulate, validate } from '../../src/index.js';
import type { StudyProgress } from '../../src/index.js';
import { runOn } from '../cli/sink.js';
import { siteWith } from '../engine/site-settings.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'batterywalk-library-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const SITE = siteWith({ battery: { initialJoules: 2000, capacityJoules: 10_000, chargeEfficiency: 0.9 } });
const FLEET = { ...loadPreset('reference'), accounting: 'distributed' } as const;
const CPU = { backend: 'cpu', threads: 1 } as const;

/** What the command line prints of it, without what differs from run to run. */
async function onCommandLine(command: string, scenario: object, options: readonly string[]): Promise<object> {
  const path = join(folder, 'scenario.json');
  writeFileSync(path, JSON.stringify(scenario));
  const { stdout } = await runOn([command, path, ...options, '--backend', 'cpu', '--json', '--quiet']);
  return timeless(JSON.parse(stdout) as object);
}

/** As JSON prints it, without times and what the built engine calls itself. */
function timeless(document: object): object {
  const { elapsedSeconds, pathSlotsPerSecond, engine, ...rest } = JSON.parse(JSON.stringify(document)) as Record<
    string,
    unknown
  >;
  expect(engine).toBeTypeOf('object');
  expect(elapsedSeconds).toBeTypeOf('number');
  expect([undefined, 'number']).toContain(pathSlotsPerSecond === undefined ? undefined : typeof pathSlotsPerSecond);
  return rest;
}

describe('simulate and validate', () => {
  const request = { trials: 3000, horizons: [4, 16], seed: 'library' };
  const options = ['--trials', '3000', '--horizons', '4,16', '--seed', 'library'];

  test.each([
    ['walk', loadPreset('surplus')],
    ['distributed', FLEET],
    ['site', SITE],
  ] as const)('give the documents of the command line: %s', async (kind, scenario) => {
    const simulated = await simulate(scenario, { ...request, ...CPU });
    expect(timeless(simulated.document)).toEqual(await onCommandLine('run', scenario, options));
    const validated = await validate(scenario, { ...request, ...CPU });
    expect([validated.kind, validated.pass]).toEqual([kind, true]);
    expect(timeless(validated.document)).toEqual(await onCommandLine('validate', scenario, options));
    expect(validated.text()).toContain('3,000 paths of 16 slots');
  });

  test('tell how far they are, and a stop leaves what is finished', async () => {
    const seen: StudyProgress[] = [];
    const stop = new AbortController();
    const { run } = await simulate(loadPreset('surplus'), {
      ...{ trials: 1e9, horizons: [256], ...CPU, signal: stop.signal },
      onProgress: (progress) => {
        seen.push(progress);
        if (progress.done > 2e5) stop.abort();
      },
    });
    expect(run.partials.horizons[0].count).toBeGreaterThan(0);
    expect(run.partials.horizons[0].count).toBeLessThan(1e9);
    expect(seen.every(({ done, total }) => done <= total && total === 256e9)).toBe(true);
    expect(seen.length).toBeGreaterThan(0);
  });

  test('refuse a stop before the first path, and what is no scenario', async () => {
    await expect(simulate(SITE, { ...CPU, signal: AbortSignal.abort() })).rejects.toThrow(StoppedError);
    await expect(simulate({ schemaVersion: 1, arrivels: {} }, CPU)).rejects.toThrow(/arrivels/);
    await expect(simulate(SITE, { ...CPU, until: 'soon' })).rejects.toThrow(/--until: got "soon"/);
  });

  test('go on until a target is met', async () => {
    const { run } = await simulate(SITE, { ...CPU, horizons: [16], trials: 1e6, until: 'waste:2%' });
    expect(run.precision).toMatchObject({ target: { quantity: 'waste' }, look: { met: true } });
  });
});

describe('compare and design', () => {
  test('give the documents of the command line', async () => {
    const { document, text } = await compare(SITE, { trials: 300, horizons: [8], seed: 'library', ...CPU });
    const options = ['--trials', '300', '--slots', '8', '--seed', 'library'];
    expect(timeless(document)).toEqual(await onCommandLine('compare', SITE, options));
    expect(text()).toContain('latest');

    const own = { vary: 'battery.initialJoules', risk: 0.1, slots: 16, trials: 2000 };
    const found = await design(loadPreset('surplus'), { ...own, seed: 'library', ...CPU });
    const asked = ['--vary', own.vary, '--risk', '0.1', '--slots', '16', '--trials', '2000', '--seed', 'library'];
    expect(timeless(found.document)).toEqual(await onCommandLine('design', loadPreset('surplus'), asked));
    expect(found.result.value).toBeGreaterThan(0);
  });

  test('take scenarios by their names', async () => {
    const larger = { ...SITE, battery: { ...SITE.battery, capacityJoules: 20_000 } };
    const sides = [
      { name: 'as it is', scenario: SITE },
      { name: 'larger', scenario: larger },
    ];
    const result = await compare(sides, { trials: 300, horizons: [8], ...CPU });
    expect(result.sides.map(({ name }) => name)).toEqual(['as it is', 'larger']);
    const auxiliary = result.comparisons[0][0].quantities.find(({ quantity }) => quantity === 'auxiliary');
    expect(auxiliary?.difference).toBeLessThanOrEqual(0);
  });
});

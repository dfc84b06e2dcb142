/**
 * A stream for each purpose: known answers, and scenarios that differ in one purpose see every other's draws as they
 * were.
 */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { host } from '#host';
import streamSource from '../../kernels/stream.wgsl';
import { SiteDrawer } from '../../src/engine/cpu/site-draws.js';
import { walkSite } from '../../src/engine/cpu/site.js';
import type { AdapterHandle } from '../../src/host/contract.js';
import { wgslConstants } from '../../src/engine/kernels/layout.js';
import { PURPOSE } from '../../src/engine/purposes.js';
import type { Purpose } from '../../src/engine/purposes.js';
import { SITE_ROWS } from '../../src/engine/site-job.js';
import type { SiteRow } from '../../src/engine/site-job.js';
import { nextWord, pathState } from '../../src/engine/stream.js';
import { openDevice } from '../../src/engine/webgpu/device.js';
import type { Device } from '../../src/engine/webgpu/device.js';
import { drawKinds } from '../../src/law/drawn-kinds.js';
import { sampleSite } from '../../src/law/site-law.js';
import type { SiteLaw } from '../../src/law/site-law.js';
import type { Scenario } from '../../src/scenario/scenario.js';
import { runKernel } from './device-kernel.js';
import { DAY, WEATHER, fleetWith, taskSiteJob } from './site-settings.js';

const KEY = Uint32Array.of(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344);
const hex = (words: string): number[] => words.split(' ').map((word) => parseInt(word, 16));
const vectors = readFileSync(new URL('streams.kat.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split('|').map((part) => part.trim()))
  .map(([name, number, path, state, words]) => ({
    name: name as keyof typeof PURPOSE,
    purpose: Number(number) as Purpose,
    path: Number(path),
    state: hex(state),
    words: hex(words),
  }));

describe('known answers', () => {
  test('name every purpose', () => {
    expect(new Set(vectors.map(({ name }) => name))).toEqual(new Set(Object.keys(PURPOSE)));
    expect(vectors).toHaveLength(3 * Object.keys(PURPOSE).length);
  });

  test.each(vectors)('on the processor: $name of path $path', ({ name, purpose, path, state, words }) => {
    expect(PURPOSE[name]).toBe(purpose);
    const own = pathState(KEY, path, purpose);
    expect([...own]).toEqual(state);
    expect(words.map(() => nextWord(own))).toEqual(words);
  });

  describe('in WGSL', () => {
    let handle: AdapterHandle;
    let device: Device;
    beforeAll(async () => {
      handle = await host.requestAdapter('software');
      device = await openDevice(handle);
    });
    afterAll(() => {
      device.destroy();
      handle.release();
    });

    test('states, words, and the purposes’ numbers by name', async () => {
      const code = `${wgslConstants('STREAM', PURPOSE)}
        ${streamSource}
        @group(0) @binding(0) var<storage, read> given: array<vec4<u32>>;
        @group(0) @binding(1) var<storage, read_write> answers: array<u32>;
        @compute @workgroup_size(1) fn main(@builtin(global_invocation_id) id: vec3<u32>) {
          let names = array<u32, 8>(STREAM_INCREMENTS, STREAM_RESIDUAL, STREAM_ARRIVALS, STREAM_KINDS, STREAM_HARVEST,
            STREAM_WEATHER, STREAM_BLOCKS, STREAM_STARTS);
          let counter = vec4<u32>(given[id.x].xy, names[given[id.x].z], 0u);
          var s = threefry4x32(counter, vec4<u32>(${[...KEY].map((word) => `${word}u`).join(', ')}));
          for (var i = 0u; i < 4u; i++) { answers[id.x * 7u + i] = s[i]; }
          for (var i = 4u; i < 7u; i++) { answers[id.x * 7u + i] = next_word(&s); }
        }`;
      const given = vectors.flatMap(({ path, purpose }) => [path % 2 ** 32, Math.floor(path / 2 ** 32), purpose, 0]);
      const out = await runKernel(
        device,
        { name: 'streams test', entryPoint: 'main', code },
        {},
        [{ words: Uint32Array.from(given) }, { words: new Uint32Array(7 * vectors.length) }],
        vectors.length,
      );
      expect([...out]).toEqual(vectors.flatMap(({ state, words }) => [...state, ...words]));
    });
  });
});

const SLOTS = 300;
const PATHS = 60;

function siteLaw(scenario: Scenario): SiteLaw {
  return sampleSite(resolveScenario(scenario).site, { slots: SLOTS });
}

/** Rows at the last slot, joules where they are energies; and the kinds of all tasks of one path. */
function drawn(scenario: Scenario): {
  rows: Record<SiteRow, Int32Array>;
  quantum: number;
  kinds: string[];
  types: number[];
} {
  const law = siteLaw(scenario);
  const job = taskSiteJob(law, { trials: PATHS, horizons: [SLOTS], seed: 'purposes' });
  const out = new Int32Array(PATHS * SITE_ROWS.length);
  walkSite({ ...job, slots: [SLOTS] }, 0, PATHS, out, PATHS);
  const rows = SITE_ROWS.map((row, i) => [row, out.slice(i * PATHS, (i + 1) * PATHS)]);
  // Columns of the table of kinds, by the kind and the type that they name: the one that settles the mean is another of
  // its kind's.
  const { classes } = law.source;
  const toDraw = classes.map(({ type, rank, classesOfType, probability }) => {
    return { type, isMain: rank === 0, kindsOfType: classesOfType, probability, energy: 0 };
  });
  const kindOf = new Map(drawKinds(toDraw).entries.map(({ column, kind }) => [column, kind]));
  const drawer = new SiteDrawer(law.tables);
  drawer.begin(job.key, 17);
  const kinds: string[] = [];
  const types: number[] = [];
  for (let t = 0; t < SLOTS; t += 100) {
    drawer.draw(100);
    for (const column of drawer.tasks.subarray(0, drawer.taskEnd[99])) {
      const { task, type, rank } = classes[kindOf.get(column) ?? -1];
      kinds.push(`${task} ${rank}`);
      types.push(type);
    }
  }
  return { rows: Object.fromEntries(rows) as Record<SiteRow, Int32Array>, quantum: law.quantumJoules, kinds, types };
}

describe('two sites that differ in one purpose', () => {
  const harvest = { mean: { timesDemand: 1 }, variance: 'matched' } as const;
  const site = (own: object, more: object = {}): Scenario =>
    fleetWith({ battery: { capacityJoules: 5e5 }, harvest: { ...harvest, ...own }, ...more });
  const own = drawn(site({}));

  test.each<[string, Scenario]>([
    ['the harvest’s mean', site({ mean: { timesDemand: 1.05 } })],
    ['its mean, where residual cells come or go', site({ mean: { timesDemand: 1.3 } })],
    ['its variance', site({ variance: 1e9 })],
    ['its profile', site({ profile: DAY })],
    ['weather', site({ weather: WEATHER })],
    ['correlation', site({ correlation: 0.5 })],
    ['correlation and weather', site({ correlation: 0.9, weather: WEATHER })],
    [
      'a trace',
      fleetWith({
        battery: { capacityJoules: 5e5 },
        harvest: { trace: { values: [1e4, 2e4, 5e4], unit: 'W', secondsPerValue: 20, play: 'loop' } },
      }),
    ],
    ['the battery', site({}, { battery: { capacityJoules: 2e6, chargeEfficiency: 0.9, leakPerSlot: 1e-3 } })],
  ])('%s: arrivals, kinds and consumption are equal on every path', (_, other) => {
    const { rows, quantum, kinds } = drawn(other);
    expect(rows.dispatched).toEqual(own.rows.dispatched);
    expect(kinds).toEqual(own.kinds);
    rows.consumption.forEach((quanta, i) => {
      // Sums of equal energies, each sum rounded down to whole quanta of its own site, and each energy to fractions of
      // one.
      const joules = own.rows.consumption[i] * own.quantum;
      const difference = Math.abs(quanta * quantum - joules);
      expect(difference).toBeLessThan(Math.max(quantum, own.quantum) + 5e-7 * joules);
    });
    expect(rows.auxiliary).not.toEqual(own.rows.auxiliary);
  });

  test('with one quantum consumption is equal to the last of it', () => {
    const limited = drawn(site({}, { battery: { capacityJoules: 5e5, dischargeLimitWatts: 4000 } }));
    expect(limited.quantum).toBe(own.quantum);
    expect(limited.rows.consumption).toEqual(own.rows.consumption);
    expect(limited.rows.auxiliary).not.toEqual(own.rows.auxiliary);
  });

  test('an error rate leaves arrivals and types of task as they were', () => {
    const other = drawn(site({}, { routing: { errorRate: 0.3 } }));
    expect(other.rows.dispatched).toEqual(own.rows.dispatched);
    expect(new Set(own.types).size).toBeGreaterThan(1);
    expect(other.types).toEqual(own.types);
    expect(other.kinds).not.toEqual(own.kinds);
  });
});

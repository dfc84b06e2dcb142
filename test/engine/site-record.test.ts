/**
 * Decisions on record: rows of the plain twin of release 0.2.0, before sites were walked in WebAssembly, path by path.
 * What walks them today, in whatever form, decides alike.
 */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { walkSite } from '../../src/engine/cpu/site.js';
import type { SiteWalk } from '../../src/engine/cpu/site.js';
import { openWasmKernels } from '../../src/engine/cpu/wasm.js';
import { SITE_ROWS, planSiteJob } from '../../src/engine/site-job.js';
import type { TaskSiteJob } from '../../src/engine/site-job.js';
import { loadPreset } from '../../src/scenario/presets.js';
import record from './site-record.json' with { type: 'json' };
import { siteLawOf, siteWith } from './site-settings.js';
import { RECORDED_SITES } from './waiting-sites.js';

const sites = openWasmKernels()?.sites;
if (sites === undefined) throw new Error('Node has WebAssembly SIMD');

const SLOTS = [1, 2, 30, 400];
const FIRST = 2 ** 32 - 17;
const PATHS = 37;
const rowsHash = (rows: Int32Array): string =>
  createHash('sha256')
    .update(new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength))
    .digest('hex');

function taskJob(...[law, request]: Parameters<typeof planSiteJob>): TaskSiteJob {
  const job = planSiteJob(law, request);
  if (job.kernel !== 'site') throw new Error(`a job of ${job.kernel}, expected one that walks task by task`);
  return job;
}

type Walker = (walk: SiteWalk, firstPath: number, count: number, out: Int32Array, stride: number) => void;
const inWasm: Walker = (...paths) => {
  sites.walk(...paths);
};

function rowsOf(walker: Walker, walk: SiteWalk, firstPath: number, count: number): Int32Array {
  const out = new Int32Array(SITE_ROWS.length * walk.slots.length * count);
  walker(walk, firstPath, count, out, count);
  return out;
}

/** Many kinds that wait are the twin's. */
const isServed = ({ tables }: SiteWalk, name: string): boolean => !(tables.queue && name.startsWith('forty kinds'));

test('every policy and both accountings are on record', () => {
  expect(RECORDED_SITES.map(({ name }) => name)).toEqual(Object.keys(record));
});

describe.each(RECORDED_SITES)('$name', ({ name, scenario }) => {
  const law = siteLawOf(scenario, 400);
  const walk = { ...taskJob(law, { trials: 1, horizons: SLOTS, seed: 'recorded' }), slots: SLOTS };
  const expected = (record as Readonly<Record<string, string>>)[name];

  test('the twin decides as it did', () => {
    expect(rowsHash(rowsOf(walkSite, walk, FIRST, PATHS))).toBe(expected);
  });

  test('so does WebAssembly, where it has the form', () => {
    expect(sites.serves(walk)).toBe(isServed(walk, name));
    if (isServed(walk, name)) expect(rowsHash(rowsOf(inWasm, walk, FIRST, PATHS))).toBe(expected);
  });
});

describe('any cut of a run is the run', () => {
  const walkOf = (scenario: (typeof RECORDED_SITES)[number]['scenario'], slots: number[]): SiteWalk => {
    const law = siteLawOf(scenario, slots[slots.length - 1]);
    return { ...taskJob(law, { trials: 1, horizons: slots, seed: 'cuts' }), slots };
  };
  const threshold = { kind: 'threshold', levelJoules: 20e6 };
  const solar = loadPreset('solar-site');
  const waiting = { ...solar, routing: { ...solar.routing, policy: threshold } };

  test.each([1, 2, 3, 4, 5, 11])('%i paths, and a checkpoint in every slot', (count) => {
    const walk = walkOf(
      siteWith({
        tasks: [
          { energyJoules: 1000, patienceSlots: 5 },
          { energyJoules: 3000, patienceSlots: 2 },
          { energyJoules: 50 },
        ],
        routing: { policy: { kind: 'threshold', levelJoules: 8000, queueLimit: 9 } },
        battery: { capacityJoules: 20_000 },
      }),
      Array.from({ length: 300 }, (_, t) => t + 1),
    );
    expect(rowsOf(inWasm, walk, 5, count)).toEqual(rowsOf(walkSite, walk, 5, count));
  });

  test('one site after another, and back', () => {
    const long = walkOf(waiting as (typeof RECORDED_SITES)[number]['scenario'], [700]);
    const short = walkOf(siteWith({ battery: { capacityJoules: 9000 } }), [3, 64]);
    for (const walk of [long, short, long, short]) {
      expect(rowsOf(inWasm, walk, 2 ** 40, 6)).toEqual(rowsOf(walkSite, walk, 2 ** 40, 6));
    }
  });
});

/** The manifest: what is hashed, and that it is the same on every backend. */
import { createHash } from 'node:crypto';
import { host } from '#host';
import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../src/engine/open-backend.js';
import type { BackendRequest } from '../../src/engine/open-backend.js';
import { resolveScenario } from '../../src/fleet/resolve.js';
import type { Scenario } from '../../src/scenario/scenario.js';
import { prepareRun } from '../../src/study/plan.js';
import type { RunRequest } from '../../src/study/plan.js';
import { runPrepared } from '../../src/study/run.js';
import type { FinishedRun } from '../../src/study/finished.js';
import { canonicalJson } from '../../src/hash.js';
import { hashedInputs, manifestDocument, runRecord, tablesSha256 } from '../../src/report/manifest.js';
import { parseScenario } from '../../src/scenario/parse.js';

const scenario = parseScenario({
  schemaVersion: 1,
  name: 'small',
  arrivals: { ratePerSlot: 3 },
  tasks: [{ energyJoules: 1000 }, { energyJoules: 2500 }],
  harvest: { mean: 'critical', variance: 'matched' },
});
const request = { trials: 3000, horizons: [8, 64], seed: 'monday' };

async function simulated(of: Scenario, asked: RunRequest, on: BackendRequest): Promise<FinishedRun> {
  const backend = await openBackend(host, on);
  return runPrepared(prepareRun(resolveScenario(of), asked), backend).finally(() => backend.release());
}

describe('the manifest', () => {
  let cpu: FinishedRun;
  beforeAll(async () => {
    cpu = await simulated(scenario, request, { backend: 'cpu' });
  });

  it('is equal in its hashed part on WebGPU', async () => {
    const gpu = await simulated(scenario, request, { backend: 'webgpu', adapter: 'software' });
    expect(gpu.backend).toBe('webgpu');
    expect(hashedInputs(gpu)).toEqual(hashedInputs(cpu));
    expect(manifestDocument(hashedInputs(gpu), [])).toEqual(manifestDocument(hashedInputs(cpu), []));
  });

  it.each([
    ['seed', { ...request, seed: 'tuesday' }, scenario, ['tablesSha256', 'scenarioSha256']],
    ['trials', { ...request, trials: 3001 }, scenario, ['tablesSha256', 'scenarioSha256']],
    ['name', request, { ...scenario, name: 'other' }, ['tablesSha256', 'partialsSha256']],
  ] as const)(
    'has another hash with another %s, and the same parts where they are the same',
    async (_, asked, of, same) => {
      const [first, other] = [hashedInputs(cpu), hashedInputs(await simulated(of, asked, { backend: 'cpu' }))];
      expect(other.sha256).not.toBe(first.sha256);
      for (const name of ['tablesSha256', 'scenarioSha256', 'partialsSha256'] as const) {
        expect(other[name] === first[name], name).toBe((same as readonly string[]).includes(name));
      }
    },
  );

  it('counts the paths that were finished, and keeps how many were asked for apart', () => {
    const partials = { horizons: cpu.partials.horizons.map((h) => ({ ...h, count: 7 })) };
    const stopped = { ...cpu, partials };
    const host = { node: 'v0', platform: 'p', arch: 'a', startedAt: 's', endedAt: 'e' };
    expect(hashedInputs(stopped).trials).toBe(7);
    expect(runRecord(stopped, cpu.job.paths, host)).toMatchObject({ trialsAsked: 3000, ...host });
  });
});

describe('canonicalJson', () => {
  it('sorts keys at every depth, keeps the order of lists and says numbers as RFC 8785 does', () => {
    // The numbers of the example of RFC 8785, section 3.2.2; its first one is 333333333.33333329.
    const value = {
      numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      b: { z: 1, a: null },
    };
    expect(canonicalJson(value)).toBe('{"b":{"a":null,"z":1},"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27]}');
  });
});

describe('tablesSha256', () => {
  it('covers every integer, little-endian', () => {
    const tables = { columns: Uint32Array.of(0xfffffffe, 2), base: -1, coreShift: 3, residual: undefined };
    const bytes = ['ffffffff', '03000000', '05000000', '02000000', '00000000', 'feffffff', '02000000'].join('');
    expect(tablesSha256(tables, 5)).toBe(createHash('sha256').update(Buffer.from(bytes, 'hex')).digest('hex'));

    const residual = { columns: Uint32Array.of(9), first: Int32Array.of(-2), shift: Uint32Array.of(1) };
    const more = [
      'ffffffff',
      '03000000',
      '05000000',
      '02000000',
      '01000000',
      'feffffff',
      '02000000',
      '09000000',
      'feffffff',
      '01000000',
    ];
    expect(tablesSha256({ ...tables, residual }, 5)).toBe(
      createHash('sha256')
        .update(Buffer.from(more.join(''), 'hex'))
        .digest('hex'),
    );
  });
});

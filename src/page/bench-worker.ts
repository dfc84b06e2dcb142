/**
 * The worker that measures: every backend in turn, warm-up apart, sizes growing until a run takes its time; a hash of
 * what was counted beside every speed.
 */
import { resolveScenario } from '../fleet/resolve.js';
import { host as ownHost } from '#host';
import { workerScope } from '#worker-scope';
import type { Backend, BackendName } from '../engine/backend.js';
import { borrowWorkers } from '../host/lending.js';
import { openBackend } from '../engine/open-backend.js';
import { partialsSha256 } from '../engine/partials-codec.js';
import { prepareRun } from '../study/plan.js';
import { loadPreset } from '../scenario/presets.js';
import type { BenchBackend, BenchCommand, BenchEvent, Lending, Started } from './protocol.js';

export const BENCH_SLOTS = 4096;
/** Paths that every backend walks for the hash that all must share. */
const CHECKED_PATHS = 1024;
const TIMED_RUNS = 5;
const LEAST_PATHS = 256;
const MOST_PATHS = 2 ** 26;
const GROWTH = 4;
const LIMITS = [
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
] as const;

/** Its workers are the page's: it is told of them first of all. */
let host = ownHost;
let stop = new AbortController();
/** Asked anew each time: messages come in between. */
const stopped = (): boolean => stop.signal.aborted;

const send = (event: BenchEvent | Started): void => {
  workerScope.postMessage(event);
};

workerScope.onMessage((message) => {
  const command = message as BenchCommand | Lending;
  if (command.type === 'lend') host = borrowWorkers(ownHost, command.port);
  else if (command.type === 'stop') stop.abort();
  else void bench(command.backends, command.secondsPerSize);
});
send({ type: 'started' });

/** 32 horizons, even on a logarithmic scale. */
function horizons(): number[] {
  const out: number[] = [];
  for (let i = 0; i < 32; i++) out.push(Math.max(Math.floor(BENCH_SLOTS ** (i / 31) + 0.5), (out.at(-1) ?? 0) + 1));
  return out;
}

async function bench(backends: readonly BackendName[], seconds: number): Promise<void> {
  stop = new AbortController();
  const { job } = prepareRun(resolveScenario(loadPreset('benchmark')), {
    trials: CHECKED_PATHS,
    horizons: horizons(),
    seed: 'bench',
  });
  const before = pace();
  for (const name of backends) {
    if (stopped()) break;
    let backend: Backend | undefined;
    try {
      const start = performance.now();
      const onRemark = (text: string): void => {
        send({ type: 'remark', text });
      };
      backend = await openBackend(host, { backend: name, onRemark });
      const checkSha256 = partialsSha256(await backend.run(job, { signal: stop.signal }));
      if (stopped()) break;
      const warmUpSeconds = (performance.now() - start) / 1000;
      send({
        type: 'opened',
        backend: { backend: name, adapter: backend.adapter, ...(await capabilities(name)), warmUpSeconds, checkSha256 },
      });
      for (let paths = LEAST_PATHS; paths <= MOST_PATHS && !stopped(); paths *= GROWTH) {
        if ((await measure(backend, name, { ...job, paths })) > seconds) break;
      }
    } catch (error) {
      send({ type: 'unavailable', backend: name, reason: error instanceof Error ? error.message : String(error) });
    } finally {
      await backend?.release().catch(() => undefined);
    }
  }
  const after = pace();
  send({ type: 'ended', stopped: stopped(), steadiness: Math.min(before, after) / Math.max(before, after) });
}

/** One size: a run to warm up, then the timed ones. @returns the median time, seconds */
async function measure(backend: Backend, name: BackendName, job: Parameters<Backend['run']>[0]): Promise<number> {
  const { signal } = stop;
  const partialsHash = partialsSha256(await backend.run(job, { signal }));
  const times: number[] = [];
  let agree = true;
  for (let i = 0; i < TIMED_RUNS && !stopped(); i++) {
    const start = performance.now();
    const partials = await backend.run(job, { signal });
    if (stopped()) break;
    times.push((performance.now() - start) / 1000);
    agree &&= partialsSha256(partials) === partialsHash;
  }
  if (times.length < TIMED_RUNS) return Infinity;
  times.sort((a, b) => a - b);
  const rate = (time: number): number => (job.paths * BENCH_SLOTS) / time;
  const median = times[(TIMED_RUNS - 1) / 2];
  send({
    type: 'row',
    row: {
      backend: name,
      paths: job.paths,
      median: rate(median),
      slowest: rate(times[TIMED_RUNS - 1]),
      fastest: rate(times[0]),
      runs: TIMED_RUNS,
      partialsSha256: agree ? partialsHash : '',
    },
  });
  return median;
}

/** What a WebGPU adapter can do. */
async function capabilities(name: BackendName): Promise<Pick<BenchBackend, 'limits' | 'features'>> {
  if (name !== 'webgpu') return { limits: undefined, features: undefined };
  const handle = await host.requestAdapter('auto');
  const { adapter } = handle;
  const limits = Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits[limit]]));
  const features = [...adapter.features].sort();
  handle.release();
  return { limits, features };
}

/** Operations a second of a fixed loop: lower afterwards, the processor has become slower meanwhile. */
function pace(): number {
  let best = 0;
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    let x = 1;
    for (let i = 0; i < 2e6; i++) x = (Math.imul(x, 1664525) + 1013904223) | 0;
    const seconds = (performance.now() - start) / 1000 + (x & 1) * 1e-12;
    best = Math.max(best, 2e6 / seconds);
  }
  return best;
}

/** A prepared run on a backend, from its beginning to its end. Interprets nothing. */
import type { Backend, BackendName, RunControl } from '../engine/backend.js';
import type { Host } from '../host/contract.js';
import { openBackend } from '../engine/open-backend.js';
import type { BackendRequest } from '../engine/open-backend.js';
import type { Partials } from '../engine/partials.js';
import type { Scenario } from '../scenario/scenario.js';
import { resolveScenario } from '../fleet/resolve.js';
import { prepareRun } from './plan.js';
import type { PreparedRun, RunRequest } from './plan.js';

/** What came of a run. */
export interface Simulation extends PreparedRun {
  readonly partials: Partials;
  readonly backend: BackendName;
  readonly adapter: Backend['adapter'];
  /** What is worth knowing of how the backend worked (Backend.remarks). */
  readonly remarks?: readonly string[];
  /** Seconds that the backend worked, without laws, compilation and start-up. */
  readonly elapsedSeconds: number;
  /** Path-slots of the finished paths over `elapsedSeconds`. */
  readonly pathSlotsPerSecond: number;
}

/** Runs a prepared scenario on an open backend. */
export async function runPrepared(
  prepared: PreparedRun,
  backend: Backend,
  control: RunControl = {},
): Promise<Simulation> {
  await backend.ready(prepared.job);
  const start = performance.now();
  const partials = await backend.run(prepared.job, control);
  const elapsedSeconds = (performance.now() - start) / 1000;
  const last = partials.horizons[partials.horizons.length - 1];
  return {
    ...prepared,
    partials,
    ...(await describeBackend(backend)),
    elapsedSeconds,
    pathSlotsPerSecond: (last.count * last.slots) / elapsedSeconds,
  };
}

/** What a result says of the backend that made it; asked for after the run. */
export async function describeBackend(
  backend: Backend,
): Promise<Required<Pick<Simulation, 'backend' | 'adapter' | 'remarks'>>> {
  return { backend: backend.name, adapter: backend.adapter, remarks: (await backend.remarks?.()) ?? [] };
}

/** Prepares, opens a backend, runs, and gives the backend back. */
export async function simulate(
  host: Host,
  scenario: Scenario,
  request: RunRequest,
  options: BackendRequest & RunControl = {},
): Promise<Simulation> {
  const prepared = prepareRun(resolveScenario(scenario), request);
  const backend = await openBackend(host, options);
  try {
    return await runPrepared(prepared, backend, options);
  } finally {
    await backend.release();
  }
}

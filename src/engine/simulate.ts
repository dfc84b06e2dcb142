/** From a checked scenario to exact integers: the sampled law, the job and a backend put together. Interprets nothing. */
import { InputError } from '../errors.js';
import { walkLaw } from '../fleet/demand.js';
import { buildTaskTable } from '../fleet/task-table.js';
import type { TaskTable } from '../fleet/task-table.js';
import type { WalkLaw } from '../fleet/walk-law.js';
import { sampleLaw } from '../law/sampled-law.js';
import type { SampledLaw } from '../law/sampled-law.js';
import type { Scenario } from '../scenario/scenario.js';
import type { Backend, BackendName, RunControl } from './backend.js';
import { planJob } from './job.js';
import type { Job, JobRequest } from './job.js';
import { openBackend } from './open-backend.js';
import type { BackendRequest } from './open-backend.js';
import type { Partials } from './partials.js';
import type { Host } from './host/contract.js';

/** A scenario made ready to run: its laws and its job, before any backend is opened. */
export interface PreparedRun {
  readonly scenario: Scenario;
  readonly tasks: TaskTable;
  readonly walk: WalkLaw;
  readonly law: SampledLaw;
  readonly job: Job;
  readonly seed: string;
}

/** What came of a run. */
export interface Simulation extends PreparedRun {
  readonly partials: Partials;
  readonly backend: BackendName;
  readonly adapter: Backend['adapter'];
  /** Seconds that the backend worked, without laws, compilation and start-up. */
  readonly elapsedSeconds: number;
  /** Path-slots of the finished paths over `elapsedSeconds`. */
  readonly pathSlotsPerSecond: number;
}

/** Checks a scenario against what the lumped engine can do, and prepares its laws and job. @throws InputError, PlanError */
export function prepareRun(scenario: Scenario, request: JobRequest): PreparedRun {
  if (scenario.accounting !== 'lumped') {
    throw new InputError(
      `accounting: got "${scenario.accounting}", expected "lumped": this version simulates consumption at arrival only, ` +
        'which bounds the distributed deficit from above on every path (Lemma 1)',
      'accounting',
    );
  }
  const tasks = buildTaskTable(scenario);
  const walk = walkLaw(scenario, tasks);
  const slots = request.horizons.at(-1) ?? 0;
  const law = sampleLaw(walk, { slots: Math.max(1, slots), initialJoules: scenario.battery.initialJoules });
  return { scenario, tasks, walk, law, job: planJob(law, request), seed: request.seed };
}

/** Runs a prepared scenario on an open backend. */
export async function runPrepared(
  prepared: PreparedRun,
  backend: Backend,
  control: RunControl = {},
): Promise<Simulation> {
  const start = performance.now();
  const partials = await backend.run(prepared.job, control);
  const elapsedSeconds = (performance.now() - start) / 1000;
  const last = partials.horizons[partials.horizons.length - 1];
  return {
    ...prepared,
    partials,
    backend: backend.name,
    adapter: backend.adapter,
    elapsedSeconds,
    pathSlotsPerSecond: (last.count * last.slots) / elapsedSeconds,
  };
}

/** Prepares, opens a backend, runs, and gives the backend back. */
export async function simulate(
  host: Host,
  scenario: Scenario,
  request: JobRequest,
  options: BackendRequest & RunControl = {},
): Promise<Simulation> {
  const prepared = prepareRun(scenario, request);
  const backend = await openBackend(host, options);
  try {
    return await runPrepared(prepared, backend, options);
  } finally {
    await backend.release();
  }
}

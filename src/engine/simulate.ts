/** From a checked scenario to exact integers: the sampled law, the job and a backend put together. Interprets nothing. */
import { InputError, PlanError } from '../errors.js';
import { walkLaw } from '../fleet/demand.js';
import { isSite, siteFields, siteOf } from '../fleet/site.js';
import type { Site } from '../fleet/site.js';
import { taskKinds } from '../fleet/task-kinds.js';
import { buildTaskTable } from '../fleet/task-table.js';
import type { TaskTable } from '../fleet/task-table.js';
import type { WalkLaw } from '../fleet/walk-law.js';
import { sampleLaw } from '../law/sampled-law.js';
import type { SampledLaw } from '../law/sampled-law.js';
import { sampleSite } from '../law/site-law.js';
import type { SiteLaw } from '../law/site-law.js';
import { sampleTaskLaw } from '../law/task-law.js';
import type { TaskLaw } from '../law/task-law.js';
import type { Scenario } from '../scenario/scenario.js';
import type { Backend, BackendName, RunControl } from './backend.js';
import { planJob, planTasksJob } from './job.js';
import type { JobRequest, KernelName, LumpedJob, TasksJob } from './job.js';
import { openBackend } from './open-backend.js';
import type { BackendRequest } from './open-backend.js';
import type { Partials } from './partials.js';
import { planProofJob, proofReach } from './proof-job.js';
import type { ProofJob } from './proof-job.js';
import { planSiteJob } from './site-job.js';
import type { SiteJob } from './site-job.js';
import type { Host } from './host/contract.js';

/** A scenario made ready to run: its laws and its job, before any backend is opened. */
export interface PreparedRun {
  readonly scenario: Scenario;
  readonly tasks: TaskTable;
  readonly walk: WalkLaw;
  /** A TaskLaw where the tasks kernel walks. */
  readonly law: SampledLaw | TaskLaw;
  readonly job: LumpedJob | TasksJob;
  readonly seed: string;
}

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

/** What a run is asked for, and by which kernel. */
export interface RunRequest extends JobRequest {
  /** Left out: `lumped` for lumped accounting, which is much the faster; `tasks` for distributed accounting, which needs it. */
  readonly kernel?: KernelName;
}

/** Most tasks that a slot may bring on average where each is drawn for itself: beyond it counts are summed from so many draws that their law is no longer
 *  the one promised (law/sampling-bounds.ts), a slot takes tens of milliseconds, and a window of slots does not fit into memory. */
const MOST_TASKS_DRAWN = 2 ** 20;

/** @throws {PlanError} where a slot brings too many tasks for each to be drawn */
function checkTasksDrawn({ arrivals }: Scenario, factors: ArrayLike<number> = [1]): void {
  const busiest = arrivals.ratePerSlot * Array.from(factors).reduce((a, b) => Math.max(a, b), 0);
  if (busiest <= MOST_TASKS_DRAWN) return;
  throw new PlanError(
    `arrivals.ratePerSlot: got ${busiest} tasks in the busiest slot, expected at most ${MOST_TASKS_DRAWN} where every task is drawn for itself (sites, ` +
      'distributed accounting, prove, --kernel tasks): take shorter slots, merge tasks into larger ones, or the lumped walk, which has no such limit',
    'arrivals.ratePerSlot',
  );
}

/** Checks a scenario against what its kernel can do, and prepares its laws and job. @throws InputError, PlanError */
export function prepareRun(scenario: Scenario, request: RunRequest): PreparedRun {
  const { accounting } = scenario;
  const kernel = request.kernel ?? (accounting === 'lumped' ? 'lumped' : 'tasks');
  if (accounting === 'distributed' && kernel === 'lumped') {
    throw new InputError(
      'kernel: got "lumped" for a scenario with accounting "distributed", expected "tasks": only it knows when a task burns its energy',
      'kernel',
    );
  }
  const tasks = buildTaskTable(scenario);
  refuseSite(scenario, tasks);
  const walk = walkLaw(scenario, tasks);
  const plan = { slots: Math.max(1, request.horizons.at(-1) ?? 0), initialJoules: scenario.battery.initialJoules };
  const prepared = { scenario, tasks, walk, seed: request.seed };
  if (kernel === 'lumped') {
    const law = sampleLaw(walk, plan);
    return { ...prepared, law, job: planJob(law, request) };
  }
  checkTasksDrawn(scenario);
  const law = sampleTaskLaw({ walk, kinds: taskKinds(scenario, tasks) }, plan);
  return { ...prepared, law, job: planTasksJob(law, accounting, request) };
}

/** A proof made ready to run: both accountings of the scenario, whichever it names. */
export interface PreparedProof {
  readonly scenario: Scenario;
  readonly walk: WalkLaw;
  readonly law: TaskLaw;
  readonly job: ProofJob;
  readonly seed: string;
}

/** A site made ready to run (fleet/site.ts). */
export interface PreparedSite {
  readonly scenario: Scenario;
  readonly tasks: TaskTable;
  readonly site: Site;
  readonly law: SiteLaw;
  readonly job: SiteJob;
  readonly seed: string;
}

/** Whether a scenario is run as a site: it is one, or it names a policy, of whose queue the paper's kernels know nothing. */
export function runsAsSite(scenario: Scenario): boolean {
  return scenario.routing.policy !== undefined || isSite(scenario, buildTaskTable(scenario));
}

/** Prepares a scenario as a site, whatever it says beyond the paper's walk, or nothing. @throws InputError, PlanError */
export function prepareSite(scenario: Scenario, request: JobRequest): PreparedSite {
  const tasks = buildTaskTable(scenario);
  const site = siteOf(scenario, tasks);
  checkTasksDrawn(scenario, site.arrivals.values);
  const law = sampleSite(site, { slots: Math.max(1, request.horizons.at(-1) ?? 0) });
  return { scenario, tasks, site, law, job: planSiteJob(law, request), seed: request.seed };
}

/** Refuses a site where only the paper's walk is known: its numbers would be those of another scenario. @throws InputError */
export function refuseSite(scenario: Scenario, tasks: TaskTable): void {
  if (!isSite(scenario, tasks)) return;
  const field = siteFields(scenario)[0] ?? 'battery';
  throw new InputError(
    `${field}: got a site, whose battery, harvest, arrivals or router the paper's walk does not have, expected a scenario without ${field}: ` +
      'run, validate, exact, sweep, compare and design know sites',
    field,
  );
}

/** Prepares the theorems' checks on a scenario. @throws InputError, PlanError */
export function prepareProof(scenario: Scenario, request: JobRequest, plantedQuanta = 0): PreparedProof {
  const tasks = buildTaskTable(scenario);
  refuseSite(scenario, tasks);
  checkTasksDrawn(scenario);
  const walk = walkLaw(scenario, tasks);
  const slots = Math.max(1, request.horizons.at(-1) ?? 0);
  const law = sampleTaskLaw(
    { walk, kinds: taskKinds(scenario, tasks) },
    { slots, initialJoules: scenario.battery.initialJoules, reachJoules: proofReach(walk, slots) },
  );
  return { scenario, walk, law, job: planProofJob(law, request, plantedQuanta), seed: request.seed };
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
  const prepared = prepareRun(scenario, request);
  const backend = await openBackend(host, options);
  try {
    return await runPrepared(prepared, backend, options);
  } finally {
    await backend.release();
  }
}

/** From a resolved scenario to exact integers: the sampled laws and the job of every question that is asked of it. */
import { InputError, PlanError } from '../errors.js';
import { siteFields } from '../fleet/site.js';
import type { Site } from '../fleet/site.js';
import type { Resolved } from '../fleet/resolve.js';
import type { WalkLaw } from '../fleet/walk-law.js';
import { planJob, planTasksJob } from '../engine/job.js';
import type { JobRequest } from '../engine/job-request.js';
import type { KernelName, LumpedJob, TasksJob } from '../engine/job.js';
import { planProofJob, proofReach } from '../engine/proof-job.js';
import type { ProofJob } from '../engine/proof-job.js';
import { planSiteJob } from '../engine/site-job.js';
import type { SiteJob } from '../engine/site-job.js';
import { sampleLaw } from '../law/sampled-law.js';
import type { SampledLaw } from '../law/sampled-law.js';
import { sampleSite } from '../law/site-law.js';
import type { SiteLaw, SitePlan } from '../law/site-law.js';
import { sampleTaskLaw } from '../law/task-law.js';
import type { TaskLaw } from '../law/task-law.js';
import type { Scenario } from '../scenario/scenario.js';

/** What every planned question has. */
export interface Prepared {
  readonly resolved: Resolved;
  readonly scenario: Scenario;
  readonly seed: string;
}

/** A walk made ready to run: its laws and its job, before any backend is opened. */
export interface PreparedRun extends Prepared {
  readonly walk: WalkLaw;
  /** A TaskLaw where the tasks kernel walks. */
  readonly law: SampledLaw | TaskLaw;
  readonly job: LumpedJob | TasksJob;
}

/** A proof made ready to run: both accountings of the scenario, whichever it names. */
export interface PreparedProof extends Prepared {
  readonly walk: WalkLaw;
  readonly law: TaskLaw;
  readonly job: ProofJob;
}

/** A site made ready to run (fleet/site.ts). */
export interface PreparedSite extends Prepared {
  readonly site: Site;
  readonly law: SiteLaw;
  readonly job: SiteJob;
}

/** What a run is asked for, and by which kernel. */
export interface RunRequest extends JobRequest {
  /**
   * Left out: `lumped`, which is much the faster; `tasks` for what needs it: distributed accounting, and of sites those
   * that let tasks wait (law/site-law.ts).
   */
  readonly kernel?: KernelName;
}

/**
 * Most tasks that a slot may bring on average where each is drawn for itself: beyond it counts are summed from so many
 * draws that their law is no longer the one promised (law/sampling-bounds.ts), a slot takes tens of milliseconds, and a
 * window of slots does not fit into memory.
 */
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
export function prepareRun(resolved: Resolved, request: RunRequest): PreparedRun {
  const { scenario } = resolved;
  const { accounting } = scenario;
  checkKernel(scenario, request);
  const kernel = request.kernel ?? (accounting === 'lumped' ? 'lumped' : 'tasks');
  refuseSite(resolved);
  const { walk } = resolved;
  const plan = { slots: lastSlot(request), initialJoules: scenario.battery.initialJoules };
  const prepared = { resolved, scenario, walk, seed: request.seed };
  if (kernel === 'lumped') {
    const law = sampleLaw(walk, plan);
    return { ...prepared, law, job: planJob(law, request) };
  }
  checkTasksDrawn(scenario);
  const law = sampleTaskLaw({ walk, kinds: resolved.kinds }, plan);
  return { ...prepared, law, job: planTasksJob(law, accounting, request) };
}

/** @throws {InputError} where the kernel that is asked for does not know what the scenario needs */
export function checkKernel({ accounting }: Scenario, { kernel }: RunRequest): void {
  if (accounting !== 'distributed' || kernel !== 'lumped') return;
  throw new InputError(
    'kernel: got "lumped" for a scenario with accounting "distributed", expected "tasks": ' +
      'only it knows when a task burns its energy',
    'kernel',
  );
}

/**
 * Prepares any scenario as a site. @throws InputError, PlanError
 * @param form how its slots are drawn, as of `SitePlan`
 */
export function prepareSite(
  resolved: Resolved,
  request: JobRequest,
  form: NonNullable<SitePlan['form']> = 'tasks',
): PreparedSite {
  const { scenario, site } = resolved;
  checkTasksDrawn(scenario, site.arrivals.values);
  const law = sampleSite(site, { slots: lastSlot(request), form });
  return { resolved, scenario, site, law, job: planSiteJob(law, request), seed: request.seed };
}

/** Prepares the theorems' checks on a scenario. @throws InputError, PlanError */
export function prepareProof(resolved: Resolved, request: JobRequest, plantedQuanta = 0): PreparedProof {
  const { scenario } = resolved;
  refuseSite(resolved);
  checkTasksDrawn(scenario);
  const { walk, kinds } = resolved;
  const slots = lastSlot(request);
  const { initialJoules } = scenario.battery;
  const law = sampleTaskLaw({ walk, kinds }, { slots, initialJoules, reachJoules: proofReach(walk, slots) });
  return { resolved, scenario, walk, law, job: planProofJob(law, request, plantedQuanta), seed: request.seed };
}

/** Refuses a site where only the paper's walk is known. @throws InputError */
export function refuseSite({ scenario, isSite }: Resolved): void {
  if (!isSite) return;
  const field = siteFields(scenario)[0] ?? 'battery';
  throw new InputError(
    `${field}: got a site, whose battery, harvest, arrivals or router the paper's walk does not have, expected a scenario without ${field}: ` +
      'run, validate, exact, sweep, compare and design know sites',
    field,
  );
}

const lastSlot = ({ horizons }: JobRequest): number => Math.max(1, horizons.at(-1) ?? 0);

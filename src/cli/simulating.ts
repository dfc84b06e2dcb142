/** What the simulating commands share: preparing, running with a precision target, and what Ctrl-C leaves. */
import { resolveScenario } from '../fleet/resolve.js';
import type { Command } from 'commander';
import type { Backend } from '../engine/backend.js';
import { KERNEL_NAMES } from '../engine/job.js';
import { describeBackend } from '../study/simulation.js';
import { prepareRun } from '../study/plan.js';
import type { PreparedRun, RunRequest } from '../study/plan.js';
import { InputError } from '../errors.js';
import { brokenBounds } from '../law/sampling-bounds.js';
import { horizonRows, runDocument } from '../report/documents.js';
import type { FinishedRun } from '../report/documents.js';
import { runInputs, tablesSha256 } from '../report/manifest.js';
import type { RunHost } from '../report/manifest.js';
import { runText } from '../report/run-text.js';
import type { NamedText } from '../report/run-files.js';
import { formatCount } from '../report/table.js';
import type { Scenario } from '../scenario/scenario.js';
import { parsePrecisionTarget, SequentialPrecision } from '../stats/precision.js';
import type { PrecisionTarget } from '../stats/precision.js';
import { summarize } from '../stats/summary.js';
import type { CommandContext } from './context.js';
import { KeptRun } from './kept-run.js';
import type { Walked } from './kept-run.js';
import { countOf, nothingWalked, openAsked, runJob, tellStop } from './running.js';
import { parseChoice } from '../scenario/values.js';

/** Most trials of a run with a precision target, where `--trials` sets none. */
const MOST_TRIALS = 1e10;

/** Declares `--until`. */
export function takesUntil(command: Command): void {
  command.option(
    '--until <TARGET>',
    'run until the 95 % half-width at the last horizon is small enough: 0.1% (of the mean) or q0.99:0.5%; --trials is then the most',
  );
}

/** Declares `--kernel`. */
export function takesKernel(command: Command): void {
  command.option(
    '--kernel <NAME>',
    `${KERNEL_NAMES.join(' or ')}: tasks draws every task for itself (default: as the accounting asks)`,
  );
}

/** Checks the scenario and plans the run of the shared options. @throws {InputError} */
export function prepare(context: CommandContext, scenario: Scenario = context.scenario()): PreparedRun {
  context.stage('sampling the law');
  const prepared = prepareRun(resolveScenario(scenario), runRequest(context));
  const broken = brokenBounds(prepared.law.samplingError, prepared.walk.harvest);
  if (broken.length > 0) {
    context.remark(
      `the sampled law is further from the scenario than promised: ${broken.join(', ')}; verdicts are against the law that was sampled`,
    );
  }
  return prepared;
}

/** The run that the shared options ask for. @throws {InputError} */
export function runRequest(context: CommandContext): RunRequest {
  const { trials, horizons, seed } = context.options;
  const kernel = context.text('kernel');
  const chosen = kernel === undefined ? {} : { kernel: parseChoice('--kernel', kernel, KERNEL_NAMES) };
  return { trials, horizons, seed, ...chosen };
}

/** What the manifest says of this host. */
export function runHost(startedAt: string): RunHost {
  const { version: node, platform, arch } = process;
  return { node, platform, arch, startedAt, endedAt: new Date().toISOString() };
}

/** The folder of `--out` as the place where a run is kept; nothing without `--out`. @throws {InputError} */
export function keptRun(context: CommandContext, prepared: PreparedRun): KeptRun | undefined {
  const { out } = context.options;
  if (out === undefined) return undefined;
  const { law, job } = prepared;
  return new KeptRun(context, out, runInputs(prepared, tablesSha256(law.tables, law.initialQuanta)), job);
}

/**
 * Writes the files of `--out`, where it is given, each as soon as it is made. A run that is whole is kept in them alone.
 */
export async function saveFiles(
  context: CommandContext,
  kept: KeptRun | undefined,
  files: () => AsyncIterable<NamedText>,
): Promise<void> {
  if (context.options.out === undefined) return;
  context.stage('writing the report');
  for await (const [name, contents] of files()) context.save(name, contents);
  if (!context.signal.aborted) kept?.finish();
}

/**
 * Runs it. After Ctrl-C what is finished comes back; nothing finished is an error.
 * @param kept where it is kept while it goes on
 * @param leastTrials walked before a precision target is looked at
 */
export async function run(
  context: CommandContext,
  prepared: PreparedRun,
  kept?: KeptRun,
  leastTrials = 0,
): Promise<FinishedRun> {
  const until = context.text('until');
  const target = until === undefined ? undefined : parsePrecisionTarget(until);
  context.prepareFolder();
  const backend = await openAsked(context);
  try {
    const label = 'simulating';
    const { job } = prepared;
    const [walked, precision] =
      target === undefined
        ? [await runJob(context, backend, job, { label, kept, before: kept?.before })]
        : await runUntil(context, prepared, backend, { target, leastTrials }, kept);
    tellStop(context, walked);
    const { partials, elapsedSeconds } = walked;
    const last = partials.horizons[partials.horizons.length - 1];
    return {
      ...prepared,
      ...(precision === undefined ? {} : { job: { ...job, paths: last.count }, precision }),
      ...{ partials, elapsedSeconds },
      ...(await describeBackend(backend)),
      pathSlotsPerSecond: (last.count * last.slots) / elapsedSeconds,
    };
  } finally {
    await backend.release();
  }
}

/** Paths that a run has at the most: those asked for, or those that a precision target may take. */
export function mostTrials(context: CommandContext): number {
  const isOpen = context.text('until') !== undefined && context.text('trials') === undefined;
  return isOpen ? MOST_TRIALS : context.options.trials;
}

/** Runs part after part until the target is met, the trials are spent or Ctrl-C comes. */
async function runUntil(
  context: CommandContext,
  prepared: PreparedRun,
  backend: Backend,
  { target, leastTrials }: { readonly target: PrecisionTarget; readonly leastTrials: number },
  kept: KeptRun | undefined,
): Promise<[Walked, FinishedRun['precision']]> {
  const most = mostTrials(context);
  let walked = kept?.before;
  if (walked !== undefined && walked.precision === undefined) {
    throw new InputError(
      '--until: got it with a folder that holds this run already, expected a new folder: a target looks at a run as it grows',
      '--until',
    );
  }
  const rule = new SequentialPrecision(target, { mostTrials: most, leastTrials, state: walked?.precision });
  const name = target.of === 'mean' ? 'the mean' : `q${target.of}`;
  const label = `to ±${(100 * target.relativeHalfWidth).toPrecision(3)} % of ${name}`;
  let precision: FinishedRun['precision'];
  for (;;) {
    const { state } = rule;
    if (state === undefined || (walked !== undefined && context.signal.aborted)) break;
    const job = { ...prepared.job, paths: state.next };
    const before: Walked = { ...(walked ?? nothingWalked(job)), precision: state };
    walked = await runJob(context, backend, job, { label, kept, before });
    if (countOf(walked) === 0) break;
    const { horizons } = walked.partials;
    precision = { target, look: rule.look(horizons[horizons.length - 1], prepared.law.quantumJoules) };
  }
  if (walked === undefined) throw new InputError('the precision target leaves nothing to run', '--until');
  const look = precision?.look;
  if (look !== undefined && !look.met) {
    const reached = (100 * look.relativeHalfWidth).toPrecision(2);
    context.remark(
      `the target was not met: ±${reached} % of ${name} after ${countOf(walked)} paths, about ${Math.ceil(look.trialsNeeded)} would be needed`,
    );
  }
  return [walked, precision];
}

/** What a stop during exact laws leaves of a run: what was simulated, not judged. */
export function offerRun(context: CommandContext, simulation: FinishedRun): void {
  const { partials, law } = simulation;
  const { count } = partials.horizons[0];
  context.offer(
    `stopped before the exact laws were known: ${formatCount(count)} paths were finished and are reported, not judged`,
    () => {
      const summary = summarize(partials, law.quantumJoules);
      const document = runDocument(simulation, summary);
      return { text: runText(simulation, summary), document, rows: horizonRows(document) };
    },
  );
}

/** What the simulating commands share: preparing, opening a backend, running with progress, a precision target and Ctrl-C. */
import type { Command } from 'commander';
import { host } from '#host';
import type { Backend, RunProgress } from '../engine/backend.js';
import { openBackend } from '../engine/open-backend.js';
import { KERNEL_NAMES } from '../engine/job.js';
import { mergePartials } from '../engine/partials.js';
import { prepareRun, runPrepared } from '../engine/simulate.js';
import type { PreparedRun, RunRequest, Simulation } from '../engine/simulate.js';
import { InputError } from '../errors.js';
import { brokenBounds } from '../law/sampling-bounds.js';
import type { FinishedRun } from '../report/documents.js';
import type { RunHost } from '../report/manifest.js';
import type { Scenario } from '../scenario/scenario.js';
import { parsePrecisionTarget, SequentialPrecision } from '../stats/precision.js';
import type { PrecisionTarget } from '../stats/precision.js';
import type { CommandContext } from './context.js';
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
  const prepared = prepareRun(scenario, runRequest(context));
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

/** Progress of a backend as the terminal shows it. */
export function reportProgress(context: CommandContext, label: string): (progress: RunProgress) => void {
  return ({ done, total, elapsedSeconds }) => {
    const rate = elapsedSeconds > 0 ? done / elapsedSeconds : 0;
    context.progress.report({ label, done, total, rate, etaSeconds: rate > 0 ? (total - done) / rate : Infinity });
  };
}

/** Runs it. After Ctrl-C what is finished comes back; nothing finished is an error. */
export async function run(context: CommandContext, prepared: PreparedRun): Promise<FinishedRun> {
  const until = context.text('until');
  const target = until === undefined ? undefined : parsePrecisionTarget(until);
  const { signal } = context;
  context.prepareFolder();
  const backend = await openBackend(host, context.options);
  try {
    const finished =
      target === undefined
        ? await runPart(context, prepared, backend, 'simulating', prepared.job.paths)
        : await runUntil(context, prepared, backend, target);
    const { count } = finished.partials.horizons[0];
    if (count === 0) throw new InputError('stopped before any path was finished: nothing to report');
    if (signal.aborted) context.remark(`stopped: ${count} paths were finished and are reported`);
    return finished;
  } finally {
    await backend.release();
  }
}

/** Runs one job with progress; `goal` is the number of paths in all, `before` how many of them earlier parts have walked. */
function runPart(
  context: CommandContext,
  prepared: PreparedRun,
  backend: Backend,
  label: string,
  goal: number,
  before = 0,
): Promise<Simulation> {
  const slots = prepared.job.horizons[prepared.job.horizons.length - 1].slots;
  return runPrepared(prepared, backend, {
    signal: context.signal,
    onProgress: ({ done, elapsedSeconds }) => {
      const rate = elapsedSeconds > 0 ? done / elapsedSeconds : 0;
      const all = before * slots + done;
      const total = goal * slots;
      context.progress.report({
        label,
        done: all,
        total,
        rate,
        etaSeconds: rate > 0 ? (total - all) / rate : Infinity,
      });
    },
  });
}

/** Runs part after part until the target is met, the trials are spent or Ctrl-C comes. */
async function runUntil(
  context: CommandContext,
  prepared: PreparedRun,
  backend: Backend,
  target: PrecisionTarget,
): Promise<FinishedRun> {
  const most = context.text('trials') === undefined ? MOST_TRIALS : prepared.job.paths;
  const rule = new SequentialPrecision(target, { mostTrials: most });
  const name = target.of === 'mean' ? 'the mean' : `q${target.of}`;
  const label = `to ±${(100 * target.relativeHalfWidth).toPrecision(3)} % of ${name}`;
  let all: FinishedRun | undefined;
  let done = 0;
  for (;;) {
    const next = rule.nextTrials;
    if (next === undefined || (all !== undefined && context.signal.aborted)) break;
    const job = { ...prepared.job, firstPath: prepared.job.firstPath + done, paths: next - done };
    const part = await runPart(context, { ...prepared, job }, backend, label, next, done);
    const merged: FinishedRun = all === undefined ? part : joined(all, part);
    done = merged.partials.horizons[0].count;
    all = merged;
    if (done === 0) break;
    const look = rule.look(merged.partials.horizons[merged.partials.horizons.length - 1], merged.law.quantumJoules);
    all = { ...merged, precision: { target, look } };
  }
  if (all === undefined) throw new InputError('the precision target leaves nothing to run', 'until');
  const look = all.precision?.look;
  if (look !== undefined && !look.met) {
    const reached = (100 * look.relativeHalfWidth).toPrecision(2);
    context.remark(
      `the target was not met: ±${reached} % of ${name} after ${done} paths, about ${Math.ceil(look.trialsNeeded)} would be needed`,
    );
  }
  return { ...all, job: { ...prepared.job, paths: done } };
}

function joined(a: Simulation, b: Simulation): Simulation {
  const partials = mergePartials(a.partials, b.partials);
  const elapsedSeconds = a.elapsedSeconds + b.elapsedSeconds;
  const last = partials.horizons[partials.horizons.length - 1];
  return { ...b, partials, elapsedSeconds, pathSlotsPerSecond: (last.count * last.slots) / elapsedSeconds };
}

/** What the simulating commands share: preparing, running with a precision target, and what Ctrl-C leaves. */
import type { Command } from 'commander';
import { KERNEL_NAMES } from '../engine/job.js';
import { InputError } from '../errors.js';
import { resolveScenario } from '../fleet/resolve.js';
import { brokenBounds } from '../law/sampling-bounds.js';
import { runAnswer } from '../report/answer.js';
import { plannedInputs } from '../report/manifest.js';
import type { RunHost } from '../report/manifest.js';
import type { NamedText } from '../report/run-files.js';
import { formatCount } from '../numeric/format.js';
import type { Scenario } from '../scenario/scenario.js';
import { parseChoice } from '../scenario/values.js';
import { parsePrecisionTarget } from '../stats/precision.js';
import type { PrecisionTarget } from '../stats/precision.js';
import type { Outcome } from '../study/finished.js';
import { studyOf } from '../study/study.js';
import type { Study } from '../study/study.js';
import type { Purpose } from '../study/model.js';
import type { RunRequest } from '../study/plan.js';
import { runsTold } from '../study/progress.js';
import { countOf, walkStudy } from '../study/run.js';
import type { PartSizes, PartsControl, PrecisionPlan } from '../study/run.js';
import type { CommandContext } from './context.js';
import { KeptRun } from './kept-run.js';
import { asking } from './running.js';

/** Most trials of a run with a precision target, where `--trials` sets none. */
const MOST_TRIALS = 1e10;

/** Declares `--until`. */
export function takesUntil(command: Command): void {
  command.option(
    '--until <TARGET>',
    'run until the 95 % half-width at the last horizon is small enough: 0.1% (of the mean), q0.99:0.5% or, of a site, ' +
      'waste:1%; --trials is then the most',
  );
}

/** Declares `--kernel`. */
export function takesKernel(command: Command): void {
  command.option(
    '--kernel <NAME>',
    `${KERNEL_NAMES.join(' or ')}: tasks draws every task for itself (default: lumped, where accounting and policy allow it)`,
  );
}

/** Plans what the shared options ask of a scenario. @throws {InputError} */
export function prepare(context: CommandContext, purpose: Purpose, scenario: Scenario = context.scenario()): Study {
  context.stage('sampling the law');
  const study = studyOf(resolveScenario(scenario), runRequest(context), purpose);
  const { planned } = study;
  if (study.kind === 'site' && context.options.backend === 'gpujs') {
    throw new InputError(
      '--backend: got "gpujs" for a site, expected webgpu, cpu or auto: gpujs has the paper’s kernels only',
      '--backend',
    );
  }
  const broken = 'walk' in planned ? brokenBounds(planned.law.samplingError, planned.walk.harvest) : [];
  if (broken.length > 0) {
    context.remark(
      `the sampled law is further from the scenario than promised: ${broken.join(', ')}; verdicts are against the law that was sampled`,
    );
  }
  return study;
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
export function keptRun(context: CommandContext, { kind, planned }: Study): KeptRun | undefined {
  const { out } = context.options;
  if (out === undefined) return undefined;
  // What a distributed walk and its lumped companion counted together.
  const file = kind === 'distributed' ? 'proof-partials.json' : 'partials.json';
  return new KeptRun(context, out, plannedInputs(planned), planned.job, file);
}

/**
 * Writes the files of `--out`, where it is given, each as soon as it is made. A run that is whole is kept in them
 * alone.
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

/** How parts of a run that is kept are sized: a killed one loses what one of them takes, at the most. */
const keptSizes = (slots: number): PartSizes => ({
  first: Math.max(1, Math.ceil(FIRST_PATH_SLOTS / slots)),
  growth: 16,
  seconds: 10,
});
/** Path-slots of the first part, whose speed is not known. */
const FIRST_PATH_SLOTS = 5e7;

/**
 * Runs it. After Ctrl-C what is finished comes back; nothing finished is an error.
 * @param kept where it is kept while it goes on
 * @param leastTrials walked before a precision target is looked at
 */
export async function run(context: CommandContext, study: Study, kept?: KeptRun, leastTrials = 0): Promise<Outcome> {
  const plan = untilPlan(context, study, kept, leastTrials);
  const { open, control: asked } = asking(context);
  const backend = await open();
  try {
    const { job } = study.planned;
    const label = plan === undefined ? 'simulating' : `to ±${targetWords(plan.target)}`;
    const control: PartsControl = {
      signal: asked.signal,
      before: kept?.before,
      sizes: kept === undefined ? undefined : keptSizes(job.horizons[job.horizons.length - 1].slots),
      onPart: (walked) => {
        if (kept !== undefined && countOf(walked) < job.paths) kept.save(walked);
      },
      onProgress: runsTold(asked, label)(),
    };
    const outcome = await walkStudy(backend, job, plan, control);
    if (asked.signal.aborted) {
      context.remark(`stopped: ${formatCount(countOf(outcome))} paths were finished and are reported`);
    }
    if (outcome.precision !== undefined) tellUnmet(context, outcome.precision);
    return outcome;
  } finally {
    await backend.release();
  }
}

/** Paths that a run has at the most: those asked for, or those that a precision target may take. */
export function mostTrials(context: CommandContext): number {
  const isOpen = context.text('until') !== undefined && context.text('trials') === undefined;
  return isOpen ? MOST_TRIALS : context.options.trials;
}

/** What `--until` asks for. @throws {InputError} */
function untilPlan(
  context: CommandContext,
  { tallies }: Study,
  kept: KeptRun | undefined,
  leastTrials: number,
): PrecisionPlan | undefined {
  const until = context.text('until');
  if (until === undefined) return undefined;
  if (kept?.before !== undefined && kept.before.precision === undefined) {
    throw new InputError(
      '--until: got it with a folder that holds this run already, expected a new folder: a target looks at a run as it grows',
      '--until',
    );
  }
  return {
    target: parsePrecisionTarget(until, Object.keys(tallies)),
    tallies,
    mostTrials: mostTrials(context),
    leastTrials,
  };
}

const ofWords = ({ of, quantity }: PrecisionTarget): string =>
  `${of === 'mean' ? 'the mean' : `q${of}`}${quantity === undefined ? '' : ` of ${quantity}`}`;

const targetWords = (target: PrecisionTarget): string =>
  `${(100 * target.relativeHalfWidth).toPrecision(3)} % of ${ofWords(target)}`;

function tellUnmet(context: CommandContext, { target, look }: NonNullable<Outcome['precision']>): void {
  if (look.met) return;
  const reached = (100 * look.relativeHalfWidth).toPrecision(2);
  context.remark(
    `the target was not met: ±${reached} % of ${ofWords(target)} after ${look.trials} paths, about ${Math.ceil(look.trialsNeeded)} would be needed`,
  );
}

/** What a stop during exact laws leaves of a run: what was simulated, not judged. */
export function offerRun(context: CommandContext, study: Study, outcome: Outcome): void {
  const { count } = outcome.partials.horizons[0];
  context.offer(
    `stopped before the exact laws were known: ${formatCount(count)} paths were finished and are reported, not judged`,
    () => {
      const { document, rows, text } = runAnswer(study.summarize(outcome));
      return { document, rows, text: text() };
    },
  );
}

/** `run` and `validate` of any scenario: what the model is, the study decides. */
import type { KernelName } from '../engine/job.js';
import { resolveScenario } from '../fleet/resolve.js';
import { runAnswer, validationAnswer } from '../report/answer.js';
import type { DistributedDocument } from '../report/distributed.js';
import type { RunDocument, ValidateDocument } from '../report/documents.js';
import type { SiteDocument } from '../report/site-document.js';
import { parseScenario } from '../scenario/parse.js';
import { opened } from './options.js';
import type { RunOptions, ScenarioInput } from './options.js';
import { parsePrecisionTarget } from '../stats/precision.js';
import type { Outcome } from '../study/finished.js';
import { walkStudy } from '../study/run.js';
import type { PartSizes } from '../study/run.js';
import { studyOf } from '../study/study.js';
import type { Study, Summarized, Validated } from '../study/study.js';
import type { Purpose } from '../study/model.js';

/** What a run is asked. */
export interface StudyOptions extends RunOptions {
  /** Paths; 100,000 where left out. With `until`, the most. */
  readonly trials?: number;
  /** Slots of each horizon, ascending; 16, 64, 256 and 1024 where left out. */
  readonly horizons?: readonly number[];
  /** Left out: `lumped`, where accounting and policy allow it. */
  readonly kernel?: KernelName;
  /** A precision target such as `1%`, `q0.99:1%` or, of a site, `waste:1%`: the run goes on until it is met. */
  readonly until?: string;
}

/** What a simulation says: its numbers by model (`kind`), the document of `run --json`, and the tables as text. */
export type SimulationResult = Summarized & {
  readonly document: RunDocument | SiteDocument;
  /** The tables that the command line prints. */
  readonly text: () => string;
};

/** What a validation says: its numbers and verdicts by model (`kind`), the document of `validate --json`, and text. */
export type ValidationResult = Validated & {
  readonly document: ValidateDocument | DistributedDocument | SiteDocument;
  /** The tables that the command line prints. */
  readonly text: () => string;
};

/**
 * Simulates a scenario: the paper's walk, distributed accounting or a site.
 * @throws {InputError}, {PlanError} for what cannot be run; {BackendError} without a backend; {StoppedError} where a
 *   stop left nothing finished
 */
export async function simulate(scenario: ScenarioInput, options: StudyOptions = {}): Promise<SimulationResult> {
  const { study, outcome } = await walked(scenario, options, 'run');
  const summarized = study.summarize(outcome);
  const { document, text } = runAnswer(summarized);
  return { ...summarized, document, text };
}

/**
 * Simulates a scenario and judges the run by the exact law of what was sampled. Laws are made on this thread: from a
 * part of a second to a minute.
 * @throws as `simulate`, and {AccuracyError} where a law cannot be had
 */
export async function validate(scenario: ScenarioInput, options: StudyOptions = {}): Promise<ValidationResult> {
  const { study, outcome } = await walked(scenario, options, 'validate');
  const validated = study.judge(outcome);
  const { document, text } = validationAnswer(validated);
  return { ...validated, document, text };
}

const HORIZONS: readonly number[] = [16, 64, 256, 1024];
/** Parts of a run that may be stopped: what a stop waits for, about. */
const PARTS: Omit<PartSizes, 'first'> = { least: 1, growth: 4, seconds: 0.5 };
const FIRST_PATH_SLOTS = 1e6;

async function walked(
  scenario: ScenarioInput,
  { trials = 1e5, horizons = HORIZONS, seed = '1', kernel, until, signal, onProgress, ...options }: StudyOptions,
  purpose: Purpose,
): Promise<{ readonly study: Study; readonly outcome: Outcome }> {
  const request = { trials, horizons, seed, ...(kernel === undefined ? {} : { kernel }) };
  const study = studyOf(resolveScenario(parseScenario(scenario)), request, purpose);
  const { job } = study.planned;
  const { tallies } = study;
  const target = until === undefined ? undefined : parsePrecisionTarget(until, Object.keys(tallies));
  const backend = await opened(options, job.kernel);
  try {
    const start = performance.now();
    const control = {
      signal,
      sizes: { ...PARTS, first: Math.max(1, Math.ceil(FIRST_PATH_SLOTS / horizons[horizons.length - 1])) },
      onProgress: (done: number, total: number) => {
        onProgress?.({ label: 'simulating', done, total, elapsedSeconds: (performance.now() - start) / 1000 });
      },
    };
    const plan = target === undefined ? undefined : { target, tallies, mostTrials: trials };
    return { study, outcome: await walkStudy(backend, job, plan, control) };
  } finally {
    await backend.release();
  }
}

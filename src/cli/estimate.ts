/** `run --dry-run` and `validate --dry-run`: how long a run would take, measured for a moment where it would run. */
import type { Command } from 'commander';
import type { Job } from '../engine/job.js';
import type { Scenario } from '../scenario/scenario.js';
import { formatCount, formatNumber } from '../numeric/format.js';
import { formatDuration } from '../report/table.js';
import type { CommandContext } from './context.js';
import type { KeptRun } from './kept-run.js';
import { countOf } from '../study/run.js';
import { aboutText, measureRate, openAsked } from './running.js';

/** Declares `--dry-run`. */
export function takesDryRun(command: Command): void {
  command.option('--dry-run', 'print how long it would take, and run nothing');
}

/** What an estimate of `validate` leaves out. */
export const EXACT_BESIDE = '; exact laws, verdicts and report come on top and are not measured';

/** Whether `--dry-run` was given. */
export const isDryRun = (context: CommandContext): boolean => context.own.dryRun === true;

/**
 * Measures and prints.
 * @param kept what the folder of `--out` has already
 * @param more what is not measured, as words
 */
export async function printEstimate(
  context: CommandContext,
  { scenario, job }: { readonly scenario: Scenario; readonly job: Job },
  kept: KeptRun | undefined,
  more = '',
): Promise<void> {
  const backend = await openAsked(context);
  try {
    const rate = await measureRate(context, backend, job);
    const slots = job.horizons[job.horizons.length - 1].slots;
    const finishedTrials = kept?.before === undefined ? 0 : countOf(kept.before);
    const pathSlots = job.paths * slots;
    const estimatedSeconds = ((job.paths - finishedTrials) * slots) / rate;
    if (context.options.json) {
      context.printJson({
        ...{ schemaVersion: 1, scenario, seed: context.options.seed, trials: job.paths, finishedTrials, slots },
        ...{ backend: backend.name, adapter: backend.adapter, pathSlots },
        ...{ pathSlotsPerSecond: rate, estimatedSeconds },
      });
      return;
    }
    const finished = finishedTrials === 0 ? '' : `, ${formatCount(finishedTrials)} of them walked already`;
    context.print(
      `${scenario.name}: ${formatCount(job.paths)} paths of ${formatCount(slots)} slots${finished}\n` +
        `about ${aboutText(estimatedSeconds, backend)}, at ${formatNumber(rate / 1e6, 3)} M path-slots a second ` +
        `(measured for ${formatDuration(0.5)})${more}\n`,
    );
  } finally {
    await backend.release();
  }
}

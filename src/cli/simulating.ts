/** What `run` and `validate` share: preparing, opening a backend, running it with progress and Ctrl-C. */
import { host } from '#host';
import { openBackend } from '../engine/open-backend.js';
import { prepareRun, runPrepared } from '../engine/simulate.js';
import type { PreparedRun, Simulation } from '../engine/simulate.js';
import { InputError } from '../errors.js';
import type { CommandContext } from './context.js';

/** Checks the scenario and plans the run of the shared options. @throws {InputError} */
export function prepare(context: CommandContext): PreparedRun {
  const { trials, horizons, seed } = context.options;
  return prepareRun(context.scenario(), { trials, horizons, seed });
}

/** Runs it. After Ctrl-C what is finished comes back; nothing finished is an error. */
export async function run(context: CommandContext, prepared: PreparedRun): Promise<Simulation> {
  const { backend: wanted, adapter } = context.options;
  const { signal } = context;
  const backend = await openBackend(host, { backend: wanted, adapter });
  try {
    const simulation = await runPrepared(prepared, backend, {
      signal,
      onProgress: ({ done, total, elapsedSeconds }) => {
        const rate = elapsedSeconds > 0 ? done / elapsedSeconds : 0;
        context.progress.report({
          label: 'simulating',
          done,
          total,
          rate,
          etaSeconds: rate > 0 ? (total - done) / rate : Infinity,
        });
      },
    });
    const { count } = simulation.partials.horizons[0];
    if (count === 0) throw new InputError('stopped before any path was finished: nothing to report');
    if (signal.aborted) {
      context.remark(`stopped: ${count} of ${prepared.job.paths} paths were finished and are reported`);
    }
    return simulation;
  } finally {
    await backend.release();
  }
}

/** `batterywalk validate`, the main job: simulate, judge against theory, print the table. Status 1 where a verdict failed. */

import { horizonRows } from '../report/documents.js';
import { resolveScenario } from '../fleet/resolve.js';
import type { CommandSpec } from './context.js';
import { WALKING } from './options.js';
import { prepare, run, runRequest, takesKernel, takesUntil, keptRun, offerRun } from './simulating.js';
import { EXACT_BESIDE, isDryRun, printEstimate, takesDryRun } from './estimate.js';
import { validateSite } from './site.js';
import { validateDistributed } from './validate-distributed.js';
import { Validator } from './validator.js';

export const validate: CommandSpec = {
  name: 'validate',
  describe: 'the main job: simulate, judge against theory, print the table',
  scenario: 'reference',
  applies: [...WALKING, 'json', 'csv', 'out'],
  examples: ['validate', 'validate surplus --trials 1e5 --slots 6h', 'validate mine.json --out report'],
  configure(command) {
    takesUntil(command);
    takesKernel(command);
    takesDryRun(command);
  },
  async run(context) {
    const startedAt = new Date().toISOString();
    const scenario = context.scenario();
    if (resolveScenario(scenario).runsAsSite) return validateSite(context, scenario);
    if (scenario.accounting === 'distributed') return validateDistributed(context, scenario);
    const prepared = prepare(context, scenario);
    const kept = keptRun(context, prepared);
    if (isDryRun(context)) {
      await printEstimate(context, prepared, kept, EXACT_BESIDE);
      return 0;
    }
    const validator = new Validator(scenario, runRequest(context));
    try {
      const simulation = await run(context, prepared, kept);
      offerRun(context, simulation);
      const { partials, backend, adapter, job, ...rest } = simulation;
      const { remarks, elapsedSeconds, pathSlotsPerSecond, precision } = rest;
      const outcome = {
        ...{ partials, backend, adapter, elapsedSeconds, pathSlotsPerSecond, paths: job.paths },
        ...(remarks === undefined ? {} : { remarks }),
        ...(precision === undefined ? {} : { precision }),
      };
      const save = (name: string, contents: string): void => {
        context.save(name, contents);
      };
      const wantsFiles = context.options.out !== undefined;
      context.stage('exact laws and verdicts');
      const { pass, text, document } = await validator.judge({ outcome, startedAt }, wantsFiles ? save : undefined);
      if (!context.signal.aborted) kept?.finish();
      context.show(document, horizonRows(document), () => text);
      return pass ? 0 : 1;
    } finally {
      await validator.release();
    }
  },
};

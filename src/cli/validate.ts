/**
 * `batterywalk validate`, the main job: simulate, judge against theory, print the table. Status 1 where a verdict
 * failed.
 */
import type { CommandSpec } from './context.js';
import { EXACT_BESIDE, isDryRun, printEstimate, takesDryRun } from './estimate.js';
import { WALKING } from './options.js';
import { keptRun, offerRun, prepare, run, runRequest, takesKernel, takesUntil } from './simulating.js';
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
    const study = prepare(context, 'validate');
    const kept = keptRun(context, study);
    if (isDryRun(context)) {
      await printEstimate(context, study.planned, kept, EXACT_BESIDE);
      return 0;
    }
    const validator = new Validator('validate', study.planned.scenario, runRequest(context));
    try {
      const outcome = await run(context, study, kept);
      offerRun(context, study, outcome);
      const save = (name: string, contents: string): void => {
        context.save(name, contents);
      };
      context.stage('exact laws and verdicts');
      const wantsFiles = context.options.out !== undefined;
      const judged = await validator.judge(
        { outcome, startedAt, read: context.files.all },
        wantsFiles ? save : undefined,
      );
      if (!context.signal.aborted) kept?.finish();
      context.show(judged.document, judged.rows, () => judged.text);
      return judged.pass ? 0 : 1;
    } finally {
      await validator.release();
    }
  },
};

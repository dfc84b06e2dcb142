/** `batterywalk run`: simulate and summarise. Status 1 where a path broke a rule. */
import { runAnswer } from '../report/answer.js';
import type { CommandSpec } from './context.js';
import { isDryRun, printEstimate, takesDryRun } from './estimate.js';
import { WALKING } from './options.js';
import { keptRun, prepare, run, runHost, saveFiles, takesKernel, takesUntil } from './simulating.js';

export const runCommand: CommandSpec = {
  name: 'run',
  describe: 'simulate and summarise',
  scenario: 'reference',
  applies: [...WALKING, 'json', 'csv', 'out'],
  examples: ['run', 'run surplus --slots 1h --trials 1e5 --csv', 'run solar-site --slots 3d --until 1% --out results'],
  configure(command) {
    takesUntil(command);
    takesKernel(command);
    takesDryRun(command);
  },
  async run(context) {
    const startedAt = new Date().toISOString();
    const study = prepare(context, 'run');
    const kept = keptRun(context, study);
    if (isDryRun(context)) {
      await printEstimate(context, study.planned, kept);
      return 0;
    }
    const { pass, document, rows, text, files } = runAnswer(
      study.summarize(await run(context, study, kept)),
      context.files.all,
    );
    await saveFiles(context, kept, () => files(() => runHost(startedAt)));
    context.show(document, rows, text);
    return pass ? 0 : 1;
  },
};

/** `batterywalk run`: simulate and summarise. */

import { horizonRows, runDocument } from '../report/documents.js';
import { runText } from '../report/run-text.js';
import { walkFiles } from '../report/validation-files.js';
import { summarize } from '../stats/summary.js';
import { resolveScenario } from '../fleet/resolve.js';
import type { CommandSpec } from './context.js';
import { WALKING } from './options.js';
import { prepare, run, takesKernel, takesUntil, keptRun, runHost, saveFiles } from './simulating.js';
import { isDryRun, printEstimate, takesDryRun } from './estimate.js';
import { runSite } from './site.js';

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
    const scenario = context.scenario();
    if (resolveScenario(scenario).runsAsSite) return runSite(context, scenario);
    const prepared = prepare(context, scenario);
    const kept = keptRun(context, prepared);
    if (isDryRun(context)) {
      await printEstimate(context, prepared, kept);
      return 0;
    }
    const simulation = await run(context, prepared, kept);
    const summary = summarize(simulation.partials, simulation.law.quantumJoules);
    const document = runDocument(simulation, summary);
    await saveFiles(context, kept, () => walkFiles(simulation, document, () => runHost(startedAt)));
    context.show(document, horizonRows(document), () => runText(simulation, summary));
    return 0;
  },
};

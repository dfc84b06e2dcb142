/** `batterywalk run`: simulate and summarise. */
import { runsAsSite } from '../engine/simulate.js';
import { horizonRows, runDocument } from '../report/documents.js';
import { runText } from '../report/run-text.js';
import { summarize } from '../stats/summary.js';
import type { CommandSpec } from './context.js';
import { WALKING } from './options.js';
import { prepare, run, takesKernel, takesUntil } from './simulating.js';
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
  },
  async run(context) {
    const scenario = context.scenario();
    if (runsAsSite(scenario)) return runSite(context, scenario);
    const simulation = await run(context, prepare(context, scenario));
    const summary = summarize(simulation.partials, simulation.law.quantumJoules);
    const document = runDocument(simulation, summary);
    context.save('summary.json', `${JSON.stringify(document, null, 2)}\n`);
    context.show(document, horizonRows(document), () => runText(simulation, summary));
    return 0;
  },
};

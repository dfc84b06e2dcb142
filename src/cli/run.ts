/** `batterywalk run`: simulate and summarise. */
import { runsAsSite } from '../engine/simulate.js';
import { runDocument } from '../report/documents.js';
import { runText } from '../report/run-text.js';
import { summarize } from '../stats/summary.js';
import { takesScenario } from './context.js';
import type { CommandSpec } from './context.js';
import { prepare, run, takesKernel, takesUntil } from './simulating.js';
import { runSite } from './site.js';

export const runCommand: CommandSpec = {
  name: 'run',
  describe: 'simulate and summarise',
  configure(command) {
    takesScenario(command);
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
    if (context.options.json) context.printJson(document);
    else context.print(runText(simulation, summary));
    return 0;
  },
};

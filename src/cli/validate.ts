/** `batterywalk validate`, the main job: simulate, judge against theory, print the table. Status 1 where a verdict failed. */
import { judgedHorizons, sampledReferences, walkTheory } from '../report/rungs.js';
import { validateDocument } from '../report/documents.js';
import { validateText } from '../report/run-text.js';
import { validationFiles } from '../report/validation-files.js';
import { summarize } from '../stats/summary.js';
import { judge } from '../stats/verdict.js';
import { takesScenario } from './context.js';
import type { CommandSpec } from './context.js';
import { prepare, run, runHost, takesKernel, takesUntil } from './simulating.js';
import { asSite, validateSite } from './site.js';
import { validateDistributed } from './validate-distributed.js';

export const validate: CommandSpec = {
  name: 'validate',
  describe: 'the main job: simulate, judge against theory, print the table',
  configure(command) {
    takesScenario(command);
    takesUntil(command);
    takesKernel(command);
  },
  async run(context) {
    const startedAt = new Date().toISOString();
    const scenario = context.scenario();
    if (asSite(scenario)) return validateSite(context, scenario);
    if (scenario.accounting === 'distributed') return validateDistributed(context, scenario);
    const simulation = await run(context, prepare(context, scenario));
    const { partials, law } = simulation;
    const horizons = partials.horizons.map((h) => h.slots);
    const summary = summarize(partials, law.quantumJoules);
    const theory = walkTheory(simulation.walk, horizons);
    const references = sampledReferences(law, theory);
    const judgement = judge(partials, law.quantumJoules, references);
    const judged = judgedHorizons(simulation, theory);
    const document = validateDocument(simulation, summary, judgement, judged);
    if (context.options.out !== undefined) {
      const sampled = references.map((reference) => reference.law);
      const files = validationFiles({ simulation, summary, judged, document, sampled }, () => runHost(startedAt));
      for await (const [name, contents] of files) context.save(name, contents);
    }
    if (context.options.json) context.printJson(document);
    else context.print(validateText(simulation, summary, judgement, judged));
    return judgement.pass ? 0 : 1;
  },
};

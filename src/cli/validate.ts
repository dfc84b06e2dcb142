/** `batterywalk validate`, the main job: simulate, judge against theory, print the table. Status 1 where a verdict failed. */
import { chargedTheory, sampledReferences, walkTheory } from '../report/rungs.js';
import { validateDocument } from '../report/documents.js';
import type { JudgedHorizon } from '../report/documents.js';
import { validateText } from '../report/run-text.js';
import { validationFiles } from '../report/validation-files.js';
import { expectedSupDistance, supDistance } from '../stats/distance.js';
import { summarize } from '../stats/summary.js';
import { judge } from '../stats/verdict.js';
import { takesScenario } from './context.js';
import type { CommandSpec } from './context.js';
import { prepare, requireLumped, run, takesKernel, takesUntil } from './simulating.js';

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
    requireLumped(scenario, 'validate');
    const simulation = await run(context, prepare(context, scenario));
    const { partials, law } = simulation;
    const horizons = partials.horizons.map((h) => h.slots);
    const summary = summarize(partials, law.quantumJoules);
    const theory = walkTheory(simulation.walk, horizons);
    const references = sampledReferences(law, theory);
    const judgement = judge(partials, law.quantumJoules, references);
    const judged = theory.horizons.map((empty, i): JudgedHorizon => {
      const own = chargedTheory(empty, simulation.scenario.battery.initialJoules);
      const horizon = partials.horizons[i];
      const { distance, pValue, criticalValue } = supDistance(horizon, law.quantumJoules, own.brownian);
      const expected = expectedSupDistance(own.exact, own.brownian, horizon, law.quantumJoules).distance;
      return { theory: own, brownianDistance: { seen: distance, expected, pValue, criticalValue } };
    });
    const document = validateDocument(simulation, summary, judgement, judged);
    if (context.options.out !== undefined) {
      const sampled = references.map((reference) => reference.law);
      const { version: node, platform, arch } = process;
      const host = () => ({ node, platform, arch, startedAt, endedAt: new Date().toISOString() });
      for await (const [name, contents] of validationFiles({ simulation, summary, judged, document, sampled }, host)) {
        context.save(name, contents);
      }
    }
    if (context.options.json) context.printJson(document);
    else context.print(validateText(simulation, summary, judgement, judged));
    return judgement.pass ? 0 : 1;
  },
};

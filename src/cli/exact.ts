/**
 * `batterywalk exact`: the exact, corrected and Brownian laws of the deficit; no simulation. `--at` adds values of the
 * CDF.
 */
import { resolveScenario } from '../fleet/resolve.js';
import { exactAnswer } from '../report/exact-answer.js';
import { jsonText } from '../report/run-files.js';
import { parseMeasure, parseNumbers } from '../scenario/values.js';
import { theoryOf } from '../study/study.js';
import type { CommandSpec } from './context.js';

const notNegative = (option: string, value: string): number =>
  parseMeasure(option, value, 'energy', { expected: 'a deficit in joules, at least 0', holds: (x) => x >= 0 });

export const exact: CommandSpec = {
  name: 'exact',
  describe: 'the exact, corrected and Brownian laws; no simulation',
  scenario: 'reference',
  applies: ['slots', 'horizons', 'json', 'csv', 'out'],
  examples: ['exact', 'exact surplus --slots 1d --at 5MJ,2kWh', 'exact mine.json --horizons 1h,1d,7d --csv'],
  configure(command) {
    command.option('--at <D1,D2,…>', 'deficits, such as 5MJ or in joules, at which to give P(D ≤ d) as well');
  },
  run(context) {
    const at = context.text('at');
    const points = at === undefined ? undefined : parseNumbers('--at', at, notNegative);
    const resolved = resolveScenario(context.scenario());
    context.stage('exact laws');
    const theory = theoryOf(resolved, context.options.horizons);
    const { document, rows, text, isUnanswered } = exactAnswer(resolved, theory, points);
    context.save('exact.json', jsonText(document));
    context.show(document, rows, text);
    return isUnanswered ? 3 : 0;
  },
};

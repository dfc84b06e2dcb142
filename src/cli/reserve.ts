/**
 * `batterywalk reserve`: the charge that covers the deficit but for a given risk, or the auxiliary energy of a site
 * that is exceeded with one, from one run and from the exact law side by side.
 */
import { StoppedError } from '../errors.js';
import { largestOf } from '../numeric/extremes.js';
import { resolveScenario } from '../fleet/resolve.js';
import { simulatedReserves } from '../report/reserve-report.js';
import { jsonText } from '../report/run-files.js';
import { formatCount } from '../numeric/format.js';
import { parseMeasure, parseNumbers } from '../scenario/values.js';
import { checkTrialsForRisk, trialsForRisk } from '../stats/reserve.js';
import { modelKindOf } from '../study/study.js';
import { reserveRow, reserveScenario, runReserves } from '../study/reserve.js';
import type { CommandContext, CommandSpec } from './context.js';
import { WALKING } from './options.js';
import { mostTrials, prepare, run, runRequest, takesUntil } from './simulating.js';
import { Validator } from './validator.js';

const DEFAULT_RISKS = '0.1,0.03,0.01,3e-3,1e-3';

const risk = (option: string, value: string): number =>
  parseMeasure(option, value, 'share', {
    expected: 'a probability between 0 and 1, such as 1e-3 or 0.1%',
    holds: (x) => x > 0 && x < 1,
  });

export const reserve: CommandSpec = {
  name: 'reserve',
  describe: 'the charge that covers the deficit, or a site’s auxiliary energy at a risk: --risk 1e-3',
  scenario: 'reference',
  applies: [...WALKING, 'json', 'csv', 'out'],
  examples: [
    'reserve --risk 0.1%',
    'reserve surplus --slots 7d --risk 1%,0.1% --trials 1e5',
    'reserve mine.json --csv',
  ],
  configure(command) {
    takesUntil(command);
    command.option('--risk <R1,R2,…>', `risks P(D > b) to cover, such as 0.1% (default: ${DEFAULT_RISKS})`);
  },
  async run(context) {
    const asked = parseNumbers('--risk', context.text('risk') ?? DEFAULT_RISKS, risk);
    const given = context.scenario();
    const scenario = reserveScenario(given, modelKindOf(resolveScenario(given), 'run'));
    const { initialJoules } = given.battery;
    if (scenario.battery.initialJoules !== initialJoules) {
      context.remark(`battery.initialJoules ${initialJoules} is set aside: reserves are counted from an empty battery`);
    }
    for (const each of asked) checkTrialsForRisk('--risk', each, mostTrials(context));
    const study = prepare(context, 'run', scenario);
    const validator = new Validator('reserve', scenario, runRequest(context));
    try {
      const outcome = await run(context, study, undefined, largestOf(asked.map(trialsForRisk)));
      const { row } = reserveRow(study, outcome);
      const risks = resolvedRisks(context, asked, row.count);
      context.offer(`stopped before the exact law was known: ${row.count} paths were finished and are reported`, () => {
        const { document, text } = simulatedReserves(runReserves(study, outcome, risks));
        return { document, text: text() };
      });
      context.stage('exact law');
      const { document, rows, text } = await validator.reserve(outcome, risks);
      context.save('reserve.json', jsonText(document));
      context.show(document, rows, () => text);
      return 0;
    } finally {
      await validator.release();
    }
  },
};

/**
 * The risks that the paths of a run resolve: all of them, but where it was stopped.
 * @throws {StoppedError} where none
 */
function resolvedRisks(context: CommandContext, asked: readonly number[], trials: number): readonly number[] {
  const risks = asked.filter((each) => trials >= trialsForRisk(each));
  if (risks.length === asked.length) return asked;
  if (risks.length === 0) {
    throw new StoppedError(`stopped: ${formatCount(trials)} paths are too few for any of the risks: nothing to report`);
  }
  const left = asked.filter((each) => !risks.includes(each)).join(', ');
  context.remark(`stopped: ${formatCount(trials)} paths are too few for risks of ${left}, which are left out`);
  return risks;
}

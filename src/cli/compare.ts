/**
 * `batterywalk compare`: scenarios, or the routers of one, path by path; or how accurate a router must be before it
 * pays.
 */
import { InputError } from '../errors.js';
import { harvestDifference } from '../fleet/doubts.js';
import { comparisonDocument, comparisonRows, comparisonText, isSound } from '../report/comparison-report.js';
import { breakEven } from './break-even.js';
import { compareVariants } from '../study/comparing.js';
import { namedScenario, settingsOf, takesSettings } from './context.js';
import { asking } from './running.js';
import type { CommandContext, CommandSpec } from './context.js';
import { WALKING } from './options.js';
import { policyVariants } from './policies.js';
import type { Variant } from '../study/comparing.js';
import { usualVariants } from '../study/policies.js';
import { parseMeasure } from '../scenario/values.js';
import { jsonText } from '../report/run-files.js';
import { readScenario } from './scenario-source.js';

/** All intervals of a comparison are right at once but for this chance. */
const COMPARISON_ALPHA = 0.05;

export const compare: CommandSpec = {
  name: 'compare',
  describe:
    'scenarios, or routers of one, path by path: paired differences, and what they share; --break-even maps overheads',
  defaults: { trials: 20_000 },
  applies: [...WALKING, 'json', 'csv', 'out'],
  examples: [
    'compare before.json after.json --slots 7d',
    'compare solar-site --policy myopic,threshold:levelJoules=5kWh --slots 3d --trials 2000',
    'compare reference --break-even 0,100J,1kJ --seconds 0,1,5',
  ],
  slotLength: (args, raw) => namedScenario(args, raw, 'reference').slotSeconds,
  configure(command) {
    takesSettings(command, 'every scenario');
    command
      .argument('[SCENARIOS...]', 'scenario files or presets; all are held against the first (default: reference)')
      .option(
        '--policy <P1,P2,…>',
        'routers of one scenario, such as myopic,latest,threshold:levelJoules=2e6,backpressure:targetJoules=3e6:joulesPerTask=2e4',
      )
      .option(
        '--break-even <E1,E2,…>',
        'overheads a task, such as 100J,1kJ or in joules: the largest error rate at which a router of each pays',
      )
      .option(
        '--from <T0>',
        'routers that postpone work are compared over the slots after T0 up to T (default: over T slots after a warm-up, found by itself)',
      )
      .option(
        '--seconds <S1,S2,…>',
        'with --break-even: overheads in time a task, such as 500ms or in seconds (default: 0)',
      )
      .option('--baseline <ROUTER>', 'with --break-even: cheapest, random or a model’s name (default: cheapest)');
  },
  async run(context) {
    if (context.text('breakEven') !== undefined) return breakEven(context);
    for (const [name, option] of [
      ['seconds', '--seconds'],
      ['baseline', '--baseline'],
    ]) {
      if (context.text(name) === undefined) continue;
      throw new InputError(`${option}: got it without --break-even, expected both or neither`, option);
    }
    const sources = context.args.length === 0 ? ['reference'] : context.args;
    const variants = variantsOf(context, sources, context.text('policy'));
    checkSlots(variants);
    sayDoubts(context, variants);
    const { horizons, slots, trials } = context.options;
    if (trials < 2) throw new InputError(`--trials: got ${trials}, expected at least 2 for an interval`, '--trials');
    const at = context.text('horizons') === undefined ? [slots] : horizons;
    const from = context.text('from');
    const begin =
      from === undefined
        ? undefined
        : parseMeasure('--from', from, 'slots', {
            expected: `a whole number of slots below ${slots}`,
            holds: (x) => Number.isInteger(x) && x >= 0 && x < slots,
            slotLength: variants[0].scenario.slotSeconds,
          });
    const { seed } = context.options;
    const { open, control } = asking(context);
    const result = await compareVariants(
      { variants, trials, horizons: at, seed, familyAlpha: COMPARISON_ALPHA, from: begin },
      open,
      control,
    );
    const document = comparisonDocument(result);
    context.save('compare.json', jsonText({ ...document, ...context.files.document }));
    context.show(document, comparisonRows(document), () => comparisonText(result));
    return isSound(result) ? 0 : 1;
  },
};

function variantsOf(context: CommandContext, sources: readonly string[], policies: string | undefined): Variant[] {
  const settings = settingsOf(context.own);
  const scenarios = sources.map((source) => ({ source, scenario: readScenario(source, settings, context.readings) }));
  if (scenarios.length === 1) {
    const [{ scenario }] = scenarios;
    const variants = policies === undefined ? usualVariants(scenario) : policyVariants(scenario, policies);
    if (variants.length > 1) return variants;
    throw new InputError('--policy: got one router, expected at least two to compare', '--policy');
  }
  if (policies !== undefined) {
    throw new InputError(
      `--policy: got it with ${scenarios.length} scenarios, expected one: scenarios name their own routers`,
      '--policy',
    );
  }
  const names = scenarios.map(({ scenario }) => scenario.name);
  return scenarios.map(({ source, scenario }, i): Variant => {
    const own = names.filter((name) => name === scenario.name).length === 1;
    const again = sources.slice(0, i).filter((other) => other === source).length;
    return { name: own ? scenario.name : again === 0 ? source : `${source} (${again + 1})`, scenario };
  });
}

/** What is doubtful in one of them, and where their harvests differ though they are written alike. */
function sayDoubts(context: CommandContext, variants: readonly Variant[]): void {
  for (const { name, scenario } of variants) context.doubt(scenario, `${name}: `);
  for (const other of variants.slice(1)) {
    const difference = harvestDifference(variants[0], other);
    if (difference !== undefined) context.warn({ code: 'harvestsDiffer', ...difference });
  }
}

/** Counts of slots mean nothing side by side where slots are of different lengths. */
function checkSlots(variants: readonly Variant[]): void {
  const [first] = variants;
  const odd = variants.find(({ scenario }) => scenario.slotSeconds !== first.scenario.slotSeconds);
  if (odd === undefined) return;
  throw new InputError(
    `slotSeconds: got ${first.scenario.slotSeconds} in ${first.name} and ${odd.scenario.slotSeconds} in ${odd.name}, expected the same`,
    'slotSeconds',
  );
}

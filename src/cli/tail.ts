/** `batterywalk tail`: rare deficits by importance sampling, beside the exact, corrected and Brownian laws. */
import { InputError } from '../errors.js';
import { resolveScenario } from '../fleet/resolve.js';
import { jsonText } from '../report/run-files.js';
import { tailDocument, tailText } from '../report/tail-report.js';
import { parseMeasure, parseNumbers } from '../scenario/values.js';
import { rareTails } from '../study/tail.js';
import type { CommandSpec } from './context.js';
import { WALKING } from './options.js';
import { asking } from './running.js';

/** `reference` is critical: no deficit is rare there. */
const DEFAULT_PRESET = 'surplus';

const deficit = (option: string, value: string): number =>
  parseMeasure(option, value, 'energy', {
    expected: 'a deficit in joules above 0, such as 1e6, or with its unit, such as 5MJ',
    holds: (x) => x > 0,
  });

export const tail: CommandSpec = {
  name: 'tail',
  describe: 'rare deficits by importance sampling: --at d1,d2',
  defaults: { trials: 100_000 },
  scenario: DEFAULT_PRESET,
  applies: [...WALKING, 'json', 'csv', 'out'],
  examples: ['tail', 'tail surplus --at 1MJ,500Wh --slots 1d', 'tail mine.json --csv'],
  configure(command) {
    command.option(
      '--at <D1,D2,…>',
      'deficits, such as 5MJ or in joules (default: where the bound exp(−rd) is 1e-3, 1e-6, 1e-9, 1e-12)',
    );
  },
  async run(context) {
    const { trials, slots, seed, horizons } = context.options;
    if (context.text('horizons') !== undefined && horizons.length > 1) {
      throw new InputError(
        `--horizons: got ${horizons.length} of them, expected one: tail answers for one T, which its tilt depends on`,
        '--horizons',
      );
    }
    const at = context.text('at');
    const deficits = at === undefined ? undefined : parseNumbers('--at', at, deficit);
    const { open, control } = asking(context);
    const resolved = resolveScenario(context.scenario(DEFAULT_PRESET));
    const request = { deficits, trials, slots, seed };
    const found = await rareTails(resolved, request, open, control, (soFar, count) => {
      context.offer(`stopped: ${soFar.rows.length} of ${count} deficits are reported`, () => ({
        ...{ document: tailDocument(soFar), text: tailText(soFar) },
      }));
    });
    const document = tailDocument(found);
    context.save('tail.json', jsonText(document));
    const { slotSeconds } = found.scenario;
    context.show(
      document,
      document.tails.map(({ interval, ...row }) => ({ slots, slotSeconds, ...row, probabilityInterval: interval })),
      () => tailText(found),
    );
    return 0;
  },
};

/** `batterywalk fit requests FILE`: parts of a scenario from measured files, with how well they fit. */
import { basename } from 'node:path';
import { requestsFitText } from '../report/fit-text.js';
import { jsonText } from '../report/run-files.js';
import { parseChoice, parseCount, parseMeasure, parseNumber } from '../scenario/values.js';
import { readRequests, type Requests } from '../scenario/trace/requests.js';
import { textOf } from '../scenario/trace/text-of.js';
import type { TraceWarning } from '../scenario/trace/refusal.js';
import { fitRequests, type RequestsFitOptions } from '../study/fit/requests.js';
import type { CommandContext, CommandSpec } from './context.js';
import { readMeasured } from './scenario-source.js';
import { traceKeys } from './trace-keys.js';

const WHATS = ['requests'] as const;

/** More kinds make tables long and fit nothing better. */
const MOST_BINS = 100;

export const fit: CommandSpec = {
  name: 'fit',
  describe: 'parts of a scenario from measured files, with how well they fit',
  applies: ['seed', 'json', 'out'],
  examples: ['fit requests azure.csv', 'fit requests azure.csv --slot-seconds 10 --out fitted'],
  configure(command) {
    command
      .argument('<WHAT>', 'requests')
      .argument('<FILE>', 'one request a row (Azure, BurstGPT, Mooncake, Vidur, or times and tokens)')
      .option('--slot-seconds <S>', 'seconds of the scenario’s slot (default: 1)')
      .option('--joules-per-token <J>', 'energy of a generated token (default: 1, so that joules are tokens)')
      .option('--kinds <N>', 'kinds of task that lengths are put into (default: 12)')
      .option('--risk <P>', 'share of paths that the reserves leave uncovered (default: 0.05)')
      .option('--trace <JSON>', 'keys to read the file with, such as {"timeColumn":"t","column":"n"}');
  },
  run(context) {
    const [what, path] = context.args;
    parseChoice('WHAT', what, WHATS);
    const options = optionsOf(context);
    const requests = read(path, context.text('trace'));
    const fitted = fitRequests(requests, options);
    for (const { code, key, message } of requests.warnings) context.warn({ code, key, message });
    const name = requests.name.replace(/\.(?:csv|jsonl?|txt|gz)+$/i, '');
    const { slotSeconds, arrivals, tasks } = fitted;
    context.save('fit.json', jsonText(fitted));
    context.save('scenario.json', jsonText({ schemaVersion: 1, name, slotSeconds, arrivals, tasks }));
    if (context.options.json) context.printJson(fitted);
    else context.print(requestsFitText(fitted));
    return 0;
  },
};

function read(path: string, keys: string | undefined): Requests {
  const name = basename(path);
  const warnings: TraceWarning[] = [];
  const text = textOf(readMeasured(path), { name, warnings });
  return readRequests(text, name, traceKeys(keys), warnings);
}

/** @throws {InputError} naming the option */
function optionsOf(context: CommandContext): RequestsFitOptions {
  const given = <T>(name: string, fallback: T, parse: (text: string) => T): T => {
    const text = context.text(name);
    return text === undefined ? fallback : parse(text);
  };
  const isPositive = (x: number): boolean => x > 0;
  return {
    slotSeconds: given('slotSeconds', 1, (text) =>
      parseMeasure('--slot-seconds', text, 'time', { expected: 'seconds > 0, such as 10', holds: isPositive }),
    ),
    joulesPerToken: given('joulesPerToken', 1, (text) =>
      parseMeasure('--joules-per-token', text, 'energy', { expected: 'joules > 0, such as 0.4', holds: isPositive }),
    ),
    bins: given('kinds', 12, (text) => {
      const count = parseCount('--kinds', text);
      return parseNumber('--kinds', text, `a whole number from 1 to ${MOST_BINS}`, () => count <= MOST_BINS);
    }),
    risk: given('risk', 0.05, (text) =>
      parseNumber('--risk', text, 'a probability from 0.001 to 0.5', (x) => x >= 1e-3 && x <= 0.5),
    ),
    seed: context.options.seed,
  };
}

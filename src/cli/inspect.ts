/** `batterywalk inspect FILE`: what a file of measured values is, what is read of it, what is doubtful. */
import { basename } from 'node:path';
import { InputError } from '../errors.js';
import { printable } from '../printable.js';
import { courseOf, inspectionText } from '../report/reading-text.js';
import { inspectText } from '../scenario/trace/inspect.js';
import { TraceRefusal, type TraceWarning } from '../scenario/trace/refusal.js';
import { textOf } from '../scenario/trace/text-of.js';
import type { CommandSpec } from './context.js';
import { readMeasured } from './scenario-source.js';
import { traceKeys } from './trace-keys.js';

const FIELD = 'harvest.trace';

export const inspect: CommandSpec = {
  name: 'inspect',
  describe: 'what a file of measured sun, wind, load or requests is, and what is read of it',
  applies: ['json'],
  examples: ['inspect pv.csv', `inspect pv.csv --trace '{"column":"P"}' --json`],
  configure(command) {
    command
      .argument('<FILE>', 'CSV, EPW, JSON and the like, packed by gzip or not; - for standard input')
      .option('--trace <JSON>', 'keys of harvest.trace to read it with, such as {"column":"P","gaps":"zero"}')
      .option('--start-time <TIME>', 'startTime of the scenario: the value of that time comes first');
  },
  run(context) {
    const [path] = context.args;
    try {
      const keys = traceKeys(context.text('trace'));
      const bytes = readMeasured(path);
      const name = basename(path);
      const warnings: TraceWarning[] = [];
      const text = textOf(bytes, { name, warnings });
      const { inspection, reading } = inspectText(text, name, keys, context.text('startTime'), warnings);
      if (context.options.json) context.printJson(inspection);
      else {
        const doubts = inspection.warnings.map(({ code, message, key }) => `  ${code}: ${message} (key ${key})\n`);
        context.print(inspectionText(printable(name), inspection, reading && courseOf(reading)) + doubts.join(''));
      }
      return 0;
    } catch (error) {
      if (context.options.json && error instanceof InputError) context.printJson({ refused: refused(error) });
      throw error;
    }
  },
};

/** What a program is told of a refusal: `key` of `trace` mends it, null where only another file does. */
function refused(error: InputError) {
  const [message] = error.message.split('\n');
  if (error instanceof TraceRefusal) return { field: FIELD, message, key: error.key ?? null };
  const field = error.field ?? FIELD;
  return { field, message, key: field.startsWith(`${FIELD}.`) ? field.slice(FIELD.length + 1) : null };
}

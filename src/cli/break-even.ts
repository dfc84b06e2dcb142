/**
 * `batterywalk compare --break-even`: the largest error rate at which a router of given overhead burns no more than a
 * plain one.
 */
import { InputError } from '../errors.js';
import { formatNumber } from '../numeric/format.js';
import { formatQuantity, formatTable } from '../report/table.js';
import type { Dimension } from '../scenario/quantities.js';
import { parseNumbers, parseMeasure } from '../scenario/values.js';
import { breakEvenMap, plainRouter } from '../stats/break-even.js';
import type { BreakEven, PlainRouter } from '../stats/break-even.js';
import { VERSION } from '../version.js';
import type { CommandContext } from './context.js';

const overhead = (dimension: Dimension) => (option: string, value: string) =>
  parseMeasure(option, value, dimension, {
    expected: 'an overhead a task, a number of at least 0',
    holds: (x) => x >= 0,
  });

/** Prints the map. */
export async function breakEven(context: CommandContext): Promise<number> {
  if (context.args.length > 1) {
    throw new InputError(`--break-even: got it with ${context.args.length} scenarios, expected one`, '--break-even');
  }
  if (context.text('policy') !== undefined) {
    throw new InputError('--policy: got it with --break-even, expected one of the two', '--policy');
  }
  const joules = parseNumbers('--break-even', context.text('breakEven') ?? '', overhead('energy'));
  const seconds = parseNumbers('--seconds', context.text('seconds') ?? '0', overhead('time'));
  const named = context.text('baseline') ?? 'cheapest';
  const baseline: PlainRouter = named === 'cheapest' || named === 'random' ? named : { model: named };
  const scenario = context.scenario();
  const plain = plainRouter(scenario, baseline);
  const map = breakEvenMap(scenario, joules, seconds, baseline);
  const document = { schemaVersion: 1, engine: { version: VERSION }, scenario, baseline: plain, map };
  context.save('break-even.json', `${JSON.stringify(document, null, 2)}\n`);
  const chart = context.options.out === undefined ? undefined : await drawn(scenario.name, joules, seconds, map);
  if (chart !== undefined) context.save('break-even.svg', `${chart}\n`);
  context.show(document, map.flat(), () => text(scenario.name, plain, joules, seconds, map));
  return 0;
}

function text(
  name: string,
  plain: { readonly model: string | undefined; readonly joules: number },
  joules: readonly number[],
  seconds: readonly number[],
  map: readonly (readonly BreakEven[])[],
): string {
  const against = plain.model === undefined ? 'a random feasible model' : `every task to ${plain.model}`;
  const head =
    `${name}: largest error rate at which a router pays against ${against}, ` +
    `which burns ${formatQuantity(plain.joules, 'J')} a task without overhead\n\n`;
  const table = formatTable(
    [{ header: 'overhead', align: 'left' }, ...joules.map((e) => ({ header: formatQuantity(e, 'J') }))],
    map.map((row, i) => [`${formatNumber(seconds[i])} s`, ...row.map(cellText)]),
    'down: seconds a task that the router takes; across: joules a task that it burns; ' +
      'never: its overhead alone costs more than it saves; ' +
      'late: its time leaves some task without a model that meets its deadline',
  );
  return `${head}${table}`;
}

function cellText({ pays, errorRate }: BreakEven): string {
  return errorRate === undefined || pays === 'never' || pays === 'late' ? pays : formatNumber(errorRate, 4);
}

/** As lines or a map; nothing where no router pays. */
async function drawn(
  name: string,
  joules: readonly number[],
  seconds: readonly number[],
  map: readonly (readonly BreakEven[])[],
): Promise<string | undefined> {
  const cells = map.flatMap((row, y) =>
    row.flatMap(({ errorRate }, x) =>
      errorRate === undefined ? [] : [{ x, y, estimate: errorRate, lower: null, upper: null, exact: null }],
    ),
  );
  if (cells.length === 0) return undefined;
  const [{ sweepChart }, { serverDocument }] = await Promise.all([
    import('../report/charts/sweep.js'),
    import('../report/charts/server-document.js'),
  ]);
  return sweepChart(
    {
      title: `${name}: error rate up to which a router pays`,
      note: '',
      metric: 'error rate',
      unit: '',
      xName: 'overhead, J a task',
      xValues: joules.map(String),
      yName: 'overhead, s a task',
      yValues: seconds.map(String),
      cells,
    },
    { document: serverDocument() },
  );
}

/** `batterywalk sweep --plot`: a picture from results.parquet: lines or a heat map, as the axes ask. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { InputError } from '../errors.js';
import { parseChoice } from '../scenario/values.js';
import { METRICS, unitOfMetric } from '../sweep/results.js';
import type { Metric } from '../sweep/results.js';
import { RESULTS_FILE } from '../sweep/node/folder-names.js';
import { readableAxis } from '../report/charts/axis-units.js';
import type { InputKind } from '../sweep/node/input-file.js';
import { readInputBytes } from '../sweep/node/input-file.js';
import type { SweepCell, SweepPicture } from '../report/charts/sweep.js';
import type { CommandContext } from './context.js';

const WIDTH = 640;
const HEIGHT = 440;
const PLOT_FILE = 'sweep.svg';
/** Ten million rows have some hundred bytes each. */
const RESULTS_INPUT = { expected: 'the results of a finished sweep', mostBytes: 2 ** 30 } as const satisfies InputKind;

/** Declares `--plot` and `--metric`. */
export function takesPlot(command: Command): void {
  command
    .option('--plot', `draw ${PLOT_FILE} from the results`)
    .option('--metric <NAME[:LEVEL]>', `what to draw: ${METRICS.join(', ')}; quantile:0.99, reserve:0.001`);
}

/** Rows of the file as they are read. */
interface Row {
  readonly [column: string]: unknown;
  readonly slots: bigint;
  readonly metric: string;
  readonly level: number | null;
  readonly estimate: number;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly exact: number | null;
}

/** Draws the picture of a finished sweep. @throws {InputError} */
export async function plotSweep(context: CommandContext, out: string): Promise<void> {
  const path = join(out, RESULTS_FILE);
  const results = await readRows(path);
  const picture = pictureOf(results, context.text('metric'));
  const [{ sweepChart }, { serverDocument }, { PAPER }] = await Promise.all([
    import('../report/charts/sweep.js'),
    import('../report/charts/server-document.js'),
    import('../report/charts/theme.js'),
  ]);
  const svg = sweepChart(picture, { document: serverDocument(), palette: PAPER, width: WIDTH, height: HEIGHT });
  context.save(PLOT_FILE, svg);
  context.remark(`${join(out, PLOT_FILE)}: ${picture.title}`);
}

interface Results {
  readonly rows: readonly Row[];
  readonly axes: readonly string[];
  /** Where all points have slots of one length. */
  readonly slotSeconds: number | undefined;
}

async function readRows(path: string): Promise<Results> {
  const { parquetMetadata, parquetReadObjects } = await import('hyparquet');
  const bytes = readInputBytes(path, RESULTS_INPUT);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  try {
    const metadata = parquetMetadata(file).key_value_metadata;
    const valueOf = (name: string): unknown =>
      JSON.parse(metadata?.find(({ key }) => key === `batterywalk.${name}`)?.value ?? 'null');
    const axes = valueOf('axes') as string[] | null;
    const slotSeconds = (valueOf('slotSeconds') as number | null) ?? undefined;
    if (axes !== null) return { rows: (await parquetReadObjects({ file })) as Row[], axes, slotSeconds };
  } catch (cause) {
    throw new InputError(`${path}: got no whole Parquet file, expected the results of a finished sweep`, path, {
      cause,
    });
  }
  throw new InputError(`${path}: got a Parquet file of something else, expected the results of a sweep`, path);
}

/** Chooses metric, axes and what is held still. */
function pictureOf({ rows, axes, slotSeconds }: Results, wanted: string | undefined): SweepPicture {
  const [metric, level] = metricOf(rows, wanted);
  const own = rows.filter((row) => row.metric === metric && row.level === level);
  if (own.length === 0) {
    const levels = [...new Set(rows.filter((row) => row.metric === metric).map((row) => row.level))];
    throw new InputError(
      `--metric: got ${wanted ?? metric}, expected a level that the sweep has: ${levels.join(', ') || 'there is none'}`,
      '--metric',
    );
  }
  const distinct = (of: (row: Row) => unknown, among: readonly Row[]): unknown[] => [...new Set(among.map(of))];
  // Horizons are an axis like the others where only one other varies; else the last one is drawn.
  const varying = axes.filter((axis) => distinct((row) => row[axis], own).length > 1);
  const horizons = distinct((row) => row.slots, own) as bigint[];
  const last = horizons[horizons.length - 1];
  const names = varying.length === 1 && horizons.length > 1 ? [...varying, 'slots'] : varying.slice(0, 2);
  if (names.length === 0) names.push('slots');
  const [first, second] = names;
  const still = axes.filter((axis) => varying.includes(axis) && !names.includes(axis));
  const shown = own.filter(
    (row) => (names.includes('slots') || row.slots === last) && still.every((axis) => row[axis] === own[0][axis]),
  );
  const values = [first, second].map((axis) =>
    (axis as string | undefined) === undefined ? [undefined] : distinct((row) => row[axis], shown),
  );
  // The longer one across.
  const [x, y] = values[0].length >= values[1].length || names.includes('slots') ? [0, 1] : [1, 0];
  const place = (row: Row, i: number): number => (i < names.length ? values[i].indexOf(row[names[i]]) : 0);
  const risks = risksOf(rows, axes);
  const cells = shown.map((row): SweepCell => ({
    ...{ x: place(row, x), y: place(row, y), estimate: row.estimate },
    ...{ lower: row.lower, upper: row.upper, exact: row.exact, risk: risks(row) },
  }));
  const readable = [x, y].map((i) => readableAxis(names[i] ?? '', values[i], slotSeconds));
  const at = [
    ...(names.includes('slots') ? [] : [`T = ${last} slots${slotSeconds === undefined ? '' : ` of ${slotSeconds} s`}`]),
    ...still.map((axis) => {
      const { name, values } = readableAxis(axis, [own[0][axis]], slotSeconds);
      const [path, unit = ''] = name.split(', ');
      return `${path} = ${values[0]} ${unit}`.trimEnd();
    }),
  ];
  const name = level === null ? metric : `${metric} ${level}`;
  return {
    title: [name, ...at].join(', '),
    note: at.join(', '),
    metric: name,
    unit: unitOfMetric(metric) === '1' ? '' : unitOfMetric(metric),
    ...{ xName: readable[0].name, xValues: readable[0].values },
    ...{ yName: readable[1].name, yValues: readable[1].values, cells },
  };
}

/** P(D > 0) at the point and horizon of a row. */
function risksOf(rows: readonly Row[], axes: readonly string[]): (row: Row) => number | undefined {
  const keyOf = (row: Row): string => JSON.stringify([Number(row.slots), ...axes.map((axis) => row[axis])]);
  const none = rows.filter(({ metric }) => metric === 'probabilityZero');
  const known = new Map(none.map((row) => [keyOf(row), 1 - row.estimate]));
  return (row) => known.get(keyOf(row));
}

/** The metric asked for; else the reserve where there is one, else the mean. @throws {InputError} */
function metricOf(rows: readonly Row[], wanted: string | undefined): [Metric, number | null] {
  const [name, level] = wanted === undefined ? [undefined, undefined] : wanted.split(':');
  const metric =
    name === undefined
      ? rows.some((row) => row.metric === 'reserve')
        ? 'reserve'
        : 'meanDeficit'
      : parseChoice('--metric', name, METRICS);
  if (level !== undefined) return [metric, Number(level)];
  return [metric, rows.find((row) => row.metric === metric)?.level ?? null];
}

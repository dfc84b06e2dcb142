/** The rows of a sweep as one Parquet file: the same bytes for the same rows. Readable in DuckDB, pandas, Polars. */
import { parquetWriteBuffer } from 'hyparquet-writer';
import { baseUnit, dimensionOf } from '../scenario/quantities.js';
import { VERSION } from '../version.js';
import type { Sweep } from './points.js';
import { unitOfMetric } from './results.js';
import type { SweepRow } from './results.js';
import type { AxisValue } from './sweep-file.js';

type Column = Parameters<typeof parquetWriteBuffer>[0]['columnData'][number];

/** Rows of a row group: so many that a reader finds enough in each, so few that it need not read all. */
const GROUP_ROWS = 100_000;

/** Writes the file. Axes are columns under their own names: numbers where all values are, text otherwise. */
export function sweepParquet(sweep: Sweep, rows: readonly SweepRow[]): Uint8Array {
  const real = (name: keyof SweepRow, nullable = false): Column => ({
    name,
    data: rows.map((row) => row[name] as number | null),
    type: 'DOUBLE',
    nullable,
    encoding: 'BYTE_STREAM_SPLIT',
  });
  const text = (name: keyof SweepRow): Column => ({
    name,
    data: rows.map((row) => row[name] as string),
    type: 'STRING',
    nullable: false,
  });
  const columns: Column[] = [
    { name: 'point', data: rows.map((row) => row.point.index), type: 'INT32', nullable: false },
    ...sweep.axes.map((axis) => axisColumn(axis, rows)),
    real('driftJoulesPerSlot'),
    real('volatilityJoules'),
    { name: 'slots', data: rows.map((row) => BigInt(row.slots)), type: 'INT64', nullable: false },
    text('metric'),
    { name: 'unit', data: rows.map((row) => unitOfMetric(row.metric)), type: 'STRING', nullable: false },
    { name: 'level', data: rows.map((row) => row.level), type: 'DOUBLE', nullable: true },
    real('estimate'),
    real('standardError', true),
    real('lower', true),
    real('upper', true),
    { name: 'trials', data: rows.map((row) => BigInt(row.trials)), type: 'INT64', nullable: false },
    real('exact', true),
    text('method'),
  ];
  const buffer = parquetWriteBuffer({
    columnData: columns,
    rowGroupSize: GROUP_ROWS,
    createdBy: `batterywalk version ${VERSION}`,
    kvMetadata: [
      { key: 'batterywalk.sweep', value: sweep.sha256 },
      { key: 'batterywalk.axes', value: JSON.stringify(sweep.axes) },
      { key: 'batterywalk.units', value: JSON.stringify(columnUnits(sweep)) },
      { key: 'batterywalk.slotSeconds', value: JSON.stringify(slotSecondsOf(sweep)) },
    ],
  });
  return new Uint8Array(buffer);
}

/** What the numbers of each column are in; `unit` is the name of the column that says it row by row. */
function columnUnits({ axes }: Sweep): Record<string, string> {
  const ofAxes = axes.flatMap((axis): [string, string][] => {
    const dimension = dimensionOf(axis);
    return dimension === undefined ? [] : [[axis, baseUnit(dimension) === '' ? '1' : baseUnit(dimension)]];
  });
  const ofRow = ['estimate', 'standardError', 'lower', 'upper', 'exact'].map((name): [string, string] => [
    name,
    'unit',
  ]);
  const own = { driftJoulesPerSlot: 'joules a slot', volatilityJoules: 'joules', slots: 'slots', level: '1' };
  return { ...Object.fromEntries(ofAxes), ...own, ...Object.fromEntries(ofRow) };
}

/** Seconds of a slot, where it is the same at every point. */
function slotSecondsOf({ points }: Sweep): number | null {
  const [first] = points;
  const { slotSeconds } = first.scenario;
  return points.every(({ scenario }) => scenario.slotSeconds === slotSeconds) ? slotSeconds : null;
}

function axisColumn(axis: string, rows: readonly SweepRow[]): Column {
  const values = rows.map((row): AxisValue => row.point.values[axis]);
  if (values.every((value) => typeof value === 'number')) {
    return { name: axis, data: values, type: 'DOUBLE', nullable: false };
  }
  const data = values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  return { name: axis, data, type: 'STRING', nullable: false };
}

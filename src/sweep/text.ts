/** A sweep as text: the plan before it, and a short table after it. */
import { formatCount, formatNumber } from '../numeric/format.js';
import { formatDuration, formatQuantity, formatTable, scaleFor } from '../report/table.js';
import { formatEstimate, formatLike, formatPlusMinus, withError } from '../report/estimate.js';
import type { Shown } from '../report/estimate.js';
import { slotWords } from '../report/notes.js';
import { formatCorrelation, sharedDrawsText } from '../report/shared-draws.js';
import type { MeasuredNeighbours, MeasuredPair } from './neighbours.js';
import type { Sweep, SweepPoint } from './points.js';
import { exactOf } from './results.js';
import type { SweepRow } from './results.js';
import type { AxisValue } from './sweep-file.js';

/** Points that a text shows; the files hold all. */
const SHOWN = 24;

/** What is known of a sweep before it runs. */
export interface SweepPlan {
  readonly points: number;
  readonly shards: number;
  /** Shards whose results are there already. */
  readonly finishedShards: number;
  readonly pathSlots: number;
  /** Bytes of results kept in the folder, about. */
  readonly diskBytes: number;
  /** Bytes of counts and laws held at once, about. */
  readonly memoryBytes: number;
  readonly backend: string;
  /** Path-slots a second, as measured for a moment. */
  readonly pathSlotsPerSecond: number;
  /** What is left to do, seconds: laws, walks and exact values. */
  readonly estimatedSeconds: number;
  /** What neighbouring points have in common; undefined where each point has a seed of its own, or is alone. */
  readonly common: MeasuredNeighbours | undefined;
}

const cell = (value: AxisValue): string =>
  typeof value === 'number' ? String(value) : typeof value === 'string' ? value : JSON.stringify(value);

/** The plan of `--dry-run`. */
export function planText(sweep: Sweep, plan: SweepPlan): string {
  const { file, axes, points } = sweep;
  const shown = points.slice(0, SHOWN);
  const table = formatTable(
    [{ header: 'point' }, ...axes.map((header) => ({ header })), { header: 'seed', align: 'left' as const }],
    shown.map(({ index, values, seed }) => [String(index), ...axes.map((axis) => cell(values[axis])), seed]),
    'point: as in results.parquet; then the values of the axes, and the seed of its paths',
  );
  const more = points.length > shown.length ? `… and ${formatCount(points.length - shown.length)} more\n` : '';
  const bytes = (n: number): string => `${formatNumber(n / 2 ** 20, 3)} MiB`;
  return `${file.name}: ${formatCount(points.length)} points × ${formatCount(file.trials)} paths × ${file.horizons.at(-1)} slots

${table}${more}
shards          ${formatCount(plan.shards)}, of which ${formatCount(plan.finishedShards)} are finished
path-slots      ${formatQuantity(plan.pathSlots, '', 3).trim()}
exact values    ${exactOf(sweep)}
memory          about ${bytes(plan.memoryBytes)}; on disk about ${bytes(plan.diskBytes)}
estimated time  ${formatDuration(plan.estimatedSeconds)} on ${plan.backend} (${formatQuantity(plan.pathSlotsPerSecond, '', 3)} path-slots/s)
${commonText(sweep, plan.common)}`;
}

/**
 * What neighbouring points have in common, as measured: for each axis the middle of its pairs, and the pair that has
 * least.
 */
export function commonText({ file, points }: Sweep, common: MeasuredNeighbours | undefined): string {
  if (points.length < 2) return '';
  if (file.seeds === 'apart') return '\nEach point has draws of its own.\n';
  if (common === undefined || common.measured.length === 0) return '';
  const { measured, paths, pairs } = common;
  const groups = [...new Set(measured.map(({ axes }) => axes.join(', ')))].map((axis) => {
    const own = measured.filter(({ axes }) => axes.join(', ') === axis);
    const varying = own.filter(({ correlation }) => !Number.isNaN(correlation)).sort(byCorrelation);
    // Where nothing varies there is nothing to correlate, but draws all the same.
    return { axis, own, varying, least: varying.length > 0 ? varying[0] : own[0] };
  });
  const table = formatTable(
    [
      { header: 'neighbours along', align: 'left' },
      { header: 'pairs' },
      { header: 'correlation' },
      { header: 'least' },
      { header: 'between' },
      { header: 'worth' },
      { header: 'other sign' },
    ],
    groups.map(({ axis, own, varying, least }) => [
      axis,
      String(own.length),
      varying.length === 0 ? '' : formatCorrelation(varying[varying.length >> 1].correlation),
      varying.length === 0 ? '' : formatCorrelation(least.correlation),
      least.points.map(({ index }) => index).join(', '),
      varying.length === 0 ? '' : `${formatNumber(least.varianceReduction, 2)} ×`,
      `${formatNumber(100 * least.againstShare, 2)} %`,
    ]),
    'worth: how many times as many paths independent runs would need; ' +
      'other sign: paths on which the difference has another sign than its mean',
  );
  const draws = groups.map(({ axis, least }) => {
    const [first, second] = least.points.map(({ index }) => `point ${index}`);
    return `${axis}: ${sharedDrawsText(least.draws, first, second)}\n`;
  });
  return (
    `\nCommon to points of one seed: deficits at the last horizon, on ${formatCount(paths)} paths of each, ` +
    `${formatCount(measured.length)} of ${formatCount(pairs)} pairs of neighbours; ` +
    'the middle pair along each axis, and the one that has least\n\n' +
    `${table}${draws.join('')}`
  );
}

const byCorrelation = (a: MeasuredPair, b: MeasuredPair): number => a.correlation - b.correlation;

/** E[D] at the last horizon of the first points, with their reserves where risks were asked for. */
export function resultText(sweep: Sweep, rows: readonly (readonly SweepRow[])[]): string {
  const { file, axes } = sweep;
  const last = file.horizons[file.horizons.length - 1];
  const shown = rows.slice(0, SHOWN);
  const pick = (own: readonly SweepRow[], metric: SweepRow['metric'], level: number | null = null): SweepRow =>
    own.find((row) => row.slots === last && row.metric === metric && row.level === level) as SweepRow;
  const means = shown.map((own) => pick(own, 'meanDeficit'));
  const { unit, factor } = scaleFor(
    means.map((row) => row.estimate),
    'J',
  );
  const hasExact = means.some((row) => row.exact !== null);
  const columns = [
    { header: 'point' },
    ...axes.map((header) => ({ header })),
    { header: `E[D] ${unit}, 95 %` },
    ...(hasExact ? [{ header: 'exact', isJoined: true }] : []),
    { header: 'P(D = 0)' },
    ...file.risks.map((risk) => ({ header: `reserve ${risk}` })),
  ];
  const table = formatTable(
    columns,
    shown.map((own, i) => {
      const { point, estimate, upper, exact } = means[i];
      const mean = withError(estimate, (upper ?? NaN) - estimate);
      return [
        String(point.index),
        ...axes.map((axis) => cell(point.values[axis])),
        formatPlusMinus(mean, factor),
        ...(hasExact ? [formatLike(mean, factor)(exact ?? NaN)] : []),
        formatEstimate(shownRow(pick(own, 'probabilityZero'))),
        ...file.risks.map((risk) => formatEstimate(shownRow(pick(own, 'reserve', risk)), factor)),
      ];
    }),
    `E[D]: mean auxiliary energy up to T${reserveNote(file.risks, unit)}`,
  );
  const more =
    rows.length > shown.length
      ? `… and ${formatCount(rows.length - shown.length)} more points in results.parquet\n`
      : '';
  const shared =
    file.seeds === 'shared' && rows.length > 1
      ? 'Points share one seed: their intervals do not err independently. ' +
        '--dry-run measures what neighbours have in common.\n'
      : '';
  const head =
    `${file.name}: T = ${formatCount(last)} slots${slotLengths(rows)}, ` + `${formatCount(file.trials)} paths a point`;
  return `${head}\n\n${table}${more}${shared}`;
}

const shownRow = ({ estimate, lower, upper }: SweepRow): Shown => ({
  value: estimate,
  lower: lower ?? NaN,
  upper: upper ?? NaN,
});

/** Of the first column of reserves, as an example of all. */
const reserveNote = ([risk]: readonly number[], unit: string): string =>
  (risk as number | undefined) === undefined
    ? ''
    : `; reserve ${risk}: charge, ${unit}, that a share ${risk} of paths exceeds`;

/** How long a slot is, where all points agree. */
function slotLengths(rows: readonly (readonly SweepRow[])[]): string {
  const lengths = new Set(rows.map((own) => own[0].point.scenario.slotSeconds));
  return lengths.size === 1 ? ` of ${slotWords([...lengths][0])}` : '';
}

/** A point in words. */
export function pointName({ index, values }: SweepPoint): string {
  const own = Object.entries(values).map(([path, value]) => `${path} = ${cell(value)}`);
  return own.length === 0 ? `point ${index}` : `point ${index} (${own.join(', ')})`;
}

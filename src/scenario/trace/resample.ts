/**
 * Rows of uneven or changing steps as mean powers in equal steps. A row lasts up to the next; a long pause is a gap.
 */
import { TraceRefusal } from './refusal.js';
import type { Series, SeriesRows } from './series-rows.js';
import type { RowTimes } from './steps.js';
import { isEnergy, wattsOf, type FileUnit } from './units.js';

/** A row that would last so many times as long as those around it lost its successors. */
const PAUSE = 3.5;

/** What a bin must be covered to, for its mean to be one. */
const COVERED = 0.5;

/** How long each row lasts, in milliseconds. */
function spansOf({ milliseconds }: RowTimes, isEnd: boolean): Float64Array {
  const n = milliseconds.length;
  const step = (i: number): number => milliseconds[i + 1] - milliseconds[i];
  const spans = Float64Array.from({ length: n }, (_, i) => {
    if (isEnd) return step(Math.max(0, i - 1));
    return i + 1 < n ? step(i) : step(n - 2);
  });
  return spans.map((span, i) => {
    const around = [spans[i - 2], spans[i - 1], spans[i + 1], spans[i + 2]].filter((x) => x > 0);
    const usual = around.sort((a, b) => a - b)[Math.floor(around.length / 2)];
    const [before, after] = [spans[i - 1] ?? usual, spans[i + 1] ?? usual];
    return span > PAUSE * Math.max(before, after) ? usual : span;
  });
}

/** @throws {TraceRefusal} on times out of order, on too few rows */
export function resampled(
  rows: SeriesRows,
  times: RowTimes,
  wanted: number | true,
  name: string,
): Pick<Series, 'measured' | 'unit' | 'secondsPerValue' | 'first'> {
  const { milliseconds, lines } = times;
  const n = milliseconds.length;
  if (n < 2) throw new TraceRefusal(name, 'resample: got one row, expected two or more', 'resample');
  const back = milliseconds.findIndex((time, i) => i > 0 && time <= milliseconds[i - 1]);
  if (back > 0)
    throw new TraceRefusal(
      name,
      `line ${lines[back]}: got a time not after the one before, expected times in ascending order${rows.whereHint}`,
      'where',
    );
  const isEnd = rows.stamp === 'end';
  const spans = spansOf(times, isEnd);
  const step = wanted === true ? Math.round(coarsest(spans) / 1000) * 1000 || coarsest(spans) : wanted * 1000;
  const part = { start: 0, middle: 0.5, end: 1 }[rows.stamp];
  const starts = milliseconds.map((time, i) => time - part * spans[i]);
  const first = Math.floor(starts[0] / step) * step;
  const end = starts[n - 1] + spans[n - 1];
  const bins = Math.ceil((end - first) / step);
  const sums = new Float64Array(bins);
  const covered = new Float64Array(bins);
  const energyUnit = rows.unit !== undefined && isEnergy(rows.unit) ? rows.unit : undefined;
  rows.values.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    const power = energyUnit === undefined ? value : value * wattsOf(energyUnit, spans[i] / 1000);
    const [from, to] = [starts[i] - first, starts[i] + spans[i] - first];
    for (let bin = Math.floor(from / step); bin < bins && bin * step < to; bin++) {
      const shared = Math.min(to, (bin + 1) * step) - Math.max(from, bin * step);
      sums[bin] += power * shared;
      covered[bin] += shared;
    }
  });
  const means = sums.map((sum, bin) =>
    covered[bin] < COVERED * step ? NaN : Number((sum / covered[bin]).toPrecision(14)),
  );
  // Bins at either end that rows hardly reach into are no gaps.
  let [a, b] = [0, bins];
  while (a < b && Number.isNaN(means[a])) a++;
  while (b > a && Number.isNaN(means[b - 1])) b--;
  const power = energyUnit?.includes('/') === true ? 'W/m²' : 'W';
  const unit: FileUnit | undefined = energyUnit === undefined ? rows.unit : power;
  return { measured: means.slice(a, b), unit, secondsPerValue: step / 1000, first: first + a * step };
}

/** The longest span that at least two rows in a hundred have. */
function coarsest(spans: Float64Array): number {
  const counts = new Map<number, number>();
  for (const span of spans) counts.set(span, (counts.get(span) ?? 0) + 1);
  const usual = [...counts].filter(([, count]) => count * 50 >= spans.length).map(([span]) => span);
  return usual.length > 0 ? usual.reduce((a, b) => Math.max(a, b)) : spans.toSorted()[spans.length >> 1];
}

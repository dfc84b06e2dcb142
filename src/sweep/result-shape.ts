/**
 * What a shard's counts must look like, whoever made them: known from the sweep before anything is read. Not what
 * they are.
 */
import { BIN_COUNT, binStart } from '../engine/partials.js';
import type { HorizonPartials, Partials } from '../engine/partials.js';
import { SITE_ROWS } from '../engine/site-job.js';
import type { Shard } from './shards.js';

/** Deficits and whatever else is counted are below it (engine/reduce.ts). */
const BEYOND = 2 ** 31;
/** Sums are compared as doubles, whose own sums of 4096 terms are right to 5e-13. */
const SLACK = 1e-9;

/** Slots of the rows of a shard's result, in order. */
function rowSlots({ point, horizons }: Pick<Shard, 'point' | 'horizons'>): readonly number[] {
  return point.kind === 'site' ? SITE_ROWS.flatMap(() => horizons) : horizons;
}

/** What is wrong with counts, by the shard alone; nothing where they could be its. */
export function countsFault(
  shard: Pick<Shard, 'point' | 'horizons' | 'paths'>,
  { horizons }: Partials,
): string | undefined {
  const slots = rowSlots(shard);
  if (horizons.length !== slots.length) return `has ${horizons.length} rows, expected ${slots.length}`;
  const other = horizons.findIndex((row, i) => row.slots !== slots[i]);
  if (other >= 0) return `is at ${horizons[other].slots} slots, expected ${slots[other]}`;
  if (horizons.some(({ count }) => count !== shard.paths)) return 'counts other paths';
  const unfit = horizons.find((row) => !sumsFit(row));
  return unfit === undefined ? undefined : `has sums at ${unfit.slots} slots that its bins cannot have`;
}

/** Whether ΣD and ΣD² can come of deficits in these bins. */
function sumsFit({ bins, histogram, zeros, count, sum, sumOfSquares }: HorizonPartials): boolean {
  let [least, most, leastSquares, mostSquares] = [0, 0, 0, 0];
  for (let bin = 0; bin < BIN_COUNT; bin++) {
    const paths = histogram[bin];
    if (paths === 0) continue;
    // The first and the last bin take what lies outside.
    const from = bin === 0 ? 1 : Math.max(1, binStart(bin, bins));
    const to = bin === BIN_COUNT - 1 ? BEYOND : Math.min(BEYOND, binStart(bin + 1, bins)) - 1;
    least += paths * from;
    most += paths * to;
    leastSquares += paths * from * from;
    mostSquares += paths * to * to;
  }
  const [first, second] = [Number(sum), Number(sumOfSquares)];
  const within = (x: number, low: number, high: number): boolean => x >= low * (1 - SLACK) && x <= high * (1 + SLACK);
  return (
    within(first, least, most) &&
    within(second, leastSquares, mostSquares) &&
    first * first <= (count - zeros) * second * (1 + SLACK)
  );
}

/** Most bytes of a result's JSON: every bin of every row as long a number as the shard's paths. */
export function mostResultBytes(shard: Pick<Shard, 'point' | 'horizons' | 'paths'>): number {
  const digits = String(shard.paths).length;
  return 512 + rowSlots(shard).length * (512 + BIN_COUNT * (digits + 1));
}

/**
 * The law that a shard's result must be of, as this machine makes it. What is counted on the paths cannot be told
 * without walking them (node/queue/recheck.ts walks some).
 */
import { LOGARITHMIC } from '../engine/partials.js';
import type { HorizonLayout } from '../engine/partials.js';
import { jobRows } from '../engine/rows.js';
import type { SweepPoint } from './points.js';
import { pointLaw } from './point-law.js';
import type { ShardResult } from './shard-result.js';
import type { Shard } from './shards.js';

interface Expected {
  readonly tablesSha256: string;
  readonly quantumJoules: number;
  readonly rows: readonly HorizonLayout[];
}

/** Points whose laws are remembered. */
const REMEMBERED = 1024;

/** The laws of points as this machine makes them: some ten milliseconds each, once. */
export class Expectations {
  private readonly known = new Map<SweepPoint, Expected>();

  /** What is wrong with the law that a result was drawn from. @throws {InputError} where the point has no law here */
  lawFault(shard: Shard, result: ShardResult): string | undefined {
    const fault = this.tablesFault(shard, result);
    if (fault !== undefined) return fault;
    const own = this.of(shard);
    const other = result.partials.horizons.find(({ bins }, i) => !isSame(bins, own.rows[i].bins));
    return other === undefined ? undefined : `has other bins at ${other.slots} slots than its law`;
  }

  /** What is wrong with the tables alone. @throws {InputError} where the point has no law here */
  tablesFault(
    shard: Shard,
    { tablesSha256, quantumJoules }: Pick<ShardResult, 'tablesSha256' | 'quantumJoules'>,
  ): string | undefined {
    const own = this.of(shard);
    if (quantumJoules !== own.quantumJoules)
      return `has a quantum of ${quantumJoules} J, expected ${own.quantumJoules} J`;
    if (tablesSha256 !== own.tablesSha256) {
      return (
        `was drawn from other tables (${tablesSha256.slice(0, 12)}…) than this machine makes ` +
        `(${own.tablesSha256.slice(0, 12)}…): ` +
        'machines with other versions of Node may round otherwise'
      );
    }
    return undefined;
  }

  private of({ point, horizons, paths }: Shard): Expected {
    const before = this.known.get(point);
    if (before !== undefined) return before;
    const { job, law } = pointLaw(point, { trials: paths, horizons, seed: point.seed });
    const own = { ...law, rows: jobRows(job).map(({ slots, bins }) => ({ slots, bins })) };
    for (const oldest of this.known.keys()) if (this.known.size >= REMEMBERED) this.known.delete(oldest);
    this.known.set(point, own);
    return own;
  }
}

function isSame(a: HorizonLayout['bins'], b: HorizonLayout['bins']): boolean {
  return a.shift === b.shift && (a.offset === b.offset || a.shift === LOGARITHMIC);
}

/**
 * Shards: the unit of work of a sweep. A shard is some paths of one point, and its result, exact integers, is a
 * function of what its content hash covers and of nothing else: whoever finds a result under that hash need not run it
 * again.
 */
import { InputError } from '../errors.js';
import { sha256Text, canonicalJson } from '../hash.js';
import { VERSION } from '../version.js';
import type { Sweep, SweepPoint } from './points.js';

export interface Shard {
  /** From 0, in the order of the points and their paths. */
  readonly index: number;
  readonly point: SweepPoint;
  readonly firstPath: number;
  readonly paths: number;
  /** Slots of the checkpoints. */
  readonly horizons: readonly number[];
  /** SHA-256 of all that decides the result. */
  readonly hash: string;
}

/** Version of what a result holds: raised when results of older ones must not be used. */
const FORMAT = 4;

/** Most shards of a sweep: about 300 bytes each while it runs. */
export const MOST_SHARDS = 2_000_000;

/**
 * Cuts a sweep: each point into ranges of about `shardPathSlots` path-slots.
 *
 * @throws {InputError} where that makes more than MOST_SHARDS
 */
export function cutShards({ file, points }: Sweep): Shard[] {
  const { trials, horizons, shardPathSlots } = file;
  const slots = horizons[horizons.length - 1];
  const pieces = Math.min(trials, Math.max(1, Math.round((trials * slots) / shardPathSlots)));
  const size = Math.ceil(trials / pieces);
  const total = points.length * Math.ceil(trials / size);
  if (total > MOST_SHARDS) {
    const least = Math.ceil((trials * slots) / Math.floor(MOST_SHARDS / points.length));
    throw new InputError(
      `shardPathSlots: got ${shardPathSlots}, which makes ${total} shards, expected at most ${MOST_SHARDS}: ` +
        `take at least ${least}`,
      'shardPathSlots',
    );
  }
  const shards: Shard[] = [];
  for (const point of points) {
    const content = pointContent(point, horizons);
    for (let firstPath = 0; firstPath < trials; firstPath += size) {
      const paths = Math.min(size, trials - firstPath);
      const hash = sha256Text(`${content}:${firstPath}:${paths}`);
      shards.push({ index: shards.length, point, firstPath, paths, horizons, hash });
    }
  }
  return shards;
}

/** What a point's results depend on; a scenario's name is not of it. */
function pointContent({ scenario, seed }: SweepPoint, horizons: readonly number[]): string {
  const content = { ...scenario, name: '' };
  return canonicalJson({ format: FORMAT, batterywalk: VERSION, scenario: content, seed, horizons });
}

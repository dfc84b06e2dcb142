/**
 * What is kept of finished shards, as bytes that say by themselves whether they are whole: a line that names the
 * format, one with the SHA-256 of all that follows, one with the shards' hashes, and the results, compressed JSON.
 */
import { sha256Hex } from '../hash.js';
import * as z from 'zod';
import { InputError } from '../errors.js';
import { partialsFromJson, partialsToJson } from '../engine/partials-codec.js';
import type { Partials } from '../engine/partials.js';
import { countsFault, mostResultBytes } from './result-shape.js';
import type { Shard } from './shards.js';

export interface ShardResult {
  readonly hash: string;
  /** Of the tables that were drawn from: shards of one point must agree, whichever machine made them. */
  readonly tablesSha256: string;
  /** Joules of one lattice step. */
  readonly quantumJoules: number;
  readonly partials: Partials;
}

/** Compression of bytes, which the host has. */
export interface Deflate {
  deflate(bytes: Uint8Array): Uint8Array;
  /** At most `most` bytes come out. @throws where the bytes are not whole. */
  inflate(bytes: Uint8Array, most: number): Uint8Array;
}

const MAGIC = 'BWSHARD2\n';
const HEADER = MAGIC.length + 64 + 1;
/** No more is written at once: 1024 horizons of 4096 bins of 17 characters. */
const MOST_BYTES = 2 ** 27;
/** What bytes are checked against. */
type Of = Pick<Shard, 'hash' | 'paths' | 'point' | 'horizons'>;

/**
 * Most bytes that the result of a shard is stored in by itself: where deflate finds nothing it adds 5 to each 16 KiB.
 */
export function mostStoredBytes(shard: Of): number {
  return HEADER + shard.hash.length + 1 + Math.ceil(1.001 * mostResultBytes(shard)) + 64;
}

const schema = z.array(
  z.strictObject({
    hash: z.string(),
    tablesSha256: z.string().regex(/^[0-9a-f]{64}$/),
    quantumJoules: z.number().positive(),
    partials: z.unknown(),
  }),
);

/** One result or more, of 1024 horizons together at the most. */
export function encodeShardResults(results: readonly ShardResult[], host: Deflate): Uint8Array {
  const json = results.map((result) => ({ ...result, partials: partialsToJson(result.partials) }));
  const names = new TextEncoder().encode(`${results.map(({ hash }) => hash).join(' ')}\n`);
  const packed = host.deflate(new TextEncoder().encode(JSON.stringify(json)));
  const bytes = new Uint8Array(HEADER + names.length + packed.length);
  bytes.set(names, HEADER);
  bytes.set(packed, HEADER + names.length);
  bytes.set(new TextEncoder().encode(`${MAGIC}${sha256Hex(bytes.subarray(HEADER))}\n`));
  return bytes;
}

/** The hashes of the shards that bytes say to be of; not checked, and none where the bytes are no results. */
export function namedShards(bytes: Uint8Array): string[] {
  const end = bytes.indexOf(NEW_LINE, HEADER);
  return end < 0 ? [] : new TextDecoder().decode(bytes.subarray(HEADER, end)).split(' ');
}

const NEW_LINE = 10;
/** Most shards that a message names. */
const NAMED = 3;

/**
 * Takes back those results that are of the shards asked for. @param name of the bytes, for messages.
 * @param most bytes that may come out of them.
 * @throws {InputError} with that name as its field, where they are truncated, altered, of another format, or count
 * what the shards do not.
 */
export function decodeShardResults(
  bytes: Uint8Array,
  name: string,
  shards: ReadonlyMap<string, Of>,
  host: Deflate,
  most = MOST_BYTES,
): ShardResult[] {
  const refuse = (why: string, cause?: unknown): InputError =>
    new InputError(`the result ${name.slice(0, 12)}… ${why}`, name, { cause });
  const head = new TextDecoder().decode(bytes.subarray(0, HEADER));
  if (!head.startsWith(MAGIC) || head.length !== HEADER) throw refuse('does not begin as one does');
  if (sha256Hex(bytes.subarray(HEADER)) !== head.slice(MAGIC.length, -1)) throw refuse('is truncated or altered');
  let results: ShardResult[];
  try {
    const packed = bytes.subarray(bytes.indexOf(NEW_LINE, HEADER) + 1);
    const found = schema.parse(JSON.parse(new TextDecoder().decode(host.inflate(packed, most))));
    results = found
      .filter(({ hash }) => shards.has(hash))
      .map((result) => ({ ...result, partials: partialsFromJson(result.partials) }));
  } catch (error) {
    throw refuse('cannot be read', error);
  }
  for (const { hash, partials } of results) {
    const shard = shards.get(hash);
    const fault = shard === undefined ? undefined : countsFault(shard, partials);
    if (fault !== undefined) throw refuse(fault);
  }
  return results;
}

/** Takes one result back. @throws {InputError} as above, and where it is another shard's */
export function decodeShardResult(bytes: Uint8Array, shard: Of, host: Deflate): ShardResult {
  const most = Math.min(MOST_BYTES, mostResultBytes(shard));
  const found = decodeShardResults(bytes, shard.hash, new Map([[shard.hash, shard]]), host, most);
  if (found.length > 0) return found[0];
  const others = namedShards(bytes.subarray(0, HEADER + 65 * NAMED)).map((hash) => `${hash.slice(0, 12)}…`);
  throw new InputError(`the result ${shard.hash.slice(0, 12)}… is that of ${others.join(', ')}`, shard.hash);
}

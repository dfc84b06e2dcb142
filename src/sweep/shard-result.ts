/**
 * What is kept of a finished shard, as bytes that say by themselves whether they are whole: a line that names the format, the SHA-256 of the rest,
 * and the rest, compressed JSON.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import * as z from 'zod';
import { InputError } from '../errors.js';
import { partialsFromJson, partialsToJson } from '../engine/partials-codec.js';
import type { Partials } from '../engine/partials.js';
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

const MAGIC = 'BWSHARD1\n';
const HEADER = MAGIC.length + 64 + 1;
/** No result is larger: 1024 horizons of 4096 bins of 17 characters. */
const MOST_BYTES = 2 ** 27;

const schema = z.strictObject({
  hash: z.string(),
  tablesSha256: z.string().regex(/^[0-9a-f]{64}$/),
  quantumJoules: z.number().positive(),
  partials: z.unknown(),
});

export function encodeShardResult(result: ShardResult, host: Deflate): Uint8Array {
  const { hash, tablesSha256, quantumJoules, partials } = result;
  const json = JSON.stringify({ hash, tablesSha256, quantumJoules, partials: partialsToJson(partials) });
  const body = host.deflate(new TextEncoder().encode(json));
  const head = new TextEncoder().encode(`${MAGIC}${bytesToHex(sha256(body))}\n`);
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return bytes;
}

/** Takes a result back. @throws {InputError} where it is truncated, altered, of another shard or another format. */
export function decodeShardResult(bytes: Uint8Array, shard: Pick<Shard, 'hash' | 'paths'>, host: Deflate): ShardResult {
  const refuse = (why: string, cause?: unknown): InputError =>
    new InputError(`the result of shard ${shard.hash.slice(0, 12)}… ${why}`, shard.hash, { cause });
  const head = new TextDecoder().decode(bytes.subarray(0, HEADER));
  if (!head.startsWith(MAGIC) || head.length !== HEADER) throw refuse('does not begin as one does');
  const body = bytes.subarray(HEADER);
  if (bytesToHex(sha256(body)) !== head.slice(MAGIC.length, -1)) throw refuse('is truncated or altered');
  let result: ShardResult;
  try {
    const found = schema.parse(JSON.parse(new TextDecoder().decode(host.inflate(body, MOST_BYTES))));
    result = { ...found, partials: partialsFromJson(found.partials) };
  } catch (error) {
    throw refuse('cannot be read', error);
  }
  if (result.hash !== shard.hash) throw refuse(`is that of ${result.hash.slice(0, 12)}…`);
  if (result.partials.horizons.some(({ count }) => count !== shard.paths)) throw refuse('counts other paths');
  return result;
}

/**
 * What lies in Redis, all of it under `bw:`, and what a job carries: numbers and hashes, never code, shader text or
 * paths.
 */
import * as z from 'zod';
import { printable } from '../../../printable.js';
import { sha256Text } from '../../../hash.js';
import type { Shard } from '../../shards.js';
import type { SweepFile } from '../../sweep-file.js';
import type { Seal } from './seal.js';
import { MOST_SHARDS_A_JOB } from './tuning.js';

/** BullMQ's keys are `bw:shards:…`. */
export const PREFIX = 'bw';
export const QUEUE = 'shards';

/** Seconds that documents and results stay where nobody fetches them: a driver that was killed finds them again. */
export const KEEP_SECONDS = 7 * 24 * 3600;

/** Keys of one sweep. Shards are named by their index in the sweep's cut, results by their content hash. */
export const KEYS = {
  /** The sweep file as JSON, once. */
  document: (sweep: string) => `bw:sweep:${sweep}`,
  /** A list of notices: jobs that are finished. */
  done: (sweep: string) => `bw:done:${sweep}`,
  /** A hash of messages: shards that cannot be run. */
  failed: (sweep: string) => `bw:failed:${sweep}`,
  /** A hash of counts: how often a worker ended while a shard was in its hand. */
  deaths: (sweep: string) => `bw:deaths:${sweep}`,
  /** The bytes of a result. */
  result: (hash: string) => `bw:result:${hash}`,
  /** A hash: who is at work. */
  workers: 'bw:workers',
  /** A hash of counts, by job: how often it was set aside by a worker that cannot run it. */
  aside: 'bw:aside',
} as const;

/** Names a document together with its cut into shards, which the sweep's own hash leaves out. */
export function documentText(file: SweepFile): { readonly sweep: string; readonly text: string } {
  // Not in a canonical order: the order of the axes decides the order of the points.
  const text = JSON.stringify(file);
  return { sweep: sha256Text(text), text };
}

/** Most bytes of what is short: a notice, a failure's message with its seal, a sign of life, a count. */
export const MOST_TEXT = 2048;
/** Most characters of a message in it, of which each may take several bytes. */
const MOST_MESSAGE = 400;
/** Most bytes of a sweep's document: a base with traces of 35,040 values written out is below one million. */
export const MOST_DOCUMENT = 2 ** 26;

const hex = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0);
/** The first shard's index, and how many: bounded, for whoever reads it makes a list of them. */
const shards = z.tuple([count, z.int().min(1).max(MOST_SHARDS_A_JOB)]);

/** What a job carries. */
const payload = z.strictObject({
  format: z.literal(1),
  /** The driver's version. */
  batterywalk: z.string().max(64),
  sweep: hex,
  shards,
  /** Over the shards' hashes: workers must come to the same. */
  hashes: hex,
  /** By the key that driver and workers share, if they do. */
  seal: hex.optional(),
});
export type Payload = z.infer<typeof payload>;

/** What a worker says of a finished job. */
const notice = z.strictObject({ job: z.string().max(256), shards });
export type Notice = z.infer<typeof notice>;

/** What a worker says of itself, as it may be printed. */
const said = z
  .string()
  .max(512)
  .transform((text) => printable(text, 160));

/** A worker's sign of life. */
const worker = z.strictObject({
  /** By the server's clock, milliseconds. */
  at: z.number(),
  host: said,
  pid: z.number(),
  batterywalk: said,
  device: said,
  /** Path-slots a second; 0 before the first job. */
  speed: z.number().min(0).max(1e15),
});
export type WorkerSign = z.infer<typeof worker>;

/** What a job's seal is over. */
function sealedParts({ batterywalk, sweep, shards: [first, size], hashes }: Payload): string[] {
  return [batterywalk, sweep, `${first} ${size}`, hashes];
}

/** A job as it is queued. */
export function sealedPayload(seal: Seal | undefined, payload: Payload): Payload {
  return seal === undefined ? payload : { ...payload, seal: seal.of('job', ...sealedParts(payload)) };
}

/** Whether a job may be run by who has this key, or none. */
export function isSealedPayload(seal: Seal | undefined, payload: Payload): boolean {
  return seal === undefined || seal.holds(payload.seal ?? '', 'job', ...sealedParts(payload));
}

/** Why a shard cannot be run, as it is kept. */
export function failureText(seal: Seal | undefined, sweep: string, index: number, message: string): string {
  const text = message.slice(0, MOST_MESSAGE);
  return `${seal?.of('failed', sweep, String(index), text) ?? '-'} ${text}`;
}

/** The message of it, as it may be printed; nothing where its seal is missing or another. */
export function readFailure(seal: Seal | undefined, sweep: string, index: number, text: string): string | undefined {
  const at = text.indexOf(' ');
  if (at < 0) return undefined;
  const message = text.slice(at + 1);
  if (seal !== undefined && !seal.holds(text.slice(0, at), 'failed', sweep, String(index), message)) return undefined;
  return printable(message, MOST_MESSAGE);
}

function read<T>(schema: z.ZodType<T>, data: unknown): T | undefined {
  const { success, data: found } = schema.safeParse(data);
  return success ? found : undefined;
}

function readText<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    return read(schema, JSON.parse(text));
  } catch {
    return undefined;
  }
}

export const readPayload = (data: unknown): Payload | undefined => read(payload, data);
export const readPayloadText = (text: string): Payload | undefined => readText(payload, text);
export const readNotice = (text: string): Notice | undefined => readText(notice, text);
export const readWorker = (text: string): WorkerSign | undefined => readText(worker, text);

/** One hash for those of a job's shards. */
export function hashOf(shards: readonly Pick<Shard, 'hash'>[]): string {
  return sha256Text(shards.map(({ hash }) => hash).join('\n'));
}

/** What lies in Redis, all of it under `bw:`, and what a job carries: numbers and hashes, never code, shader text or paths. */
import * as z from 'zod';
import { sha256Text } from '../../../report/manifest.js';
import type { Shard } from '../../shards.js';
import type { SweepFile } from '../../sweep-file.js';

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
} as const;

/** Names a document together with its cut into shards, which the sweep's own hash leaves out. */
export function documentText(file: SweepFile): { readonly sweep: string; readonly text: string } {
  // Not in a canonical order: the order of the axes decides the order of the points.
  const text = JSON.stringify(file);
  return { sweep: sha256Text(text), text };
}

const hex = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0);

/** What a job carries. */
const payload = z.strictObject({
  format: z.literal(1),
  /** The driver's version. */
  batterywalk: z.string().max(64),
  sweep: hex,
  /** The first shard's index, and how many. */
  shards: z.tuple([count, count]),
  /** Over the shards' hashes: workers must come to the same. */
  hashes: hex,
});
export type Payload = z.infer<typeof payload>;

/** What a worker says of a finished job. */
const notice = z.strictObject({ job: z.string(), shards: z.tuple([count, count]) });
export type Notice = z.infer<typeof notice>;

/** A worker's sign of life. */
const worker = z.strictObject({
  /** By the server's clock, milliseconds. */
  at: z.number(),
  host: z.string(),
  pid: z.number(),
  batterywalk: z.string(),
  device: z.string(),
  /** Path-slots a second; 0 before the first job. */
  speed: z.number(),
});
export type WorkerSign = z.infer<typeof worker>;

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
export const readNotice = (text: string): Notice | undefined => readText(notice, text);
export const readWorker = (text: string): WorkerSign | undefined => readText(worker, text);

/** One hash for those of a job's shards. */
export function hashOf(shards: readonly Pick<Shard, 'hash'>[]): string {
  return sha256Text(shards.map(({ hash }) => hash).join('\n'));
}

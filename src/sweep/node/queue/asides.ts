/**
 * Jobs that a worker cannot run, or may not: they are set aside for others, counted, and failed in the end, which
 * their driver sees.
 */
import { DelayedError, UnrecoverableError } from 'bullmq';
import type { Job } from 'bullmq';
import { printable } from '../../../printable.js';
import { VERSION } from '../../../version.js';
import type { Link } from './connection.js';
import { KEYS } from './names.js';
import { answersOf } from './patience.js';
import { replacing } from './guarded.js';
import { ASIDE_MILLISECONDS, MOST_ASIDE } from './tuning.js';

/** Reasons that are told, each once. */
const MOST_TOLD = 20;
/** Seconds after which it is forgotten how often jobs were set aside. */
const ASIDE_SECONDS = 3600;

/** A job that this worker cannot run; another one may. */
export class NotOurs extends Error {}

export class Asides {
  /** Times that a job was set aside here. */
  times = 0;
  private readonly told = new Set<string>();

  constructor(
    private readonly link: Link,
    private readonly remark: (text: string) => void,
  ) {}

  async setAside(job: Job<unknown>, token: string | undefined, why: string): Promise<never> {
    const { redis, patience } = this.link;
    const id = job.id ?? '';
    this.times++;
    if (!this.told.has(why) && this.told.size < MOST_TOLD) {
      this.told.add(why);
      this.remark(`the job ${printable(id, 80)} is set aside: ${why}`);
    }
    const key = KEYS.aside;
    const [times] = await replacing(this.link, key, () =>
      answersOf(redis.pipeline().hincrby(key, id, 1).expire(key, ASIDE_SECONDS).exec()),
    );
    if (Number(times) < MOST_ASIDE) {
      await job.moveToDelayed(Date.now() + ASIDE_MILLISECONDS, token);
      throw new DelayedError();
    }
    await patience.persist(() => redis.hdel(key, id));
    throw new UnrecoverableError(`set aside by every worker that took it: ${why}`);
  }
}

/** The version that a job names, as it may be printed. */
export function versionOf(data: unknown): string {
  const found = typeof data === 'object' && data !== null && 'batterywalk' in data ? data.batterywalk : undefined;
  return typeof found === 'string' ? printable(found, 64) : 'of an unknown version';
}

export function mismatch(driver: string, why = 'their shards differ'): string {
  const ours = driver === VERSION ? `${VERSION} of another build` : VERSION;
  return (
    `the driver is batterywalk ${driver}, this worker is ${ours} (${printable(why)}), ` +
    'expected the same version on both sides'
  );
}

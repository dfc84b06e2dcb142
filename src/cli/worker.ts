/** `batterywalk worker --queue URL`: serves sweeps that others drive, with one device, until it is stopped. */
import { host } from '#host';
import { InputError } from '../errors.js';
import { parseQueueUrl } from '../sweep/node/queue/address.js';
import { sealOf } from '../sweep/node/queue/seal.js';
import type { WorkerLike } from '../host/contract.js';
import { progressAt } from '../study/progress.js';
import type { CommandSpec } from './context.js';

/** Milliseconds in which a thread that JavaScript can reach has long ended. */
const PATIENCE = 2000;
/** Seconds that shards in hand may take to be finished after a signal, and their results to be handed over. */
const STOP_SECONDS = 20;

export const worker: CommandSpec = {
  name: 'worker',
  describe: 'run shards of sweeps for whoever drives them by a queue: --queue URL; one worker a GPU',
  applies: ['backend', 'adapter', 'threads', 'out'],
  examples: [
    'worker --queue redis://bw@queue-host:6379',
    'worker --queue unix:/run/redis.sock --backend cpu --threads 4',
  ],
  configure(command) {
    command
      .option('--queue <URL>', 'the Redis server: redis://…, rediss://… for TLS, unix:/path')
      .option(
        '--queue-key <FILE>',
        'a key shared with drivers: jobs and results are signed (or BATTERYWALK_QUEUE_KEY)',
      );
  },
  async run(context) {
    const url = context.text('queue');
    if (url === undefined) {
      throw new InputError(
        '--queue: missing, expected the Redis server that sweep --queue uses, such as redis://host:6379',
        '--queue',
      );
    }
    // Before the queue's client is read, which is large.
    parseQueueUrl(url);
    const seal = sealOf(context.text('queueKey'));
    const { backend, adapter, threads, out } = context.options;
    // Schedulers stop a worker by SIGTERM, people by Ctrl-C; both are heeded, and only the second counts as an
    // interruption.
    const signal = AbortSignal.any([context.patientSignal(STOP_SECONDS), context.termination(STOP_SECONDS)]);
    const { serveQueue } = await import('../sweep/node/queue/index.js');
    const engine = host.spawnWorker('sweep-worker');
    try {
      const { done, aside } = await serveQueue({
        ...{ url, engine, seal, out, signal },
        request: { backend, adapter, threads },
        remark: (text) => {
          context.remark(text);
        },
        onProgress: ({ done, total, rate }) => {
          context.progress.report(progressAt('serving', { done, total }, rate, 1));
        },
      });
      const more = aside === 0 ? '' : `, jobs were set aside ${aside} ${aside === 1 ? 'time' : 'times'}`;
      context.remark(`stopped: ${done} shards were finished here${more}`);
    } finally {
      await end(engine);
    }
  },
};

/**
 * Ends the engine's thread. One that hangs in a driver's call cannot be ended: the process is, then (supervisor.ts).
 */
async function end(engine: WorkerLike): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE);
  });
  await Promise.race([engine.terminate(), over]);
  clearTimeout(timer);
}

/** `batterywalk worker --queue URL`: serves sweeps that others drive, with one device, until it is stopped. */
import { host } from '#host';
import { InputError } from '../errors.js';
import type { CommandSpec } from './context.js';

export const worker: CommandSpec = {
  name: 'worker',
  describe: 'run shards of sweeps for whoever drives them by a queue: --queue URL; one worker a GPU',
  configure(command) {
    command.option('--queue <URL>', 'the Redis server: redis://…, rediss://… for TLS, unix:/path');
  },
  async run(context) {
    const url = context.text('queue');
    if (url === undefined) {
      throw new InputError(
        '--queue: missing, expected the Redis server that sweep --queue uses, such as redis://host:6379',
        '--queue',
      );
    }
    const { backend, adapter, out } = context.options;
    // Schedulers stop a worker by SIGTERM, people by Ctrl-C; both are heeded, and only the second counts as an interruption.
    const terminated = new AbortController();
    const terminate = (): void => {
      terminated.abort();
    };
    process.on('SIGTERM', terminate);
    const { serveQueue } = await import('../sweep/node/queue/index.js');
    const engine = host.spawnWorker('sweep-worker');
    try {
      const done = await serveQueue({
        url,
        engine,
        request: { backend, adapter },
        out,
        signal: AbortSignal.any([context.signal, terminated.signal]),
        remark: (text) => {
          context.remark(text);
        },
        onProgress: ({ done, total, rate }) => {
          const etaSeconds = rate > 0 ? (total - done) / rate : Infinity;
          context.progress.report({ label: 'serving', done, total, rate, etaSeconds });
        },
      });
      context.remark(`stopped: ${done} shards were finished here`);
    } finally {
      process.off('SIGTERM', terminate);
      await engine.terminate();
    }
  },
};

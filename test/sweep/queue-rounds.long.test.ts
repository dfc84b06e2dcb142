/**
 * 200 sweeps through a worker whose folder is slow, beside threads that take the processors: every order comes to its
 * end.
 */
import { Worker as Thread } from 'node:worker_threads';
import { expect, test } from 'vitest';
import type { Backend } from '../../src/engine/backend.js';
import { emptyPartials } from '../../src/engine/partials.js';
import { jobRows } from '../../src/engine/rows.js';
import { EngineLink } from '../../src/sweep/node/queue/engine-link.js';
import { cutShards } from '../../src/sweep/shards.js';
import { slowedEngine } from './slowed-engine.js';
import { pause } from './queue-fixture.js';
import { sweepOf } from './sweeps.js';

const ROUNDS = 200;
/**
 * Longest look into the folder, milliseconds: with a steady 20 ms, three rounds of five hung before lines were kept
 * for those who look.
 */
const SLOW = 20;
/** Jobs in hand at once, as a worker has them. */
const HANDS = 2;
/** Ends a hang; a round takes a second or two. */
const HANG = 600_000;

const CHANGES = { trials: 6400, shardPathSlots: 64 * 2000 };

/** Counts every path as without a deficit, after a moment. */
const device: Pick<Backend, 'runAll'> = {
  async runAll(feed) {
    for (let taken = 0; ; taken++) {
      const job = feed.next();
      if (job === undefined) return;
      await pause(1);
      const { horizons } = emptyPartials(jobRows(job));
      feed.done(taken, { horizons: horizons.map((row) => ({ ...row, count: job.paths, zeros: job.paths })) });
    }
  },
};

test(`${ROUNDS} rounds under load: none hangs`, async () => {
  const load = Array.from({ length: 2 }, () => new Thread('for (;;);', { eval: true }));
  const shards = cutShards(sweepOf(CHANGES)).length;
  let finished = 0;
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const engine = slowedEngine(device, () => pause(Math.random() * SLOW).then(() => undefined), CHANGES);
      const link = new EngineLink(engine.worker, () => undefined, HANG);
      await link.open({ backend: 'cpu' }, engine.out);
      await link.plan('sweep', engine.text);
      let next = 0;
      const serve = async (): Promise<void> => {
        while (next < shards) {
          const { results } = await link.run('sweep', [next++]);
          finished += results.size;
        }
      };
      await Promise.all(Array.from({ length: HANDS }, serve));
      link.close();
      engine.end();
    }
  } finally {
    await Promise.all(load.map((thread) => thread.terminate()));
  }
  console.log(`${ROUNDS} rounds, ${finished} shards`);
  expect(finished).toBe(ROUNDS * shards);
});

/** The worker's two threads without Redis: orders that come while others end, sweeps that are let go, what hangs. */
import { describe, expect, test } from 'vitest';
import type { Backend } from '../../src/engine/backend.js';
import type { WorkerLike } from '../../src/host/contract.js';
import { emptyPartials } from '../../src/engine/partials.js';
import { jobRows } from '../../src/engine/rows.js';
import { BackendError, DeviceLostError } from '../../src/errors.js';
import { EngineLink } from '../../src/sweep/node/queue/engine-link.js';
import type { FromEngine, ToEngine } from '../../src/sweep/node/queue/engine-protocol.js';
import { SWEEPS_KEPT } from '../../src/sweep/node/queue/tuning.js';
import { slowedEngine } from './slowed-engine.js';
import { pause, until } from './queue-fixture.js';

/** A device that takes no time and counts every path as without a deficit. */
const quick: Pick<Backend, 'runAll'> = {
  async runAll(feed) {
    for (let taken = 0; ; taken++) {
      const job = feed.next();
      if (job === undefined) return;
      await Promise.resolve();
      const { horizons } = emptyPartials(jobRows(job));
      feed.done(taken, { horizons: horizons.map((row) => ({ ...row, count: job.paths, zeros: job.paths })) });
    }
  },
};

/** Long against all that these tests wait for. */
const NEVER = 3_600_000;

describe('orders', () => {
  test('one that still looks in the folder when the line before it ends is run, not left lying', async () => {
    const looks: (() => void)[] = [];
    let runs = 0;
    const counted: typeof quick = { runAll: (...given) => quick.runAll(...given).finally(() => runs++) };
    const engine = slowedEngine(
      counted,
      () =>
        new Promise((resolve) =>
          looks.push(() => {
            resolve(undefined);
          }),
        ),
    );
    const look = async (): Promise<void> => {
      while (looks.length === 0) await pause(1);
      looks.shift()?.();
    };
    const link = new EngineLink(engine.worker, () => undefined, NEVER);
    await link.open({ backend: 'cpu' }, engine.out);
    await link.plan('sweep', engine.text);
    const first = link.run('sweep', [0]);
    const second = link.run('sweep', [1]);
    // The first finds nothing and runs to its end; the second is told only then that there is nothing for it either.
    await look();
    expect((await first).results.size).toBe(1);
    // What ends a line follows its last run within the same turn.
    await until(() => runs > 0, 'the device is done');
    await pause(1);
    await look();
    expect((await second).results.size).toBe(1);
    link.close();
    engine.end();
  });

  test('a sweep that was let go is said to be, and runs again once it is planned again', async () => {
    const engine = slowedEngine(quick, () => Promise.resolve(undefined));
    const link = new EngineLink(engine.worker, () => undefined, NEVER);
    await link.open({ backend: 'cpu' }, undefined);
    const names = Array.from({ length: SWEEPS_KEPT + 1 }, (_, i) => `sweep ${i}`);
    for (const name of names) await link.plan(name, engine.text);
    expect(await link.run(names[0], [0])).toMatchObject({ left: [0], forgotten: true });
    await link.plan(names[0], engine.text);
    expect(await link.run(names[0], [0])).toMatchObject({ left: [], forgotten: false });
    link.close();
    engine.end();
  });
});

describe('the watch', () => {
  /** A thread that answers what a test has it answer. */
  function puppet(): { worker: WorkerLike; asked: ToEngine[]; say: (message: FromEngine) => void } {
    const asked: ToEngine[] = [];
    const worker: WorkerLike = {
      postMessage: (message) => asked.push(message as ToEngine),
      onmessage: null,
      onerror: null,
      terminate: () => Promise.resolve(),
    };
    return { worker, asked, say: (message) => worker.onmessage?.(message) };
  }
  const HANG = 100;

  test('an engine that says nothing while it has work is given up as a lost device', async () => {
    const { worker } = puppet();
    const link = new EngineLink(worker, () => undefined, HANG);
    await expect(link.run('a', [0])).rejects.toThrow(/has given no sign for 0\.1 s while at work: it hangs/);
    await expect(link.broken).rejects.toThrow(DeviceLostError);
    await link.untilIdle();
    link.close();
  });

  test('one without work may be silent, and one at work may take its time while it gives signs', async () => {
    const { worker, say } = puppet();
    const link = new EngineLink(worker, () => undefined, HANG);
    await pause(3 * HANG);
    const order = link.run('a', [0]);
    for (let i = 0; i < 12; i++) {
      await pause(HANG / 4);
      say({ kind: 'alive' });
    }
    say({ kind: 'end', id: 0, left: [], speed: 1, forgotten: false });
    expect((await order).left).toEqual([]);
    link.close();
  });

  test('a job that stands still while later ones end is given up and told; the engine goes on', async () => {
    const { worker, say } = puppet();
    const remarks: string[] = [];
    const link = new EngineLink(worker, (text) => remarks.push(text), HANG);
    const still = link.run('a', [0]);
    const later = link.run('a', [1]);
    const signs = setInterval(() => {
      say({ kind: 'alive' });
    }, HANG / 10);
    say({ kind: 'end', id: 1, left: [], speed: 1, forgotten: false });
    await later;
    await expect(still).rejects.toThrow(BackendError);
    expect(remarks.join()).toMatch(/a job has stood still for 0\.1 s while others were done: it is given up/);
    const next = link.run('a', [2]);
    say({ kind: 'end', id: 2, left: [], speed: 1, forgotten: false });
    expect((await next).left).toEqual([]);
    clearInterval(signs);
    link.close();
  });
});

/** The worker program of the cpu backend: walks what it is told to, keeps partials, sends them when asked. */
import { workerScope } from '#worker-scope';
import { walkLumped } from './lumped.js';
import { walkPassage } from './passage.js';
import type { PassageWalk } from './passage.js';
import { walkProof } from './proof.js';
import type { FromWorker, ToWorker, WorkerWalk } from './protocol.js';
import { Reducer } from '../reduce.js';
import { walkTasks } from './tasks.js';

/** Paths walked between two reductions: their deficits stay in the cache. */
const BLOCK = 512;

let walk: WorkerWalk | undefined;
let rows = 0;
let passageWalk: PassageWalk | undefined;
let reducer: Reducer | undefined;
let block = new Int32Array(0);

function reply(message: FromWorker, transfer: ArrayBuffer[] = []): void {
  workerScope.postMessage(message, transfer);
}

workerScope.onMessage((data) => {
  const message = data as ToWorker;
  if (message.kind === 'open') {
    walk = message.walk;
    reducer = new Reducer(message.horizons);
    rows = message.horizons.length;
    block = new Int32Array(BLOCK * rows);
    return;
  }
  if (message.kind === 'openPassage') {
    passageWalk = message.walk;
    return;
  }
  if (passageWalk !== undefined) {
    passages(passageWalk, message);
    return;
  }
  if (walk === undefined || reducer === undefined) throw new Error(`cpu worker: '${message.kind}' before 'open'`);
  switch (message.kind) {
    case 'walk': {
      const start = performance.now();
      for (let done = 0; done < message.count; done += BLOCK) {
        const count = Math.min(BLOCK, message.count - done);
        walkPaths(walk, message.firstPath + done, count, block, BLOCK);
        reducer.add(block, count, BLOCK);
      }
      reply({ kind: 'walked', count: message.count, seconds: (performance.now() - start) / 1000 });
      return;
    }
    case 'deficits': {
      const deficits = new Int32Array(message.count * rows);
      walkPaths(walk, message.firstPath, message.count, deficits, message.count);
      reply({ kind: 'deficits', firstPath: message.firstPath, count: message.count, deficits }, [deficits.buffer]);
      return;
    }
    case 'close': {
      const partials = reducer.finish();
      walk = undefined;
      reducer = undefined;
      reply({ kind: 'partials', partials });
      return;
    }
    case 'passages':
      throw new Error("cpu worker: 'passages' before 'openPassage'");
  }
});

/** Writes each row of paths: out[row · stride + i]. */
function walkPaths(job: WorkerWalk, firstPath: number, count: number, out: Int32Array, stride: number): void {
  switch (job.kernel) {
    case 'lumped':
      walkLumped(job, firstPath, count, out, stride);
      return;
    case 'tasks':
      walkTasks(job, firstPath, count, out, stride);
      return;
    case 'proof':
      walkProof(job, firstPath, count, out, stride);
  }
}

/** A message of a first-passage job. */
function passages(job: PassageWalk, message: ToWorker): void {
  if (message.kind === 'passages') {
    const { firstPath, count } = message;
    const slots = new Int32Array(count);
    const points = new Int32Array(count);
    const start = performance.now();
    walkPassage(job, firstPath, count, slots, points);
    const seconds = (performance.now() - start) / 1000;
    reply({ kind: 'passages', firstPath, count, slots, points, seconds }, [slots.buffer, points.buffer]);
  } else if (message.kind === 'close') {
    passageWalk = undefined;
    reply({ kind: 'partials', partials: { horizons: [] } });
  } else {
    throw new Error(`cpu worker: '${message.kind}' in a job of first passages`);
  }
}

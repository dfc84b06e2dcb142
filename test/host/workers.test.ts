/**
 * Workers of both hosts: an error inside reaches the owner as a message, and an end that was asked for is none. The
 * program is the cpu backend's, sent something that it must refuse.
 */
import { expect, test } from 'vitest';
import { host } from '#host';
import { revivedError } from '../../src/plain-error.js';
import type { PlainError } from '../../src/plain-error.js';
import { runInBrowser } from '../browser/chromium.js';

/** What the program refuses. */
const REFUSED = [{ kind: 'walk', firstPath: 0, count: 1 }];

test('in Node', async () => {
  const worker = host.spawnWorker('cpu-worker');
  const answer = new Promise<unknown>((resolve, reject) => {
    worker.onmessage = resolve;
    worker.onerror = reject;
  });
  worker.postMessage(REFUSED);
  const { failure } = (await answer) as { readonly failure: PlainError };
  expect(revivedError(failure).message).toMatch(/'walk' before job/);
  await worker.terminate();

  const idle = host.spawnWorker('cpu-worker');
  const errors: Error[] = [];
  idle.onerror = (told) => errors.push(told);
  await idle.terminate();
  await idle.terminate();
  expect(errors).toEqual([]);
});

test('in a browser', async () => {
  const answer = await runInBrowser(`
    import { host } from '#host';
    export default async function () {
      const worker = host.spawnWorker('cpu-worker');
      const answer = new Promise((resolve, reject) => {
        worker.onmessage = resolve;
        worker.onerror = reject;
      });
      worker.postMessage(${JSON.stringify(REFUSED)});
      const { failure } = await answer;
      await worker.terminate();
      return failure.message;
    }`);
  expect(answer).toMatch(/'walk' before job/);
});

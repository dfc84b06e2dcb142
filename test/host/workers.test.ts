/** Workers of both hosts: an error inside reaches the owner, and an end that was asked for is none. The program is the cpu
 *  backend's, sent something that it must refuse. */
import { expect, test } from 'vitest';
import { host } from '#host';
import { runInBrowser } from '../browser/chromium.js';

test('in Node', async () => {
  const worker = host.spawnWorker('cpu-worker');
  const failed = new Promise<Error>((resolve) => (worker.onerror = resolve));
  worker.postMessage([{ kind: 'walk', firstPath: 0, count: 1 }]);
  expect((await failed).message).toMatch(/'walk' before job/);

  const idle = host.spawnWorker('cpu-worker');
  const errors: Error[] = [];
  idle.onerror = (error) => errors.push(error);
  await idle.terminate();
  await idle.terminate();
  expect(errors).toEqual([]);
});

test('in a browser', async () => {
  const answer = await runInBrowser(`
    import { host } from '#host';
    export default async function () {
      const worker = host.spawnWorker('cpu-worker');
      const failed = new Promise((resolve) => (worker.onerror = resolve));
      worker.postMessage([{ kind: 'walk', firstPath: 0, count: 1 }]);
      const { message } = await failed;
      await worker.terminate();
      return message;
    }`);
  expect(answer).toMatch(/Worker 'cpu-worker' failed: .*'walk' before job/);
});

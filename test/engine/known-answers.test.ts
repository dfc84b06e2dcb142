/**
 * Wrong devices: refused with their name and stage, passed by by `auto`, and never believed at work. All faults:
 * known-answers.long.test.ts.
 */
import { expect, test } from 'vitest';
import { host } from '#host';
import type { Host } from '../../src/host/contract.js';
import { openBackend } from '../../src/engine/open-backend.js';
import { partialsSha256 } from '../../src/engine/partials-codec.js';
import { createWebGpuBackend } from '../../src/engine/webgpu/backend.js';
import { HEADER_WORDS } from '../../src/engine/webgpu/kernels.js';
import { WrongAnswerError } from '../../src/errors.js';
import { FAULTS } from './device-faults.js';
import { wrappedHandle } from './fake-device.js';
import { SETTINGS, jobOf } from './jobs.js';

const faultOf = (stage: string) => {
  const found = FAULTS.filter((fault) => fault.stage === stage && fault.exercise === 'opening').at(-1);
  if (found === undefined) throw new Error(`no fault in the ${stage}`);
  return found;
};

test.each(['walk', 'reduction', 'merge', 'transfer'])('a fault in the %s refuses the device by name', async (stage) => {
  const opening = createWebGpuBackend(await wrappedHandle(faultOf(stage).wrapping));
  await expect(opening).rejects.toThrow(WrongAnswerError);
  await expect(opening).rejects.toThrow(new RegExp(`^SwiftShader.* gives wrong numbers, in the ${stage}: .*expected`));
});

test('auto goes on to the next backend and says so', async () => {
  const { wrapping } = faultOf('reduction');
  const wrong: Host = { ...host, requestAdapter: () => wrappedHandle(wrapping) };
  const remarks: string[] = [];
  const backend = await openBackend(wrong, { threads: 1, onRemark: (text) => remarks.push(text) });
  expect(backend.name).toBe('cpu');
  expect(remarks).toEqual([expect.stringMatching(/^WebGPU is not used: SwiftShader.* in the reduction/)]);
  await backend.release();
});

test('a GPU that is not there is no remark', async () => {
  const remarks: string[] = [];
  const backend = await openBackend(host, { threads: 1, onRemark: (text) => remarks.push(text) });
  if (backend.name === 'cpu') expect(remarks).toEqual([]);
  await backend.release();
});

test.each<[string, (words: Uint32Array) => void]>([
  [
    'a path that was not counted',
    (words) => (words[HEADER_WORDS + words.subarray(HEADER_WORDS).findIndex((n) => n > 0)] -= 1),
  ],
  ['zeros of another time', (words) => (words[0] += 3)],
  ['a sum that the bins do not allow', (words) => (words[2] += 2 ** 15)],
  ['squares that the bins do not allow', (words) => (words[7] += 2 ** 10)],
  ['words that were cleared', (words) => words.fill(0)],
])('a device that is wrong later on is found by what it counted: %s', async (_, alter) => {
  let isWrong = false;
  const read = (words: Uint32Array): void => {
    if (isWrong) alter(words);
  };
  const backend = await createWebGpuBackend(await wrappedHandle({ read }));
  try {
    const job = jobOf(SETTINGS[0], { trials: 3000, horizons: [40], seed: 'later' });
    const sound = partialsSha256(await backend.run(job));
    isWrong = true;
    await expect(backend.run(job)).rejects.toThrow(WrongAnswerError);
    isWrong = false;
    expect(partialsSha256(await backend.run(job))).toBe(sound);
  } finally {
    await backend.release();
  }
});

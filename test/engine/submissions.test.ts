/** How long submissions are and how many are ahead of the host, on a device that takes as long as the test says. */
import { describe, expect, test } from 'vitest';
import type { Device } from '../../src/engine/webgpu/device.js';
import { SliceLength } from '../../src/engine/webgpu/slices.js';
import { Submissions } from '../../src/engine/webgpu/submissions.js';

describe('the length of a submission', () => {
  test('starts careful and grows at most fourfold at a time, to 50 ms', () => {
    const slices = new SliceLength(undefined);
    expect(slices.slots(2 ** 20)).toBe(1);
    expect(slices.slots(2 ** 22), 'never less than a slot').toBe(1);
    const rate = 1e10;
    const lengths = Array.from({ length: 8 }, () => {
      const pathSlots = slices.slots(1024) * 1024;
      expect(slices.learn(pathSlots, pathSlots / rate)).toBe(true);
      return slices.slots(1024) * 1024;
    });
    expect(lengths.slice(0, 4)).toEqual([2 ** 22, 2 ** 24, 2 ** 26, 2 ** 28]);
    expect(lengths[7] / (0.05 * rate)).toBeCloseTo(1, 3);
    expect(slices.ahead / (0.1 * rate)).toBeCloseTo(1, 3);
  });

  test('shrinks at once on a slow device', () => {
    const slices = new SliceLength(undefined);
    expect(slices.learn(2 ** 20, 5)).toBe(true);
    expect(slices.slots(100)).toBe(Math.floor((0.01 * 2 ** 20) / 100));
  });

  test('learns nothing from what is too short, and from short ones seen together', () => {
    const slices = new SliceLength(undefined);
    expect(slices.learn(2 ** 10, 0.001)).toBe(false);
    expect(slices.learn(2 ** 20, 1e-5), 'heard of late').toBe(false);
    expect(slices.slots(1)).toBe(2 ** 20);
    expect(slices.learn(2 ** 15, 0.02)).toBe(true);
    expect(slices.slots(1)).toBe(Math.floor(2.5 * 2 ** 15));
  });

  test('is what a test asks for, whatever is learnt', () => {
    const slices = new SliceLength(17);
    slices.learn(2 ** 20, 1);
    expect(slices.slots(5)).toBe(17);
  });
});

/** A device whose work is done when the test says so, in order. */
function stub(): { device: Device; finish: () => Promise<void>; readonly inFlight: number } {
  const open: (() => void)[] = [];
  let inFlight = 0;
  const queue = {
    submit: () => inFlight++,
    onSubmittedWorkDone: () => new Promise<void>((resolve) => open.push(resolve)),
  };
  const device = { gpu: { queue, features: new Set() }, guard: <T>(work: Promise<T>) => work };
  return {
    device: device as unknown as Device,
    async finish() {
      inFlight--;
      open.shift()?.();
      await new Promise((resolve) => setTimeout(resolve));
    },
    get inFlight() {
      return inFlight;
    },
  };
}

const encoder = { finish: () => ({}) } as unknown as GPUCommandEncoder;
const none = (): void => undefined;

test('the host is ahead by two submissions at first, and by as many short ones as last as long; never by more than 64', async () => {
  const fake = stub();
  const submissions = new Submissions(fake.device, {});
  let submitted = 0;
  let waits = false;
  const submitUntilItWaits = async (pathSlots: number): Promise<void> => {
    for (;;) {
      if (waits || submitted > 500) return;
      waits = true;
      submitted++;
      const room = submissions.submit(encoder, undefined, pathSlots, none).then(() => {
        waits = false;
      });
      await Promise.race([room, new Promise((resolve) => setTimeout(resolve, 5))]);
    }
  };
  const whole = submissions.slices.slots(1);
  await submitUntilItWaits(whole);
  expect(fake.inFlight).toBeLessThanOrEqual(3);
  expect(fake.inFlight).toBeGreaterThanOrEqual(2);
  // Short ones: an eighth, so that two whole ones are sixteen of them.
  while (fake.inFlight > 0) await fake.finish();
  const { ahead } = submissions.slices;
  await submitUntilItWaits(Math.ceil(ahead / 16));
  expect(fake.inFlight).toBeGreaterThanOrEqual(15);
  expect(fake.inFlight).toBeLessThanOrEqual(18);
  while (fake.inFlight > 0) await fake.finish();
  await submitUntilItWaits(1);
  expect(fake.inFlight).toBeLessThanOrEqual(65);
  expect(fake.inFlight).toBeGreaterThan(32);
  const drained = submissions.drain();
  while (fake.inFlight > 0) await fake.finish();
  await drained;
});

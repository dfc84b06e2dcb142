/** How long submissions are and how many are ahead of the host, on devices and clocks that a test makes. */
import seedrandom from 'seedrandom';
import { describe, expect, test } from 'vitest';
import type { Device } from '../../src/engine/webgpu/device.js';
import { Pace } from '../../src/engine/webgpu/pace.js';
import { Submissions } from '../../src/engine/webgpu/submissions.js';
import { formatTable } from '../../src/report/table.js';
import { paced } from './virtual-device.js';
import type { VirtualDevice } from './virtual-device.js';

/** Seconds of a submission at most, and share of the time that the device is busy at least. */
const LONGEST = 0.2;
const BUSY = 0.85;

const RATES = [1e7, 1e8, 1e9, 1e10, 1e11, 1e12];
const TICKS: readonly (readonly [name: string, ticks: Pick<VirtualDevice, 'noticeTick' | 'clockTick'>])[] = [
  ['none', {}],
  ['clock 1 µs', { clockTick: 1e-6 }],
  ...[0.016, 0.1].flatMap((tick) => {
    const milliseconds = `${1000 * tick} ms`;
    return [
      [`notices ${milliseconds}`, { noticeTick: tick }],
      [`clock ${milliseconds}`, { clockTick: tick }],
      [`both ${milliseconds}`, { noticeTick: tick, clockTick: tick }],
    ] as const;
  }),
];
/** Kinds of work by how wrong the estimate of each is, and how often they change. */
const SWITCHES: readonly (readonly [name: string, kinds: Pick<VirtualDevice, 'kinds' | 'turn'>])[] = [
  ['one kind', { kinds: [1], turn: 1 }],
  ...[1, 7, 100].flatMap((turn) => [
    [`two kinds, each ${turn}`, { kinds: [1, 140], turn }] as const,
    [`three kinds, each ${turn}`, { kinds: [1, 0.01, 30], turn }] as const,
  ]),
];

const COLUMNS = [
  { header: 'kernels', align: 'left' },
  { header: 'slots/s' },
  { header: 'longest, ms' },
  { header: 'busy, %' },
] as const;

describe('on every device, clock and mix of kernels', () => {
  test.each(TICKS)('submissions are short and the device is busy; ticks: %s', async (ticks, tick) => {
    const rows: string[][] = [];
    const wrong: string[] = [];
    for (const [switches, kinds] of SWITCHES) {
      for (const rate of RATES) {
        const { longest, busy } = await paced({ rate, ...tick, ...kinds }, 20, seedrandom.alea('table'));
        rows.push([switches, rate.toExponential(0), (1000 * longest).toFixed(0), (100 * busy).toFixed(1)]);
        if (longest > LONGEST || busy < BUSY) wrong.push(rows[rows.length - 1].join(' '));
      }
    }
    console.log(`ticks: ${ticks}\n${formatTable(COLUMNS, rows)}`);
    expect(wrong).toEqual([]);
  });

  test('submissions are short though the host is held up again and again', async () => {
    for (const seconds of [0.1, 1, 5]) {
      for (const [name, kinds] of SWITCHES) {
        const stalls = { chance: 0.05, seconds };
        const { longest } = await paced({ rate: 1e10, ...kinds, stalls }, 30, seedrandom.alea(name));
        expect(longest, `${name}, ${seconds} s`).toBeLessThanOrEqual(LONGEST);
      }
    }
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

test('the host is ahead by one submission of work that nobody knows, then by as many as last 100 ms, never by more than 64', async () => {
  const fake = stub();
  const pace = new Pace();
  let now = 0;
  const submissions = new Submissions(fake.device, {}, () => now);
  let submitted = 0;
  let waits = false;
  const submitUntilItWaits = async (work: number): Promise<void> => {
    for (;;) {
      if (waits || submitted > 500) return;
      waits = true;
      submitted++;
      const room = submissions.submit(encoder, undefined, { pace, work }, none).then(() => {
        waits = false;
      });
      await Promise.race([room, new Promise((resolve) => setTimeout(resolve, 5))]);
    }
  };
  const finishAll = async (): Promise<void> => {
    while (fake.inFlight > 0) {
      now += 50;
      await fake.finish();
    }
  };
  await submitUntilItWaits(pace.work);
  expect(fake.inFlight).toBe(1);
  await finishAll();
  await submitUntilItWaits(pace.work);
  // More than two: the device had waited for the second one.
  expect(fake.inFlight).toBeGreaterThanOrEqual(3);
  expect(fake.inFlight).toBeLessThanOrEqual(5);
  await finishAll();
  // Short ones: an eighth, so that two whole ones are sixteen of them.
  await submitUntilItWaits(pace.work / 8);
  expect(fake.inFlight).toBeGreaterThanOrEqual(16);
  await finishAll();
  await submitUntilItWaits(1);
  expect(fake.inFlight).toBeLessThanOrEqual(65);
  expect(fake.inFlight).toBeGreaterThan(32);
  const drained = submissions.drain();
  await finishAll();
  await drained;
});

/**
 * A device of a given speed on a clock of its own, which tells late that work is finished, as browsers do: for pacing.
 */
import { largestOf } from '../../src/numeric/extremes.js';
import type { Device } from '../../src/engine/webgpu/device.js';
import { Pace } from '../../src/engine/webgpu/pace.js';
import { Submissions } from '../../src/engine/webgpu/submissions.js';

export interface VirtualDevice {
  /** Slots of the lumped walk a second. */
  readonly rate: number;
  /** Seconds between the moments at which notices come, 0 for at once; and of the host's clock. */
  readonly noticeTick?: number;
  readonly clockTick?: number;
  /** Of each kind of work, how many times as long it takes as was estimated. */
  readonly kinds: readonly number[];
  /** Submissions of one kind before the next begins. */
  readonly turn: number;
  /** Chance that the host is held up before it submits, and for how long, seconds. */
  readonly stalls?: { readonly chance: number; readonly seconds: number };
}

export interface Paced {
  /** Seconds of the longest submission after the first of its kind. */
  readonly longest: number;
  /** Share of the time after the first `FINDING` seconds that the device is busy. */
  readonly busy: number;
}

/** Seconds in which a pace may be found: thirty of the longest ticks. */
const FINDING = 3;
/** Host's time for a submission, and from a notice to the host that hears of it; seconds. */
const HOST = 1e-4;
const LATE = 3e-4;

/** Paces work for so many seconds of the virtual clock. */
export async function paced(given: VirtualDevice, seconds: number, random: () => number): Promise<Paced> {
  const { rate, noticeTick = 0, clockTick = 0, kinds, turn, stalls } = given;
  let now = 0;
  let free = 0;
  let last = Promise.resolve();
  const notices: { at: number; tell: () => void }[] = [];
  const spans: { begin: number; end: number; isFirst: boolean }[] = [];
  const current = { kind: 0, work: 0 };
  const seen = new Set<number>();
  const queue = {
    submit() {
      const begin = Math.max(now, free);
      free = begin + (current.work * kinds[current.kind]) / rate;
      spans.push({ begin, end: free, isFirst: !seen.has(current.kind) });
      seen.add(current.kind);
      const at = (noticeTick === 0 ? free : Math.ceil(free / noticeTick) * noticeTick) + LATE;
      last = new Promise((resolve) => notices.push({ at, tell: resolve }));
    },
    onSubmittedWorkDone: () => last,
  };
  const device = { gpu: { queue, features: new Set() }, guard: <T>(work: Promise<T>) => work } as unknown as Device;
  const clock = (): number => 1000 * (clockTick === 0 ? now : Math.floor(now / clockTick) * clockTick);
  const submissions = new Submissions(device, {}, clock);
  const encoder = { finish: () => ({}) } as unknown as GPUCommandEncoder;
  const paces = kinds.map(() => new Pace());
  const state = { isOver: false };
  const host = async (): Promise<void> => {
    for (let n = 0; now < seconds; n++) {
      current.kind = Math.floor(n / turn) % kinds.length;
      const pace = paces[current.kind];
      current.work = pace.work;
      now += HOST;
      if (stalls !== undefined && random() < stalls.chance) now += stalls.seconds * random();
      await submissions.submit(encoder, undefined, { pace, work: current.work }, () => undefined);
    }
    await submissions.drain();
    state.isOver = true;
  };
  const running = host();
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve));
    if (state.isOver) break;
    const notice = notices.shift();
    if (notice === undefined) throw new Error('the host waits for what was never submitted');
    now = Math.max(now + LATE / 10, notice.at);
    notice.tell();
  }
  await running;
  const warm = spans.filter(({ begin }) => begin >= FINDING);
  const from = warm[0].begin;
  return {
    longest: largestOf(spans.filter(({ isFirst }) => !isFirst).map(({ begin, end }) => end - begin)),
    busy: warm.reduce((sum, { begin, end }) => sum + end - begin, 0) / (free - from),
  };
}

/**
 * Work in flight on a device: some submissions ahead of the one that is waited for, so that the device never waits for the host, and the time of each
 * for the length of the next ones (slices.ts). The queue keeps their order, so batches need not wait for each other.
 */
import type { RunControl } from '../backend.js';
import type { Device } from './device.js';
import { PassClock, TIMESTAMPS } from './pass-clock.js';
import { SliceLength } from './slices.js';

/** Submissions ahead of the one that is waited for: at least these, and no more than those, however short. */
const LEAST_AHEAD = 2;
const MOST_AHEAD = 64;

export class Submissions {
  readonly slices: SliceLength;
  private readonly waiting: Promise<void>[] = [];
  /** Path-slots that are submitted and not finished. */
  private ahead = 0;
  /** Finished work that was too short to learn from: its path-slots, and when it began. */
  private readonly short = { pathSlots: 0, since: 0 };
  /** Times that are on their way to the host. */
  private readonly times: Promise<void>[] = [];
  private lastDone = performance.now();

  constructor(
    private readonly device: Device,
    private readonly control: RunControl,
  ) {
    this.slices = new SliceLength(control.slotsPerSlice);
  }

  /** A clock for the passes of the next submission, where their times are wanted and the device has one. */
  clock(passes: number): PassClock | undefined {
    const { device, control } = this;
    if (control.onDeviceTime === undefined || !device.gpu.features.has(TIMESTAMPS)) return undefined;
    return new PassClock(device, passes);
  }

  /** Submits commands that walk `pathSlots` and waits until there is room for more. */
  async submit(
    encoder: GPUCommandEncoder,
    clock: PassClock | undefined,
    pathSlots: number,
    onDone: () => void,
  ): Promise<void> {
    const { queue } = this.device.gpu;
    clock?.finish(encoder);
    const commands = encoder.finish();
    const submitted = performance.now();
    queue.submit([commands]);
    this.ahead += pathSlots;
    this.waiting.push(
      queue.onSubmittedWorkDone().then(() => {
        this.ahead -= pathSlots;
        this.finished(pathSlots, submitted);
        onDone();
      }),
    );
    const { onDeviceTime } = this.control;
    if (clock !== undefined && onDeviceTime !== undefined) this.times.push(clock.read(onDeviceTime));
    while (this.full()) await this.device.guard(this.waiting.shift() as Promise<void>);
  }

  /** Whether the oldest submission is waited for before there are more. */
  private full(): boolean {
    const { length } = this.waiting;
    return length >= LEAST_AHEAD && (length >= MOST_AHEAD || this.ahead > this.slices.ahead);
  }

  private finished(pathSlots: number, submitted: number): void {
    const now = performance.now();
    const { short } = this;
    if (short.pathSlots === 0) short.since = Math.max(submitted, this.lastDone);
    short.pathSlots += pathSlots;
    // Where nothing follows, the device is idle: what comes later is not seen together with this.
    if (this.slices.learn(short.pathSlots, (now - short.since) / 1000) || this.ahead === 0) short.pathSlots = 0;
    this.lastDone = now;
  }

  /** Waits for all that was submitted. */
  async drain(): Promise<void> {
    await this.device.guard(Promise.all([...this.waiting.splice(0), ...this.times.splice(0)]));
  }
}

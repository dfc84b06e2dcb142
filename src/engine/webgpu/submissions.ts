/**
 * Work in flight on a device: some submissions ahead of the one that is waited for, so that the device never waits for the host, and the time of each
 * for the length of the next ones (slices.ts). The queue keeps their order, so batches need not wait for each other.
 */
import type { RunControl } from '../backend.js';
import type { Device } from './device.js';
import { PassClock, TIMESTAMPS } from './pass-clock.js';
import { SliceLength } from './slices.js';

/** Submissions ahead of the one that is waited for. */
const DEPTH = 2;

export class Submissions {
  readonly slices: SliceLength;
  private readonly waiting: Promise<void>[] = [];
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
    this.waiting.push(
      queue.onSubmittedWorkDone().then(() => {
        const now = performance.now();
        this.slices.learn(pathSlots, (now - Math.max(submitted, this.lastDone)) / 1000);
        this.lastDone = now;
        onDone();
      }),
    );
    const { onDeviceTime } = this.control;
    if (clock !== undefined && onDeviceTime !== undefined) this.times.push(clock.read(onDeviceTime));
    if (this.waiting.length >= DEPTH) await this.device.guard(this.waiting.shift() as Promise<void>);
  }

  /** Waits for all that was submitted. */
  async drain(): Promise<void> {
    await this.device.guard(Promise.all([...this.waiting.splice(0), ...this.times.splice(0)]));
  }
}

/**
 * Work in flight on a device: some submissions ahead of the one that is waited for, so that the device never waits for the host, and the time of each
 * for the length of the next ones (slices.ts). The queue keeps their order, so batches need not wait for each other.
 */
import type { Device } from './device.js';
import type { SliceLength } from './slices.js';

/** Submissions ahead of the one that is waited for. */
const DEPTH = 2;

export class Submissions {
  private readonly waiting: Promise<void>[] = [];
  private lastDone = performance.now();

  constructor(
    private readonly device: Device,
    readonly slices: SliceLength,
  ) {}

  /** Submits commands that walk `pathSlots` and waits until there is room for more. */
  async submit(commands: GPUCommandBuffer, pathSlots: number, onDone: () => void): Promise<void> {
    const { queue } = this.device.gpu;
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
    if (this.waiting.length >= DEPTH) await this.device.guard(this.waiting.shift() as Promise<void>);
  }

  /** Waits for all that was submitted. */
  async drain(): Promise<void> {
    await this.device.guard(Promise.all(this.waiting.splice(0)));
  }
}

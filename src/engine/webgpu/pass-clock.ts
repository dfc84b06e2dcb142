/**
 * GPU time of the compute passes of one submission, by timestamp queries: for benches, where the device has them.
 * Browsers and Dawn round timestamps to some 0.1 ms, so single short passes say little; sums over a run do.
 */
import type { DeviceStage } from '../backend.js';
import type { Device } from './device.js';

const NANOSECOND = 1e-9;

export class PassClock {
  private readonly stages: DeviceStage[] = [];
  private readonly queries: GPUQuerySet;
  private readonly resolved: GPUBuffer;
  private readonly staging: GPUBuffer;

  /** @param passes most that the submission has. */
  constructor(
    private readonly device: Device,
    passes: number,
  ) {
    const { gpu } = device;
    const size = 16 * passes;
    this.queries = gpu.createQuerySet({ type: 'timestamp', count: 2 * passes });
    this.resolved = gpu.createBuffer({ size, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC });
    this.staging = gpu.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  }

  /** What the next pass, of the given stage, is begun with. */
  pass(stage: DeviceStage): GPUComputePassDescriptor {
    const at = 2 * this.stages.length;
    this.stages.push(stage);
    return {
      timestampWrites: { querySet: this.queries, beginningOfPassWriteIndex: at, endOfPassWriteIndex: at + 1 },
    };
  }

  /** Adds the commands that bring the times to the host; after the last pass. */
  finish(encoder: GPUCommandEncoder): void {
    const count = 2 * this.stages.length;
    encoder.resolveQuerySet(this.queries, 0, count, this.resolved, 0);
    encoder.copyBufferToBuffer(this.resolved, 0, this.staging, 0, 8 * count);
  }

  /** Tells each pass's seconds, once the submission is done. */
  async read(tell: (stage: DeviceStage, seconds: number) => void): Promise<void> {
    try {
      await this.device.guard(this.staging.mapAsync(GPUMapMode.READ));
      const times = new BigUint64Array(this.staging.getMappedRange());
      this.stages.forEach((stage, i) => {
        tell(stage, Number(times[2 * i + 1] - times[2 * i]) * NANOSECOND);
      });
    } finally {
      this.queries.destroy();
      this.resolved.destroy();
      this.staging.destroy();
    }
  }
}

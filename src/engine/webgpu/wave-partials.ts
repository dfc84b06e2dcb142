/**
 * The partials of a wave on the device: those of the batch that is walked, and those of finished batches, which are
 * read now and then. A job of so many rows that a device binds no buffer for them all has several.
 */
import { WrongAnswerError } from '../../errors.js';
import type { Partials } from '../partials.js';
import { mostBound } from './allocation.js';
import { bindGroup, deviceName } from './device.js';
import type { Device } from './device.js';
import { WORKGROUP_SIZE } from './kernels.js';
import { HORIZON_WORDS, addDevicePartials, impossible } from './limbs.js';
import type { Segment } from './segments.js';
import { readWords } from './walk.js';
import type { WalkBuffers } from './walk-buffers.js';

/** Additions to a limb that fit before it is read: each is less than 2^16 (kernels/reduce.wgsl). */
const MAXIMUM_ADDITIONS = 2 ** 16 - 1;
/** Seconds after which what is finished is read in any case: what a lost device costs. */
const READ_SECONDS = 10;
/** Most workgroups of the merging. */
const MERGE_GROUPS = 1024;

/** Some rows of the wave, one after the other. */
interface Part {
  readonly total: GPUBuffer;
  readonly current: GPUBuffer;
  readonly rows: number;
}

export class WavePartials {
  private readonly parts: readonly Part[];
  private readonly rowsOfPart: number;
  /** The merging's bindings of each part, made when first needed. */
  private readonly groups: GPUBindGroup[] = [];
  /** Paths of each job that are on the device and not read yet. */
  private readonly unread: Float64Array;
  /** Additions to a limb of them. */
  private additions = 0;
  private readAt = performance.now();

  /** @param partials of the wave's jobs, all of as many rows */
  constructor(
    private readonly device: Device,
    private readonly merging: GPUComputePipeline,
    buffers: WalkBuffers,
    private readonly partials: readonly Partials[],
  ) {
    const rows = partials.length * partials[0].horizons.length;
    this.rowsOfPart = Math.min(rows, Math.floor(mostBound(device.gpu) / (4 * HORIZON_WORDS)));
    this.unread = new Float64Array(partials.length);
    const { STORAGE, COPY_SRC, COPY_DST } = GPUBufferUsage;
    const usage = STORAGE | COPY_SRC | COPY_DST;
    this.parts = Array.from({ length: Math.ceil(rows / this.rowsOfPart) }, (_, i) => {
      const own = Math.min(this.rowsOfPart, rows - i * this.rowsOfPart);
      const words = HORIZON_WORDS * own;
      return {
        total: buffers.empty('partials of the wave', words, usage),
        current: buffers.empty('partials of the batch', words, usage),
        rows: own,
      };
    });
  }

  /** Where a job's row is counted: of several jobs, a row of each is in the same buffer. */
  of(job: number, row: number): { readonly buffer: GPUBuffer; readonly at: number } {
    const { part, at } = this.place(job, row);
    return { buffer: this.parts[part].current, at };
  }

  private place(job: number, row: number): { readonly part: number; readonly at: number } {
    const place = job * this.partials[0].horizons.length + row;
    const part = Math.floor(place / this.rowsOfPart);
    return { part, at: (place - part * this.rowsOfPart) * HORIZON_WORDS };
  }

  /** Makes room for so many additions to a limb. */
  async reserve(additions: number): Promise<void> {
    const isLate = performance.now() - this.readAt > 1000 * READ_SECONDS;
    if (this.additions + additions > MAXIMUM_ADDITIONS || isLate) await this.read();
  }

  /** Adds a batch, which is finished, to what is read later. */
  merge(batch: readonly Segment[], additions: number): void {
    const { gpu } = this.device;
    const encoder = gpu.createCommandEncoder({ label: 'merge' });
    const pass = encoder.beginComputePass();
    pass.setPipeline(this.merging);
    this.parts.forEach(({ total, current, rows }, i) => {
      this.groups[i] ??= bindGroup(gpu, this.merging, total, current);
      pass.setBindGroup(0, this.groups[i]);
      pass.dispatchWorkgroups(Math.min(Math.ceil((HORIZON_WORDS * rows) / WORKGROUP_SIZE), MERGE_GROUPS));
    });
    pass.end();
    gpu.queue.submit([encoder.finish()]);
    for (const { walk, paths } of batch) this.unread[walk] += paths;
    this.additions += additions;
  }

  /** Brings what is finished to the host: all of it or, if it throws, nothing. @throws WrongAnswerError */
  async read(): Promise<void> {
    this.readAt = performance.now();
    if (this.additions === 0) return;
    const { device, partials, unread, parts } = this;
    const words: Uint32Array[] = [];
    for (const { total, rows } of parts) words.push(await readWords(device, total, HORIZON_WORDS * rows));
    const counted = partials.map(({ horizons }, job) =>
      horizons.map((_, row) => {
        const { part, at } = this.place(job, row);
        return words[part].subarray(at, at + HORIZON_WORDS);
      }),
    );
    partials.forEach(({ horizons }, job) => {
      horizons.forEach(({ slots, bins }, row) => {
        const wrong = impossible(counted[job][row], unread[job], bins);
        if (wrong === undefined) return;
        throw new WrongAnswerError(deviceName(device.info), 'reduction', `at ${slots} slots (row ${row}) ${wrong}`);
      });
    });
    partials.forEach((own, job) => {
      if (unread[job] > 0) addDevicePartials(own, counted[job], unread[job]);
    });
    unread.fill(0);
    this.additions = 0;
    const encoder = device.gpu.createCommandEncoder({ label: 'clear' });
    for (const { total } of parts) encoder.clearBuffer(total);
    device.gpu.queue.submit([encoder.finish()]);
  }
}

/** The pipelines of one walking kernel: a form of it for each kind of tables, compiled when a job first needs it. */
import { JITTER_BITS } from '../../law/tables.js';
import type { WalkTables } from '../../law/tables.js';
import type { Device, KernelSource } from './device.js';
import { WORKGROUP_SIZE } from './kernels.js';

/** What the tables of a walk are like: cells of one byte of quanta, cells of any width, or residual cells besides (kernels/slot.wgsl). */
export type WalkForm = 'byte cells' | 'any cells' | 'residual cells';

export function formOf({ coreShift, residual }: WalkTables): WalkForm {
  if (residual !== undefined) return 'residual cells';
  return coreShift === JITTER_BITS ? 'byte cells' : 'any cells';
}

export class WalkPipelines {
  private readonly compiled = new Map<WalkForm, Promise<GPUComputePipeline>>();

  constructor(
    private readonly device: Device,
    private readonly kernel: KernelSource,
    private readonly constants: Record<string, number> = {},
  ) {}

  /** The pipeline of a form. @throws KernelError */
  get(form: WalkForm): Promise<GPUComputePipeline> {
    let pipeline = this.compiled.get(form);
    if (pipeline === undefined) {
      pipeline = this.device.compile(this.kernel, {
        workgroup_size: WORKGROUP_SIZE,
        has_residual: form === 'residual cells' ? 1 : 0,
        byte_cells: form === 'byte cells' ? 1 : 0,
        ...this.constants,
      });
      this.compiled.set(form, pipeline);
    }
    return pipeline;
  }
}

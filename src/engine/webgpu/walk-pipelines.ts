/** The pipelines of one walking kernel: a form of it for each kind of tables, compiled when a job first needs it. */
import { JITTER_BITS } from '../../law/tables.js';
import type { WalkTables } from '../../law/tables.js';
import type { Device } from './device.js';
import { FormChoice } from './form-choice.js';
import { WORKGROUP_SIZE } from './kernels.js';
import type { KernelSource } from './kernels.js';
import type { DeviceWalk } from './walk-buffers.js';

/**
 * What the tables of a walk are like: cells of one byte of quanta, cells of any width, or residual cells besides
 * (kernels/slot.wgsl).
 */
export type WalkForm = 'byte cells' | 'any cells' | 'residual cells';

export function formOf({ coreShift, residual }: WalkTables): WalkForm {
  if (residual !== undefined) return 'residual cells';
  return coreShift === JITTER_BITS ? 'byte cells' : 'any cells';
}

/** The form of its kernel that a walk needs. */
export function walkForm({ tables, site }: Pick<DeviceWalk, 'tables' | 'site'>): WalkForm {
  if (tables !== undefined) return formOf(tables);
  return site?.residual === true ? 'residual cells' : 'any cells';
}

/** Another way to walk, and the names of both. */
export interface OtherWay {
  readonly usual: string;
  readonly name: string;
  readonly pipelines: WalkPipelines;
  /** Seconds from which a run is long, and what a GPU does at least: for tests. */
  readonly limits?: readonly [number, number] | undefined;
}

export class WalkPipelines {
  private readonly compiled = new Map<WalkForm, Promise<GPUComputePipeline>>();
  private readonly choices = new Map<WalkForm, Promise<FormChoice>>();

  /** @param other the same walk in another way, which may be faster (form-choice.ts). */
  constructor(
    private readonly device: Device,
    private readonly kernel: KernelSource,
    private readonly constants: Readonly<Record<string, number>> = {},
    private readonly other?: OtherWay,
  ) {}

  /** What walks a form. @param tried resolves when the other way was tried. @throws KernelError */
  choice(form: WalkForm, tried?: (other: WalkPipelines) => Promise<void>): Promise<FormChoice> {
    let choice = this.choices.get(form);
    if (choice === undefined) {
      choice = this.newChoice(form, tried);
      this.choices.set(form, choice);
    }
    return choice;
  }

  /** What was found of each form that was tried, in words. */
  async found(): Promise<string[]> {
    const choices = await Promise.all([...this.choices].map(async ([form, choice]) => [form, await choice] as const));
    return choices.flatMap(([form, { found }]) => (found === '' ? [] : [`${this.kernel.name}, ${form}: ${found}`]));
  }

  private async newChoice(form: WalkForm, tried?: (other: WalkPipelines) => Promise<void>): Promise<FormChoice> {
    const pipeline = await this.get(form);
    const { other } = this;
    if (other === undefined) return new FormChoice({ name: this.kernel.name, pipeline });
    const make = async (): Promise<GPUComputePipeline> => {
      const made = await other.pipelines.get(form);
      await tried?.(other.pipelines);
      return made;
    };
    return new FormChoice({ name: other.usual, pipeline }, { name: other.name, make }, ...(other.limits ?? []));
  }

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

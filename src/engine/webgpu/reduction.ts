/**
 * How a device reduces (kernels/reduce.wgsl): the constants with which that is compiled, and which workgroup reduces
 * what.
 */
import type { AdapterDescription } from '../../host/contract.js';
import { BIN_COUNT } from '../partials.js';
import type { Device } from './device.js';
import { KERNELS, WORKGROUP_SIZE } from './kernels.js';
import type { Segment } from './segments.js';

/** Sums of a part: zeros, D in two halves, D² in four. */
const SUMS = 7;

/** A way to reduce; results do not depend on it. */
export interface ReductionForm {
  /** Workgroups of the walk that one of the reduction's reduces at most. */
  readonly together: number;
  /** Whether bins are counted in workgroup memory first. */
  readonly localBins: boolean;
  /** Copies of each sum in workgroup memory: 32 or 1. */
  readonly copies: 32 | 1;
}

export const REDUCTION_FORMS = {
  gpu: { together: 16, localBins: true, copies: 32 },
  /** For processors that play a GPU. */
  software: { together: 1, localBins: false, copies: 1 },
} as const satisfies Record<string, ReductionForm>;

export function reductionForm({ isSoftware }: AdapterDescription): ReductionForm {
  return isSoftware ? REDUCTION_FORMS.software : REDUCTION_FORMS.gpu;
}

/** The constants with which the reduction of a word of the path state is compiled. */
export function reductionConstants(
  { together, localBins, copies }: ReductionForm,
  word: number,
): Record<string, number> {
  const apart = copies === 1 ? 1 : copies + 1;
  return {
    workgroup_size: WORKGROUP_SIZE,
    state_word: word,
    together,
    local_bins: localBins ? 1 : 0,
    copies,
    apart,
    sum_words: SUMS * apart,
    // Two counts a word.
    bin_words: localBins ? BIN_COUNT / 2 : 1,
  };
}

/** Words of a part. */
export const PART_WORDS = 2;

/**
 * The parts of a batch, two words each, in order: the segment, and the first of the walk's workgroups that are reduced.
 */
export function reductionParts(batch: readonly Segment[], { together }: ReductionForm): Uint32Array<ArrayBuffer> {
  const words: number[] = [];
  batch.forEach(({ firstGroup, groups }, segment) => {
    for (let done = 0; done < groups; done += together) words.push(segment, firstGroup + done);
  });
  return Uint32Array.from(words);
}

/**
 * The reductions of a device, one for each word of the path state: compiled when first asked for, and shared by all
 * kernels.
 */
export class Reductions {
  private readonly compiled = new Map<number, Promise<GPUComputePipeline>>();

  constructor(private readonly device: Device) {}

  /** @throws KernelError */
  of(word: number): Promise<GPUComputePipeline> {
    let pipeline = this.compiled.get(word);
    if (pipeline === undefined) {
      pipeline = this.device.compile(KERNELS.reduce, reductionConstants(reductionForm(this.device.info), word));
      this.compiled.set(word, pipeline);
    }
    return pipeline;
  }
}

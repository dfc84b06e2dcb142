/** The kernels, put together from their files in order (kernels/README.md). */
import columnsStorage from '../../../kernels/columns-storage.wgsl';
import columnsWorkgroup from '../../../kernels/columns-workgroup.wgsl';
import lumped from '../../../kernels/lumped.wgsl';
import merge from '../../../kernels/merge.wgsl';
import reduce from '../../../kernels/reduce.wgsl';
import stream from '../../../kernels/stream.wgsl';
import type { KernelSource } from './device.js';

function assemble(name: string, ...files: readonly string[]): KernelSource {
  return { name, entryPoint: name, code: files.join('\n') };
}

export const KERNELS = {
  /** Columns in workgroup memory. */
  lumped: assemble('lumped', stream, columnsWorkgroup, lumped),
  /** Columns in a storage buffer. */
  lumpedFromStorage: assemble('lumped', stream, columnsStorage, lumped),
  reduce: assemble('reduce', reduce),
  merge: assemble('merge', merge),
} as const;

/** Invocations of a workgroup, for every kernel: the default limit. */
export const WORKGROUP_SIZE = 256;
/** Words of a path's state in kernels/lumped.wgsl. */
export const STATE_WORDS = 6;
/** The word of the running minimum. */
export const LEAST_WORD = 5;
/** Words of a horizon before its bins in kernels/reduce.wgsl. */
export const HEADER_WORDS = 16;

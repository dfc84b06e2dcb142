/** The kernels, put together from their files in order (kernels/README.md). */
import { siteConstants } from '../../law/site-tables.js';
import batch from '../../../kernels/batch.wgsl';
import columnsStorage from '../../../kernels/columns-storage.wgsl';
import columnsWorkgroup from '../../../kernels/columns-workgroup.wgsl';
import fraction from '../../../kernels/fraction.wgsl';
import lumped from '../../../kernels/lumped.wgsl';
import merge from '../../../kernels/merge.wgsl';
import passage from '../../../kernels/passage.wgsl';
import proof from '../../../kernels/proof.wgsl';
import reduce from '../../../kernels/reduce.wgsl';
import site from '../../../kernels/site.wgsl';
import siteDraws from '../../../kernels/site-draws.wgsl';
import siteQueue from '../../../kernels/site-queue.wgsl';
import slot from '../../../kernels/slot.wgsl';
import stages from '../../../kernels/stages.wgsl';
import state from '../../../kernels/state.wgsl';
import streamCode from '../../../kernels/stream.wgsl';
import tasks from '../../../kernels/tasks.wgsl';
import tasksRounds from '../../../kernels/tasks-rounds.wgsl';
import { purposeConstants } from '../purposes.js';
import type { KernelSource } from './device.js';

const stream = [purposeConstants(), streamCode].join('\n');

function assemble(name: string, ...files: readonly string[]): KernelSource {
  return { name, entryPoint: name, code: files.join('\n') };
}

export const KERNELS = {
  /** Columns in workgroup memory. */
  lumped: assemble('lumped', stream, columnsWorkgroup, slot, state, lumped),
  /** Columns in a storage buffer. */
  lumpedFromStorage: assemble('lumped', stream, columnsStorage, slot, state, lumped),
  passage: assemble('passage', stream, columnsWorkgroup, slot, state, passage),
  passageFromStorage: assemble('passage', stream, columnsStorage, slot, state, passage),
  tasks: assemble('tasks_walk', stream, columnsWorkgroup, slot, state, batch, tasks),
  tasksFromStorage: assemble('tasks_walk', stream, columnsStorage, slot, state, batch, tasks),
  /** Lumped accounting, for GPUs. */
  tasksRounds: assemble('tasks_rounds', stream, columnsStorage, slot, state, batch, tasksRounds),
  proof: assemble('proof', stream, columnsWorkgroup, slot, state, batch, proof),
  proofFromStorage: assemble('proof', stream, columnsStorage, slot, state, batch, proof),
  /** Reads its tables from storage on every device: there are too many for workgroup memory. */
  site: assemble('site', stream, columnsStorage, slot, state, fraction, siteConstants(), siteDraws, siteQueue, site),
  stages: assemble('stages', stream, columnsWorkgroup, slot, state, batch, stages),
  stagesFromStorage: assemble('stages', stream, columnsStorage, slot, state, batch, stages),
  reduce: assemble('reduce', reduce),
  merge: assemble('merge', merge),
} as const;

/** Invocations of a workgroup, for every kernel: the default limit. */
export const WORKGROUP_SIZE = 256;
/** Words of a path's state in kernels/lumped.wgsl and passage.wgsl, without the stream of residual cells. */
export const STATE_WORDS = 6;
/** Words of the state of the stream of residual cells, where there are any: the last ones of every kernel. */
export const RESIDUAL_STATE_WORDS = 4;
/** Words of a path's state in kernels/tasks.wgsl. */
export const TASKS_STATE_WORDS = 16;
/** Words of a path's state in kernels/proof.wgsl, and the first of those that are its rows, in the order of PROOF_ROWS. */
export const PROOF_STATE_WORDS = 25;
export const PROOF_FIRST_WORD = 5;
/** The same of kernels/site.wgsl, in the order of SITE_ROWS. */
export const SITE_STATE_WORDS = 49;
export const SITE_FIRST_WORD = 5;
/** The word of B. */
export const LEVEL_WORD = 4;
/** The word of the running minimum (lumped) or of the passage's slot (passage). */
export const LEAST_WORD = 5;
/** Words of a horizon before its bins in kernels/reduce.wgsl. */
export const HEADER_WORDS = 16;

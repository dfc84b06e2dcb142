/** The kernels, put together from their files in order (kernels/README.md). */
import batch from '../../../kernels/batch.wgsl';
import columnsStorage from '../../../kernels/columns-storage.wgsl';
import columnsWorkgroup from '../../../kernels/columns-workgroup.wgsl';
import fraction from '../../../kernels/fraction.wgsl';
import lumped from '../../../kernels/lumped.wgsl';
import lumpedSite from '../../../kernels/lumped-site.wgsl';
import merge from '../../../kernels/merge.wgsl';
import passage from '../../../kernels/passage.wgsl';
import proof from '../../../kernels/proof.wgsl';
import reduce from '../../../kernels/reduce.wgsl';
import site from '../../../kernels/site.wgsl';
import siteBattery from '../../../kernels/site-battery.wgsl';
import siteDraws from '../../../kernels/site-draws.wgsl';
import siteQueue from '../../../kernels/site-queue.wgsl';
import slot from '../../../kernels/slot.wgsl';
import stages from '../../../kernels/stages.wgsl';
import state from '../../../kernels/state.wgsl';
import streamCode from '../../../kernels/stream.wgsl';
import tasks from '../../../kernels/tasks.wgsl';
import tasksRounds from '../../../kernels/tasks-rounds.wgsl';
import { HARVEST_MODE, POLICY_NUMBER, SITE_FIELD } from '../../law/site-tables.js';
import { numbered, wgslConstants } from '../kernels/layout.js';
import { SEGMENT, SLICE } from '../kernels/segment.js';
import { STATE } from '../kernels/state.js';
import { PASSAGE_ROWS } from '../passage-job.js';
import { CONSUMPTION_ORIGIN, PROOF_ROWS, VIOLATION } from '../proof-job.js';
import { PURPOSE } from '../purposes.js';
import { LUMPED_SITE_ROWS, SITE_ROWS, SITE_VIOLATION } from '../site-job.js';
import { STAGES } from '../stages.js';

/** A kernel: WGSL files put together in order, and the entry point of the last. */
export interface KernelSource {
  readonly name: string;
  readonly entryPoint: string;
  readonly code: string;
}

const stream = [wgslConstants('STREAM', PURPOSE), streamCode].join('\n');
const walking = [SEGMENT.code, SLICE.code, slot].join('\n');

/** Places of a path's words, and the code that keeps them. */
function stateOf(kernel: keyof typeof STATE): string {
  const { at, words } = STATE[kernel];
  return [wgslConstants('STATE', { ...at, residual: words }), state].join('\n');
}

const proofNumbers = [
  wgslConstants('ROW', numbered(PROOF_ROWS)),
  wgslConstants('VIOLATION', VIOLATION),
  wgslConstants('', { CONSUMPTION_ORIGIN }),
].join('\n');
const siteNumbers = [
  wgslConstants('VIOLATION', SITE_VIOLATION),
  wgslConstants('HARVEST', HARVEST_MODE),
  wgslConstants('POLICY', POLICY_NUMBER),
  wgslConstants('', SITE_FIELD),
].join('\n');

/** Words of a horizon before its bins. */
export const HEADER_WORDS = 16;

function assemble(name: string, ...files: readonly string[]): KernelSource {
  return { name, entryPoint: name, code: files.join('\n') };
}

const inWorkgroup = [stream, columnsWorkgroup, walking] as const;
const inStorage = [stream, columnsStorage, walking] as const;
const passageCode = [stateOf('passage'), wgslConstants('ROW', numbered(PASSAGE_ROWS)), passage] as const;
const siteCode = [
  ...[stateOf('site'), fraction, wgslConstants('ROW', numbered(SITE_ROWS)), siteNumbers, siteDraws, siteQueue],
  ...[siteBattery, site],
] as const;
const lumpedSiteCode = [
  ...[stateOf('lumpedSite'), fraction, wgslConstants('ROW', numbered(LUMPED_SITE_ROWS)), siteNumbers, siteDraws],
  ...[siteBattery, lumpedSite],
] as const;

export const KERNELS = {
  /** Columns in workgroup memory. */
  lumped: assemble('lumped', ...inWorkgroup, stateOf('lumped'), lumped),
  /** Columns in a storage buffer. */
  lumpedFromStorage: assemble('lumped', ...inStorage, stateOf('lumped'), lumped),
  passage: assemble('passage', ...inWorkgroup, ...passageCode),
  passageFromStorage: assemble('passage', ...inStorage, ...passageCode),
  tasks: assemble('tasks_walk', ...inWorkgroup, stateOf('tasks'), batch, tasks),
  tasksFromStorage: assemble('tasks_walk', ...inStorage, stateOf('tasks'), batch, tasks),
  /** Lumped accounting, for GPUs. */
  tasksRounds: assemble('tasks_rounds', ...inStorage, stateOf('tasks'), batch, tasksRounds),
  proof: assemble('proof', ...inWorkgroup, stateOf('proof'), batch, proofNumbers, proof),
  proofFromStorage: assemble('proof', ...inStorage, stateOf('proof'), batch, proofNumbers, proof),
  /** Reads its tables from storage on every device: there are too many for workgroup memory. */
  site: assemble('site', ...inStorage, ...siteCode),
  /** The same, without tasks. */
  lumpedSite: assemble('lumped_site', ...inStorage, ...lumpedSiteCode),
  stages: assemble('stages', ...inWorkgroup, stateOf('tasks'), batch, wgslConstants('STAGE', numbered(STAGES)), stages),
  stagesFromStorage: assemble(
    'stages',
    ...inStorage,
    ...[stateOf('tasks'), batch, wgslConstants('STAGE', numbered(STAGES)), stages],
  ),
  reduce: assemble('reduce', wgslConstants('', { HEADER_WORDS }), reduce),
  merge: assemble('merge', merge),
} as const;

/** Invocations of a workgroup, for every kernel: the default limit. */
export const WORKGROUP_SIZE = 256;

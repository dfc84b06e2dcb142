/**
 * Everything on the device that a wave of walks needs: tables, path state, and the segments of the batch that is walked
 * (layouts: kernels/slot.wgsl, kernels/batch.wgsl). A wave is one job or many that share a kernel and their
 * checkpoints.
 */
import { COLUMN_BITS, COLUMN_COUNT, CORE_THRESHOLD_BITS, JITTER_BITS } from '../../law/tables.js';
import type { WalkTables } from '../../law/tables.js';
import { siteRingWords } from '../../law/site-tables.js';
import type { SiteTables } from '../../law/site-tables.js';
import type { TaskTables } from '../../law/task-tables.js';
import { SEGMENT, SLICE } from '../kernels/segment.js';
import type { StreamKey } from '../stream-key.js';
import { checkBytes } from './allocation.js';
import { WORKGROUP_SIZE } from './kernels.js';
import type { FormChoice } from './form-choice.js';
import type { Segment } from './segments.js';

/** What a walk of paths is made of, whatever is kept of it. */
export interface DeviceWalk {
  /** Left out for a site. */
  readonly tables?: WalkTables;
  readonly key: StreamKey;
  readonly initialQuanta: number;
  /** Level at or below which a path has passed; 0 where nothing stops. */
  readonly barrier: number;
  /** Slots of the checkpoints, strictly ascending. */
  readonly checkpoints: readonly number[];
  /** Words of a path's state. */
  readonly stateWords: number;
  /** What kernels/batch.wgsl needs, where the walk draws task by task. */
  readonly tasks?: DeviceTasks;
  /** What kernels/site.wgsl and lumped-site.wgsl read instead of tables and tasks. */
  readonly site?: SiteTables;
  /** Left out: a site has rings, for what its tasks leave to later slots. */
  readonly hasRings?: false;
}

/** The tasks of a walk. */
export interface DeviceTasks {
  readonly tables: TaskTables;
  /** Future slots kept of a path: a power of two; 0 where consumption is lumped. */
  readonly ringSlots: number;
  readonly centreQuanta: number;
  readonly plantedQuanta: number;
}

/** Slots that one dispatch walks. */
export interface Slice {
  readonly begin: number;
  readonly end: number;
}

/** Words from one slice to the next: 256 bytes, at which every device lets a uniform binding begin. */
const SLICE_STRIDE = 64;
/** Most slices of one submission. */
export const SLICES = 64;
const COLUMN_MASK = COLUMN_COUNT - 1;
/** The bit at which a column's threshold begins. */
const CORE_THRESHOLD_AT = 32 - CORE_THRESHOLD_BITS;
/** Words of a job's residual cells. */
const RESIDUAL_CELL_WORDS = 3 * COLUMN_COUNT;

export class WalkBuffers {
  private readonly all: GPUBuffer[] = [];
  readonly state: GPUBuffer;
  /** The segment of each workgroup. */
  readonly segmentOf: GPUBuffer;
  /** Buffers by binding; slices are binding 0. */
  private readonly bound: readonly (readonly [number, GPUBuffer])[];
  /** Slices of one submission, each where a uniform binding may begin. */
  private readonly slices: GPUBuffer;
  /** The bindings with each slice, made when first needed. */
  private readonly groups = new Map<GPUComputePipeline, GPUBindGroup[]>();
  private readonly segments: GPUBuffer;
  /** First word of each walk's task tables. */
  private readonly tasksAt: number[] = [];
  private stride = 0;

  /**
   * @param choice of the form (walk-pipelines.ts) of all the walks.
   * @param walks those of the wave: alike in kernel, form, checkpoints, state and ring.
   * @param groups workgroups that the state has room for.
   */
  constructor(
    private readonly gpu: GPUDevice,
    readonly choice: FormChoice,
    readonly walks: readonly DeviceWalk[],
    groups: number,
  ) {
    const [{ stateWords, tasks, site, hasRings = true }] = walks;
    const room = groups * WORKGROUP_SIZE;
    const { STORAGE, UNIFORM, COPY_SRC, COPY_DST } = GPUBufferUsage;
    this.state = this.empty('path state', stateWords * room, STORAGE | COPY_SRC);
    this.slices = this.empty('slices', SLICE_STRIDE * SLICES, UNIFORM | COPY_DST);
    this.segments = this.empty('segments', SEGMENT.words * groups, STORAGE | COPY_DST);
    this.segmentOf = this.empty('segments of workgroups', groups, STORAGE | COPY_DST);
    const bound: [number, GPUBuffer][] = [
      [3, this.state],
      [4, this.segments],
      [5, this.segmentOf],
    ];
    if (site === undefined) {
      const columns = walks.map(({ tables }) => (tables === undefined ? [] : deviceColumns(tables.columns)));
      bound.push([1, this.filled('core columns', joined(columns))]);
      bound.push([2, this.filled('residual cells', residualWords(walks))]);
    } else {
      bound.push([6, this.filled('site tables', this.siteWords())]);
      if (hasRings) bound.push([7, this.empty('rings', Math.max(1, siteRingWords(site) * room), STORAGE)]);
    }
    if (tasks !== undefined) {
      bound.push([6, this.filled('task tables', this.taskWords())]);
      bound.push([7, this.empty('future slots', Math.max(1, tasks.ringSlots * room), STORAGE)]);
    }
    this.bound = bound;
  }

  /** Of the next submission. */
  get pipeline(): GPUComputePipeline {
    return this.choice.pipeline;
  }

  /** The bindings of slice i of a submission. */
  group(i: number): GPUBindGroup {
    let own = this.groups.get(this.pipeline);
    if (own === undefined) {
      own = [];
      this.groups.set(this.pipeline, own);
    }
    return (own[i] ??= this.gpu.createBindGroup({
      label: 'walk',
      layout: this.pipeline.getBindGroupLayout(0),
      entries: [
        { binding: 0, resource: { buffer: this.slices, offset: 4 * SLICE_STRIDE * i, size: 4 * SLICE.words } },
        ...this.bound.map(([binding, buffer]) => ({ binding, resource: { buffer } })),
      ],
    }));
  }

  /** The tables of kernels/site.wgsl, one walk after the other. */
  private siteWords(): Uint32Array<ArrayBuffer> {
    let at = 0;
    return joined(
      this.walks.flatMap(({ site }) => {
        if (site === undefined) return [];
        this.tasksAt.push(at);
        at += site.words.length;
        return [site.words];
      }),
    );
  }

  /** The tables of kernels/batch.wgsl, one walk after the other. */
  private taskWords(): Uint32Array<ArrayBuffer> {
    let at = 0;
    return joined(
      this.walks.flatMap(({ tasks }) => {
        if (tasks === undefined) return [];
        const { tables } = tasks;
        this.tasksAt.push(at);
        const profilesAt = at + tables.countColumns.length + 4 * 2 ** tables.entryBits;
        at = profilesAt + tables.profiles.length;
        const starts = tables.profileStart.map((start) => profilesAt + start);
        return [
          tables.countColumns,
          tables.entryColumns,
          tables.energies,
          starts,
          tables.profileLength,
          tables.profiles,
        ];
      }),
    );
  }

  empty(label: string, words: number, usage: GPUBufferUsageFlags): GPUBuffer {
    checkBytes(this.gpu, label, 4 * words, (usage & GPUBufferUsage.STORAGE) !== 0);
    const buffer = this.gpu.createBuffer({ label, size: 4 * words, usage });
    this.all.push(buffer);
    return buffer;
  }

  filled(
    label: string,
    words: Uint32Array<ArrayBuffer>,
    usage: GPUBufferUsageFlags = GPUBufferUsage.STORAGE,
  ): GPUBuffer {
    const buffer = this.empty(label, words.length, usage | GPUBufferUsage.COPY_DST);
    this.gpu.queue.writeBuffer(buffer, 0, words);
    return buffer;
  }

  /** Says which paths the next slices walk. */
  setBatch(batch: readonly Segment[]): void {
    const words = new Int32Array(SEGMENT.words * batch.length);
    const last = batch[batch.length - 1];
    const groups = last.firstGroup + last.groups;
    const segmentOf = new Uint32Array(groups);
    batch.forEach((segment, i) => {
      const { walk: number, firstPath, paths, firstGroup } = segment;
      const { key, tables, initialQuanta, barrier, tasks } = this.walks[number];
      const coreShift = tables?.coreShift ?? 0;
      SEGMENT.write(words, SEGMENT.words * i, {
        key,
        firstPath: [firstPath, Math.floor(firstPath / 2 ** 32)],
        ...{ paths, firstGroup, initial: initialQuanta, base: tables?.base ?? 0 },
        ...{ pointLeft: Math.max(0, coreShift - JITTER_BITS), pointRight: Math.max(0, JITTER_BITS - coreShift) },
        ...{ barrier, core: number, residualAt: RESIDUAL_CELL_WORDS * number, tasksAt: this.tasksAt[number] ?? 0 },
        countDraws: tasks?.tables.countDraws ?? 0,
        entryBits: tasks?.tables.entryBits ?? 0,
        fractionBits: tasks?.tables.fractionBits ?? 0,
        ...{ centre: tasks?.centreQuanta ?? 0, planted: tasks?.plantedQuanta ?? 0 },
      });
      segmentOf.fill(i, firstGroup, firstGroup + segment.groups);
    });
    this.stride = groups * WORKGROUP_SIZE;
    this.gpu.queue.writeBuffer(this.segments, 0, words);
    this.gpu.queue.writeBuffer(this.segmentOf, 0, segmentOf);
  }

  /** Says which slots each dispatch of the next submission walks. */
  setSlices(slices: readonly Slice[]): void {
    const ringMask = Math.max(1, this.walks[0].tasks?.ringSlots ?? 0) - 1;
    const words = new Int32Array(SLICE_STRIDE * slices.length);
    slices.forEach(({ begin, end }, i) => {
      SLICE.write(words, SLICE_STRIDE * i, { slotBegin: begin, slotEnd: end, stride: this.stride, ringMask });
    });
    this.gpu.queue.writeBuffer(this.slices, 0, words);
  }

  destroy(): void {
    for (const buffer of this.all) buffer.destroy();
  }
}

/** The residual cells of all walks, or one word where they have none. */
function residualWords(walks: readonly DeviceWalk[]): Uint32Array<ArrayBuffer> {
  const parts = walks.flatMap(({ tables }) => {
    const residual = tables?.residual;
    return residual === undefined ? [] : [residual.columns, residual.first, residual.shift].map((part) => padded(part));
  });
  return parts.length === 0 ? new Uint32Array(1) : joined(parts);
}

/** Columns as kernels/slot.wgsl reads them. */
function deviceColumns(columns: Uint32Array): Uint32Array {
  return columns.map((word, column) => ((word >>> COLUMN_BITS) << CORE_THRESHOLD_AT) | ((word & COLUMN_MASK) ^ column));
}

function padded(part: ArrayLike<number>): Int32Array {
  const out = new Int32Array(COLUMN_COUNT);
  out.set(part);
  return out;
}

/** Words one after the other; signed ones keep their bits. */
function joined(parts: readonly ArrayLike<number>[]): Uint32Array<ArrayBuffer> {
  const out = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

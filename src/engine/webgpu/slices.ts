/**
 * How the slots of a batch are cut into submissions of about 50 ms, and batches so that one slot of them takes no
 * longer.
 */
import type { RunControl } from '../backend.js';
import { WORKGROUP_SIZE } from './kernels.js';
import type { Pace, Paces } from './pace.js';
import { ROW_WORK, slotWork } from './slot-work.js';
import { SLICES } from './walk-buffers.js';
import type { Slice, WalkBuffers } from './walk-buffers.js';

/** Slices of one submission, each up to a checkpoint at the most. */
export interface SliceRun {
  readonly slices: readonly Slice[];
  /** Slots of lumped walks that take as long (slot-work.ts). */
  readonly work: number;
}

export class SlicePlan {
  private readonly checkpoints: readonly number[];
  /** Work of a path: a slot, and what is done at a checkpoint. */
  private readonly slot: number;
  private readonly checkpoint: number;

  /** @param rows that a path is reduced to at each checkpoint. */
  constructor(
    private readonly buffers: WalkBuffers,
    rows: number,
    private readonly paces: Paces,
    private readonly control: RunControl,
  ) {
    const { walks } = buffers;
    this.checkpoints = walks[0].checkpoints;
    this.slot = walks.reduce((most, walk) => Math.max(most, slotWork(walk)), 0);
    this.checkpoint = ROW_WORK * rows;
  }

  /** Of the form that walks next. */
  get pace(): Pace {
    return this.paces.of(this.buffers.pipeline);
  }

  /** Chooses the form of the next submission. @param pathSlots those of the run that are left */
  turn(pathSlots: number): void {
    this.buffers.choice.turn(this.slot * pathSlots, this.paces);
  }

  /** Paths of the next batch: so many that one slot of them, with its rows, is no more than a submission. */
  mostPaths(): number {
    return Math.max(WORKGROUP_SIZE, Math.floor(this.pace.mostOfSlot / (this.slot + this.checkpoint)));
  }

  /** What the next submission of a batch of `paths` paths walks from slot `begin` on: one slot at least. */
  next(begin: number, paths: number): SliceRun {
    const slices: Slice[] = [];
    const most = this.pace.work / paths;
    const { slotsPerSlice } = this.control;
    let work = 0;
    let at = begin;
    for (const checkpoint of this.checkpoints) {
      if (checkpoint <= at) continue;
      const slots = slotsPerSlice === undefined ? Math.floor((most - work) / this.slot) : begin + slotsPerSlice - at;
      const end = Math.min(checkpoint, at + (slices.length === 0 ? Math.max(1, slots) : slots));
      if (end <= at) break;
      slices.push({ begin: at, end });
      work += this.slot * (end - at) + (end === checkpoint ? this.checkpoint : 0);
      at = end;
      if (end < checkpoint || slices.length === SLICES) break;
    }
    return { slices, work: work * paths };
  }
}

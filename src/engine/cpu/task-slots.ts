/**
 * The slots of a task-resolved walk on the processor, twin of kernels/batch.wgsl, in the plain form. What is done with
 * harvests and consumptions is the business of tasks.ts and proof.ts.
 */
import { COUNT_BITS, startingFraction } from '../../law/task-tables.js';
import type { TaskTables } from '../../law/task-tables.js';
import { PURPOSE, START_WORD } from '../purposes.js';
import type { StreamKey } from '../stream-key.js';
import { nextWord, pathState } from '../stream.js';
import { Points, aliased } from './points.js';

/** Draws the slots of one path, one after the other. */
export class TaskSlots {
  /** Harvest of the slot at hand, quanta. */
  harvest = 0;
  /** Its consumption, lumped: the whole energy of every task that arrived in it. */
  lumped = 0;
  /** Its consumption, distributed: what the tasks in service burn in it. */
  burned = 0;
  private readonly points: Points;
  private readonly arrivals: Uint32Array;
  private readonly kinds: Uint32Array;
  /** What the sums of lumped and of distributed consumption leave over, in fractions of a quantum. */
  private lumpedCarry: number;
  private burnedCarry: number;
  /** A ring of what tasks in service will burn, by slot, in fractions of a quantum. */
  private readonly future: Int32Array;
  private place = 0;

  /** At the path's start no task is in service. */
  constructor(
    private readonly tables: TaskTables,
    key: StreamKey,
    path: number,
  ) {
    this.points = new Points(tables, key, path, PURPOSE.harvest);
    this.arrivals = pathState(key, path, PURPOSE.arrivals);
    this.kinds = pathState(key, path, PURPOSE.kinds);
    const start = pathState(key, path, PURPOSE.starts)[START_WORD.fraction];
    this.lumpedCarry = this.burnedCarry = startingFraction(start, tables.fractionBits);
    this.future = new Int32Array(2 ** Math.ceil(Math.log2(tables.longestService)));
  }

  /** Goes on to the next slot. */
  next(): void {
    const { tables, future, place } = this;
    let { lumpedCarry } = this;
    for (let left = this.count(); left > 0; left--) {
      const entry = aliased(nextWord(this.kinds), tables.entryColumns, tables.entryBits);
      lumpedCarry += tables.energies[entry];
      this.serve(entry);
    }
    const burnedCarry = this.burnedCarry + future[place];
    future[place] = 0;
    this.place = (place + 1) & (future.length - 1);
    const { fractionBits } = tables;
    const rest = (1 << fractionBits) - 1;
    this.lumped = lumpedCarry >>> fractionBits;
    this.lumpedCarry = lumpedCarry & rest;
    this.burned = burnedCarry >>> fractionBits;
    this.burnedCarry = burnedCarry & rest;
    this.harvest = this.points.next();
  }

  /** Tasks that arrive in a slot. */
  private count(): number {
    const { countColumns, countDraws } = this.tables;
    let tasks = 0;
    for (let d = 0; d < countDraws; d++) tasks += aliased(nextWord(this.arrivals), countColumns, COUNT_BITS);
    return tasks;
  }

  /** A task burns its energy over its service, which begins in the slot at hand. */
  private serve(entry: number): void {
    const { future, place, tables } = this;
    const from = tables.profileStart[entry];
    for (let j = 0; j < tables.profileLength[entry]; j++)
      future[(place + j) & (future.length - 1)] += tables.profiles[from + j];
  }
}

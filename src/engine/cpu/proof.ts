/**
 * The theorems on every path, on the processor, twin of kernels/proof.wgsl, in the plain form:
 * both accountings walk on the same draws, each beside a controlled battery that is injected greedily, and integers are
 * compared at every slot. Rows: engine/proof-job.ts.
 */
import type { TaskTables } from '../../law/task-tables.js';
import { CONSUMPTION_ORIGIN, VIOLATION } from '../proof-job.js';
import type { StreamKey } from '../stream-key.js';
import { TaskSlots } from './task-slots.js';

/** What a walk needs of a proof job. */
export interface ProofWalk {
  readonly kernel: 'proof';
  readonly tables: TaskTables;
  readonly initialQuanta: number;
  readonly centreQuanta: number;
  readonly plantedQuanta: number;
  readonly key: StreamKey;
  /** Slots of the checkpoints, strictly ascending. */
  readonly slots: readonly number[];
}

/** A walk beside its controlled battery, quanta. */
class Accounting {
  level: number;
  least = 0;
  controlled: number;
  injected = 0;

  constructor(
    initialQuanta: number,
    private readonly planted: number,
  ) {
    this.level = this.controlled = initialQuanta;
  }

  step(increment: number): void {
    this.level = (this.level + increment) | 0;
    this.least = Math.min(this.least, this.level);
    const next = (this.controlled + increment) | 0;
    const injection = next < 0 ? (this.planted - next) | 0 : 0;
    this.controlled = (next + injection) | 0;
    this.injected = (this.injected + injection) | 0;
  }

  /** Whether the injections so far are the deficit so far (Theorem 1). */
  get isFedTheDeficit(): boolean {
    return this.injected === -this.least;
  }

  /** Whether the controlled battery is B − min(0, min B). */
  get isAboveTheMinimum(): boolean {
    return this.controlled === ((this.level - this.least) | 0);
  }
}

/** What is wrong after a slot, as bits. */
function violations(lumped: Accounting, spread: Accounting): number {
  let found = 0;
  if (!lumped.isFedTheDeficit) found |= VIOLATION.theorem1Lumped;
  if (!spread.isFedTheDeficit) found |= VIOLATION.theorem1Distributed;
  if (!lumped.isAboveTheMinimum) found |= VIOLATION.runningMinimumLumped;
  if (!spread.isAboveTheMinimum) found |= VIOLATION.runningMinimumDistributed;
  if (lumped.controlled < 0 || spread.controlled < 0) found |= VIOLATION.controlledBelowZero;
  if (lumped.least > spread.least) found |= VIOLATION.lemma1;
  if (lumped.level > spread.level) found |= VIOLATION.lemma1Level;
  return found;
}

/**
 * Walks paths firstPath … firstPath + count − 1 and writes their rows: out[(r · horizons + h) · stride + i] for path i,
 * row r (in the order of PROOF_ROWS) and checkpoint h.
 */
export function walkProof(walk: ProofWalk, firstPath: number, count: number, out: Int32Array, stride: number): void {
  const { tables, key, initialQuanta, plantedQuanta, centreQuanta, slots } = walk;
  for (let i = 0; i < count; i++) {
    const slot = new TaskSlots(tables, key, firstPath + i);
    const lumped = new Accounting(initialQuanta, plantedQuanta);
    const spread = new Accounting(initialQuanta, plantedQuanta);
    let excess = CONSUMPTION_ORIGIN;
    let found = 0;
    let t = 0;
    for (const [h, end] of slots.entries()) {
      for (; t < end; t++) {
        slot.next();
        lumped.step((slot.harvest - slot.lumped) | 0);
        spread.step((slot.harvest - slot.burned) | 0);
        excess = (excess + slot.lumped - centreQuanta) | 0;
        found |= violations(lumped, spread);
      }
      const difference = Math.max(0, spread.least - lumped.least);
      [-lumped.least, -spread.least, difference, excess, found].forEach((value, row) => {
        out[(row * slots.length + h) * stride + i] = value;
      });
    }
  }
}

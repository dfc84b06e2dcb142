/**
 * Tasks of a site from their arrival to what they burn, on the processor, twin of kernels/site-queue.wgsl. Those that
 * wait are grouped by the slot in which they are due, their last feasible one; none waits beyond it, and what would
 * overflow the queue is dispatched as it arrives.
 */
import { POLICY_NUMBER, SITE_FIELD } from '../../law/site-tables.js';
import type { SiteTables } from '../../law/site-tables.js';
import { SITE_VIOLATION } from '../site-job.js';

export class SiteDispatcher {
  dispatched = 0;
  waited = 0;
  overflowed = 0;
  aboveBound = 0;
  flags = 0;
  /** Tasks that wait. */
  queued = 0;
  /** The least energy that those need, and what tasks in service have not burned yet, in fractions of a quantum. */
  private owedFractions = 0;
  /** Lumped energy dispatched in the slot at hand, and burned in it, in fractions of a quantum. */
  private energy = 0;
  private burned = 0;
  /** What the sums of energies dispatched, of least energies and of energies burned leave over of a quantum. */
  private energyCarry = 0;
  private leastCarry = 0;
  private burnedCarry = 0;
  private readonly fractionBits: number;
  private now = 0;
  private readonly words: Int32Array;
  private readonly distributed: boolean;
  private readonly serviceMask: number;
  private readonly queueMask: number;
  /** What tasks in service will burn, by slot. */
  private readonly future: Int32Array;
  /**
   * By the slot in which they are due: least energies, the first of those that wait (0: none), and bits for whether
   * there is one.
   */
  private readonly least: Int32Array;
  private readonly first: Uint8Array;
  private readonly due: Int32Array;
  /**
   * Those that wait, by number from 1: next of the same slot (8 bits), slot of arrival (10 bits), entry. Free ones hold
   * the next free one.
   */
  private readonly waiting: Int32Array;
  /** The first free number that was used before, and the numbers used so far. */
  private free = 0;
  private used = 0;

  constructor(private readonly tables: SiteTables) {
    const { words, serviceRing, queueRing, queueLimit } = tables;
    this.words = new Int32Array(words.buffer, words.byteOffset, words.length);
    this.distributed = serviceRing > 0;
    this.fractionBits = words[SITE_FIELD.fractionBits];
    this.serviceMask = serviceRing - 1;
    this.queueMask = queueRing - 1;
    this.future = new Int32Array(serviceRing);
    this.least = new Int32Array(queueRing);
    this.first = new Uint8Array(queueRing);
    this.due = new Int32Array(queueRing / 32);
    this.waiting = new Int32Array(queueLimit + 1);
  }

  /** Begins a path: nothing is in service, nobody waits. `fraction`: of a quantum, with which its sums begin. */
  begin(fraction: number): void {
    this.energyCarry = fraction;
    this.leastCarry = fraction;
    this.burnedCarry = fraction;
    this.dispatched = 0;
    this.waited = 0;
    this.overflowed = 0;
    this.aboveBound = 0;
    this.flags = 0;
    this.queued = 0;
    this.owedFractions = 0;
    this.free = 0;
    this.used = 0;
    this.future.fill(0);
    this.least.fill(0);
    this.first.fill(0);
    this.due.fill(0);
  }

  /**
   * Takes the tasks of slot t (entries from … to − 1) and returns what is burned in it. `level` is the battery's at its
   * start.
   */
  slot(t: number, level: number, tasks: Uint16Array, from: number, to: number): number {
    this.now = t;
    this.energy = 0;
    this.burned = 0;
    if (this.distributed) {
      this.burned = this.future[t & this.serviceMask];
      this.future[t & this.serviceMask] = 0;
    }
    if (this.tables.queue) {
      const energy = this.slotWithQueue(level, tasks, from, to);
      if (!this.distributed) return energy;
    } else for (let i = from; i < to; i++) this.dispatch(tasks[i], 0);
    if (this.distributed) this.owedFractions = (this.owedFractions + this.energy - this.burned) | 0;
    const sum = (this.burnedCarry + (this.distributed ? this.burned : this.energy)) | 0;
    const burned = sum >>> this.fractionBits;
    this.burnedCarry = sum - (burned << this.fractionBits);
    return burned;
  }

  /** @returns the energy dispatched, whole quanta */
  private slotWithQueue(level: number, tasks: Uint16Array, from: number, to: number): number {
    const { words: w, now: t, queueMask } = this;
    const mostWaitAt = w[SITE_FIELD.mostWaitAt];
    const leastAt = w[SITE_FIELD.leastAt];
    const limit = w[SITE_FIELD.queueLimit];
    let least = this.least[t & queueMask];
    this.least[t & queueMask] = 0;
    // Nobody may be left of the slot before.
    if (this.first[(t - 1) & queueMask] !== 0) this.flags |= SITE_VIOLATION.deadlineMissed;
    while (this.first[t & queueMask] !== 0) this.take(t & queueMask);
    for (let i = from; i < to; i++) {
      const entry = tasks[i];
      const mostWait = w[mostWaitAt + entry];
      const energy = w[leastAt + entry];
      if (mostWait === 0) {
        least += energy;
        this.dispatch(entry, 0);
        continue;
      }
      this.least[(t + mostWait) & queueMask] += energy;
      if (this.queued < limit) this.wait(entry, (t + mostWait) & queueMask);
      else {
        this.overflowed++;
        this.dispatch(entry, 0);
      }
    }
    if (this.queued > 0) {
      const policy = w[SITE_FIELD.policy];
      if (policy === POLICY_NUMBER.threshold && level >= w[SITE_FIELD.policyLevel]) this.dispatchAll();
      else if (policy === POLICY_NUMBER.backpressure) this.relieve(level);
    }
    const { fractionBits } = this;
    const due = (this.leastCarry + least) | 0;
    const wholeDue = due >>> fractionBits;
    this.leastCarry = due - (wholeDue << fractionBits);
    const sum = (this.energyCarry + this.energy) | 0;
    const energy = sum >>> fractionBits;
    this.energyCarry = sum - (energy << fractionBits);
    this.aboveBound = (this.aboveBound + energy - wholeDue) | 0;
    if (this.aboveBound < 0) this.flags |= SITE_VIOLATION.belowBound;
    return energy;
  }

  /** Lets a task wait until slot `place` of the ring. */
  private wait(entry: number, place: number): void {
    const { first, waiting } = this;
    let number = this.free;
    if (number === 0) number = ++this.used;
    else this.free = waiting[number];
    waiting[number] = (entry << 18) | ((this.now & 0x3ff) << 8) | first[place];
    first[place] = number;
    this.due[place >> 5] |= 1 << (place & 31);
    this.queued++;
    this.owedFractions = (this.owedFractions + this.leastOf(entry)) | 0;
  }

  /** Dispatches the first of those that are due in slot `place` of the ring. */
  private take(place: number): void {
    const { words: w, first, waiting } = this;
    const number = first[place];
    const packed = waiting[number];
    waiting[number] = this.free;
    this.free = number;
    const next = packed & 0xff;
    first[place] = next;
    if (next === 0) this.due[place >> 5] &= ~(1 << (place & 31));
    this.queued--;
    const entry = packed >>> 18;
    this.owedFractions = (this.owedFractions - this.leastOf(entry)) | 0;
    const wait = (this.now - (packed >>> 8)) & 0x3ff;
    const mostWait = w[w[SITE_FIELD.mostWaitAt] + entry];
    if (wait > mostWait) this.flags |= SITE_VIOLATION.deadlineMissed;
    this.waited += wait;
    this.dispatch(entry, Math.min(wait, mostWait));
  }

  /**
   * What is owed beyond the slots walked, whole quanta: with what was consumed, also in whole quanta, the sum of both.
   */
  get owed(): number {
    const carry = this.tables.queue && !this.distributed ? this.energyCarry : this.burnedCarry;
    return (this.owedFractions + carry) >>> this.fractionBits;
  }

  /** The least energy of an entry over all waits. */
  private leastOf(entry: number): number {
    return this.words[this.words[SITE_FIELD.leastAt] + entry];
  }

  private dispatchAll(): void {
    const { due } = this;
    for (let i = 0; i < due.length; i++) {
      while (due[i] !== 0) this.take(32 * i + 31 - Math.clz32(due[i] & -due[i]));
    }
  }

  /**
   * Backpressure: the next due first, while the price of those that wait is above what the battery lacks of its target.
   */
  private relieve(level: number): void {
    const { words: w, due, queueMask } = this;
    const target = w[SITE_FIELD.policyTarget];
    const price = w[SITE_FIELD.policyPrice];
    // From the bit of the next slot on, around the ring: the first word twice, from its bit and up to it.
    const from = (this.now + 1) & queueMask;
    const wordMask = due.length - 1;
    for (let i = 0; i <= due.length; i++) {
      const at = ((from >> 5) + i) & wordMask;
      const part = i === 0 ? -1 << (from & 31) : i === due.length ? ~(-1 << (from & 31)) : -1;
      for (let bits = due[at] & part; bits !== 0; bits = due[at] & part) {
        const lack = (target - level + (this.energy >>> this.fractionBits)) | 0;
        if (lack >= 0 && this.queued <= Math.floor(lack / price)) return;
        this.take(32 * at + 31 - Math.clz32(bits & -bits));
      }
    }
  }

  private dispatch(entry: number, wait: number): void {
    const { words: w, now: t } = this;
    const option = w[w[SITE_FIELD.waitOptionsAt] + w[w[SITE_FIELD.optionsAt] + entry] + wait];
    this.dispatched++;
    this.energy = (this.energy + w[w[SITE_FIELD.optionEnergyAt] + option]) | 0;
    if (!this.distributed) return;
    const first = w[w[SITE_FIELD.optionProfileAt] + option];
    const length = w[w[SITE_FIELD.optionLengthAt] + option];
    this.burned = (this.burned + w[first]) | 0;
    for (let j = 1; j < length; j++) this.future[(t + j) & this.serviceMask] += w[first + j];
  }
}

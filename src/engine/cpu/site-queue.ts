/**
 * Tasks of a site from their arrival to what they burn, on the processor, twin of kernels/site-queue.wgsl. Those that wait are counted by entry and slot of
 * arrival; none waits beyond its last feasible slot, and what would overflow the queue is dispatched as it arrives.
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
  private queued = 0;
  /** Lumped energy dispatched in the slot at hand, and burned in it. */
  private energy = 0;
  private burned = 0;
  private now = 0;
  private readonly words: Int32Array;
  private readonly distributed: boolean;
  private readonly serviceMask: number;
  private readonly queueMask: number;
  /** What tasks in service will burn, by slot. */
  private readonly future: Int32Array;
  /** Least energies that are due, by slot. */
  private readonly due: Int32Array;
  /** Tasks that wait: entry · ring + slot of arrival. */
  private readonly waiting: Uint8Array;

  constructor(private readonly tables: SiteTables) {
    const { words, serviceRing, queueRing, entries } = tables;
    this.words = new Int32Array(words.buffer, words.byteOffset, words.length);
    this.distributed = serviceRing > 0;
    this.serviceMask = serviceRing - 1;
    this.queueMask = queueRing - 1;
    this.future = new Int32Array(serviceRing);
    this.due = new Int32Array(queueRing);
    this.waiting = new Uint8Array(entries * queueRing);
  }

  /** Begins a path: nothing is in service, nobody waits. */
  begin(): void {
    this.dispatched = 0;
    this.waited = 0;
    this.overflowed = 0;
    this.aboveBound = 0;
    this.flags = 0;
    this.queued = 0;
    this.future.fill(0);
    this.due.fill(0);
    this.waiting.fill(0);
  }

  /** Takes the tasks of slot t (entries from … to − 1) and returns what is burned in it. `level` is the battery's at its start. */
  slot(t: number, level: number, tasks: Uint16Array, from: number, to: number): number {
    this.now = t;
    this.energy = 0;
    this.burned = 0;
    if (this.distributed) {
      this.burned = this.future[t & this.serviceMask];
      this.future[t & this.serviceMask] = 0;
    }
    if (this.tables.queue) this.slotWithQueue(level, tasks, from, to);
    else for (let i = from; i < to; i++) this.dispatch(tasks[i], 0, 1);
    return this.distributed ? this.burned : this.energy;
  }

  private slotWithQueue(level: number, tasks: Uint16Array, from: number, to: number): void {
    const { words: w, now: t, queueMask, due, waiting } = this;
    const mostWaitAt = w[SITE_FIELD.mostWaitAt];
    const leastAt = w[SITE_FIELD.leastAt];
    const limit = w[SITE_FIELD.queueLimit];
    let least = due[t & queueMask];
    due[t & queueMask] = 0;
    if (this.queued > 0) this.dispatchDue();
    for (let i = from; i < to; i++) {
      const entry = tasks[i];
      const mostWait = w[mostWaitAt + entry];
      if (mostWait === 0) least += w[leastAt + entry];
      else due[(t + mostWait) & queueMask] += w[leastAt + entry];
      if (mostWait === 0) this.dispatch(entry, 0, 1);
      else if (this.queued >= limit) {
        this.overflowed++;
        this.dispatch(entry, 0, 1);
      } else {
        waiting[entry * (queueMask + 1) + (t & queueMask)]++;
        this.queued++;
      }
    }
    if (this.queued > 0) {
      const policy = w[SITE_FIELD.policy];
      if (policy === POLICY_NUMBER.threshold && level >= w[SITE_FIELD.policyLevel]) this.dispatchAll();
      else if (policy === POLICY_NUMBER.backpressure) this.relieve(level);
    }
    this.aboveBound = (this.aboveBound + this.energy - least) | 0;
    if (this.aboveBound < 0) this.flags |= SITE_VIOLATION.belowBound;
  }

  /** Dispatches whoever has waited as long as may be. */
  private dispatchDue(): void {
    const { words: w, now: t, queueMask, waiting } = this;
    const waitersAt = w[SITE_FIELD.waitersAt];
    const waiters = w[SITE_FIELD.waiters];
    for (let i = 0; i < waiters; i++) {
      const entry = w[waitersAt + i];
      const mostWait = w[w[SITE_FIELD.mostWaitAt] + entry];
      const at = entry * (queueMask + 1);
      // Nobody may be left of the slot before.
      if (waiting[at + ((t - mostWait - 1) & queueMask)] !== 0) this.flags |= SITE_VIOLATION.deadlineMissed;
      this.take(entry, mostWait, waiting[at + ((t - mostWait) & queueMask)]);
    }
  }

  private dispatchAll(): void {
    const { words: w, now: t, queueMask, waiting } = this;
    const waitersAt = w[SITE_FIELD.waitersAt];
    const waiters = w[SITE_FIELD.waiters];
    for (let i = 0; i < waiters; i++) {
      const entry = w[waitersAt + i];
      for (let slot = 0; slot <= queueMask; slot++) {
        this.take(entry, (t - slot) & queueMask, waiting[entry * (queueMask + 1) + slot]);
      }
    }
  }

  /** Backpressure: the next due first, while the price of those that wait is above what the battery lacks of its target. */
  private relieve(level: number): void {
    const { words: w, now: t, queueMask, waiting } = this;
    const waitersAt = w[SITE_FIELD.waitersAt];
    const waiters = w[SITE_FIELD.waiters];
    const target = w[SITE_FIELD.policyTarget];
    const price = w[SITE_FIELD.policyPrice];
    for (let left = 1; left <= queueMask; left++) {
      for (let i = 0; i < waiters; i++) {
        const entry = w[waitersAt + i];
        const wait = w[w[SITE_FIELD.mostWaitAt] + entry] - left;
        if (wait < 0) continue;
        const at = entry * (queueMask + 1) + ((t - wait) & queueMask);
        while (waiting[at] > 0) {
          const lack = (target - level + this.energy) | 0;
          if (lack >= 0 && this.queued <= Math.floor(lack / price)) return;
          this.take(entry, wait, 1);
        }
      }
      if (this.queued === 0) return;
    }
  }

  /** Dispatches some that waited `wait` slots. */
  private take(entry: number, wait: number, count: number): void {
    if (count === 0) return;
    const { words: w, now: t, queueMask, waiting } = this;
    if (wait > w[w[SITE_FIELD.mostWaitAt] + entry]) this.flags |= SITE_VIOLATION.deadlineMissed;
    waiting[entry * (queueMask + 1) + ((t - wait) & queueMask)] -= count;
    this.queued -= count;
    this.waited += wait * count;
    this.dispatch(entry, Math.min(wait, w[w[SITE_FIELD.mostWaitAt] + entry]), count);
  }

  private dispatch(entry: number, wait: number, count: number): void {
    const { words: w, now: t } = this;
    const option = w[w[SITE_FIELD.waitOptionsAt] + w[w[SITE_FIELD.optionsAt] + entry] + wait];
    this.dispatched += count;
    this.energy = (this.energy + count * w[w[SITE_FIELD.optionEnergyAt] + option]) | 0;
    if (!this.distributed) return;
    const first = w[w[SITE_FIELD.optionProfileAt] + option];
    const length = w[w[SITE_FIELD.optionLengthAt] + option];
    this.burned = (this.burned + count * w[first]) | 0;
    for (let j = 1; j < length; j++) this.future[(t + j) & this.serviceMask] += count * w[first + j];
  }
}

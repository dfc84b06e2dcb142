/** Over which slots routers are compared that postpone work. */
import type { Backend } from '../engine/backend.js';
import { InputError, PlanError } from '../errors.js';
import type { Scenario } from '../scenario/scenario.js';
import type { StudyControl } from './control.js';
import type { PreparedSite } from './plan.js';
import { findWarmUp, shortestWarmUp } from './warm-up.js';

/** What a steady comparison is made over: the slots after `fromSlots`, up to `slots`. */
export interface Window {
  readonly fromSlots: number;
  readonly slots: number;
}

/**
 * Windows in which postponed work is no saving: as many slots as were asked for, after a warm-up in which every side
 * forgets how it began; none where no side can leave work undone. Where there is no such warm-up (a battery without
 * limit, a trace, whose slots do not go on for ever) or `from` names the start: one window that ends with the last
 * horizon.
 */
export async function steadyWindows(
  control: StudyControl,
  backend: Backend,
  variants: readonly { readonly scenario: Scenario }[],
  sites: readonly PreparedSite[],
  asked: readonly number[],
  prepare: (horizons: readonly number[], trials: number) => PreparedSite[],
  from: number | undefined,
): Promise<{ readonly windows: readonly Window[]; readonly remembered: number | null }> {
  if (sites.every(({ law: { tables } }) => !tables.queue && tables.serviceRing === 0)) {
    return { windows: [], remembered: null };
  }
  const last = asked[asked.length - 1];
  const within = (fromSlots: number) => ({ windows: [{ fromSlots, slots: last }], remembered: null });
  if (from !== undefined) return within(from);
  const shortest = shortestWarmUp(variants, sites);
  if (sites.every(({ site }) => site.harvest.kind !== 'trace')) {
    try {
      const found = await findWarmUp(backend, shortest, prepare, control.signal);
      const whole = found === undefined ? [] : asked.map((slots) => found.slots + slots);
      if (found !== undefined) {
        prepare(whole, 2);
        const { slots: fromSlots, remembered } = found;
        return { windows: whole.map((slots) => ({ fromSlots, slots })), remembered };
      }
    } catch (error) {
      // So many slots do not fit into 32 bits.
      if (!(error instanceof InputError && (error instanceof PlanError || error.cause instanceof PlanError)))
        throw error;
    }
  }
  if (asked.length > 1) return within(asked[asked.length - 2]);
  const most = Math.floor((2 * last) / 3);
  return within(shortest <= most ? last - shortest * Math.floor(most / shortest) : last - most);
}

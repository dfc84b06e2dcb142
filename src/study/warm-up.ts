/**
 * How long a site remembers how it began: slots after which its auxiliary energy is the same whether its battery was
 * full or empty at the start. Until then a router that postpones work lives on what others have spent already, and
 * looks better than it is.
 */
import type { Backend } from '../engine/backend.js';
import type { PreparedSite } from './plan.js';
import { StoppedError } from '../errors.js';
import { formatCount } from '../numeric/format.js';
import { sideRows } from '../stats/comparison.js';
import type { Scenario } from '../scenario/scenario.js';

export interface WarmUp {
  readonly slots: number;
  /** Share of the auxiliary energy in as many slots after it that a full battery at the start would take away. */
  readonly remembered: number;
}

/** Share of the auxiliary energy below which what the start decides is not spoken of. */
export const FORGOTTEN = 0.02;
/** Doublings of the shortest warm-up that are tried. */
const MOST_DOUBLINGS = 5;
const PILOT_PATHS = 1000;

/** Slots after which all profiles begin anew and every queue is as full as it gets. Every warm-up is a multiple. */
export function shortestWarmUp(
  variants: readonly { readonly scenario: Scenario }[],
  sites: readonly PreparedSite[],
): number {
  const period = variants.reduce((all, { scenario }) => commonMultiple(all, periodOf(scenario)), 1);
  const longest = sites.reduce((most, { law }) => Math.max(most, law.tables.queueRing, law.tables.serviceRing), 1);
  return period * Math.ceil(longest / period);
}

/**
 * The first of 1, 2, 4 … 32 times the shortest warm-up after which every side has forgotten its start, from paths with
 * equal draws.
 * @param prepare a side's site for these horizons
 * @returns undefined where a battery has no limit, so that nothing is ever forgotten
 * @throws {StoppedError} after a stop, which says how far it came
 */
export async function findWarmUp(
  backend: Backend,
  shortest: number,
  prepare: (horizons: readonly number[], trials: number) => PreparedSite[],
  signal: AbortSignal,
): Promise<WarmUp | undefined> {
  const sides = prepare([shortest, 2 * shortest], PILOT_PATHS);
  if (sides.some(({ law }) => law.capacityQuanta === Infinity)) return undefined;
  let doubling = 0;
  let remembered = 0;
  // What one side needs the others get as well: none is asked again for less.
  for (let side = 0; side < sides.length; side++) {
    for (;;) {
      const slots = shortest * 2 ** doubling;
      const share = await rememberedShare(backend, prepare([slots, 2 * slots], PILOT_PATHS)[side], signal);
      if (share === undefined) {
        const at = `${formatCount(slots)} slots of side ${side + 1} of ${sides.length}`;
        throw new StoppedError(
          `stopped at a warm-up of ${at}, before any path was finished that is compared: nothing to report`,
        );
      }
      if (share > FORGOTTEN && doubling < MOST_DOUBLINGS) {
        doubling++;
        remembered = 0;
        continue;
      }
      remembered = Math.max(remembered, share);
      break;
    }
  }
  return { slots: shortest * 2 ** doubling, remembered };
}

/** |E A(empty start) − E A(full start)| over E A(empty start), A between the two horizons; undefined after a stop. */
async function rememberedShare(
  backend: Backend,
  { law, job }: PreparedSite,
  signal: AbortSignal,
): Promise<number | undefined> {
  const increments: number[] = [];
  for (const initialQuanta of [0, law.capacityQuanta]) {
    const values = await backend.deficits({ ...job, initialQuanta }, { signal });
    if (signal.aborted) return undefined;
    const total = (h: number): number =>
      sideRows(values, 2, PILOT_PATHS, h)('auxiliary').reduce((sum, x) => sum + x, 0);
    increments.push(total(1) - total(0));
  }
  const [empty, full] = increments;
  return empty > 0 ? Math.abs(empty - full) / empty : 0;
}

/** Slots after which the profiles of arrivals and harvest begin anew. */
function periodOf({ arrivals, harvest }: Scenario): number {
  return [...(arrivals.profile ?? []), ...(('profile' in harvest ? harvest.profile : undefined) ?? [])].reduce(
    (all, { values, slotsPerValue }) => commonMultiple(all, values.length * slotsPerValue),
    1,
  );
}

function commonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return (a / x) * b;
}

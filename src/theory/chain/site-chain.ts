/** The Markov chain of a site, where its battery with the weather is one: what is judged against an exact law. */
import type { HarvestProcessLaw } from '../../fleet/harvest-process.js';
import type { BatteryLaw, Site } from '../../fleet/site.js';
import type { PeriodicFactors } from '../../fleet/periodic.js';
import { commonMultiple } from '../../numeric/whole.js';
import type { PeriodicProcess } from './long-run.js';
import type { SlotLaw } from './model.js';

/** A site's battery and slots, which repeat after a period. */
export interface SiteChain extends PeriodicProcess {
  readonly battery: BatteryLaw;
}

/** Why a site has no exact law here. */
export type NoChain =
  'correlated harvest' | 'drawn trace' | 'tasks that wait' | 'distributed accounting' | 'long period';

/** Most different laws of a slot: each takes about 20 ms and some memory. */
const MOST_LAWS = 2048;

/** The chain of a site, or why there is none. */
export function siteChain(site: Site): SiteChain | NoChain {
  const { walk, classes, arrivals, harvest, battery, accounting } = site;
  if (accounting === 'distributed') return 'distributed accounting';
  if (classes.some((c) => c.mostWait > 0)) return 'tasks that wait';
  const supply = supplyOf(harvest);
  if (typeof supply === 'string') return supply;
  const laws: SlotLaw[] = [];
  const numbers = new Map<string, number>();
  const period = [lengthOf(arrivals), lengthOf(supply.factors), supply.slotsPerStep].reduce(commonMultiple);
  if (period > 2 ** 20) return 'long period';
  const table = new Int32Array(period * supply.states);
  for (let t = 0; t < period; t++) {
    for (let state = 0; state < supply.states; state++) {
      const busy = factorAt(arrivals, t);
      const bright = factorAt(supply.factors, t);
      const key = `${busy} ${bright} ${state}`;
      const known = numbers.get(key) ?? laws.length;
      if (known === laws.length) {
        numbers.set(key, known);
        const demand = { ...walk.demand, ratePerSlot: walk.demand.ratePerSlot * busy };
        laws.push({ demand, harvest: supply.harvest(bright, state) });
        if (laws.length > MOST_LAWS) return 'long period';
      }
      table[t * supply.states + state] = known;
    }
  }
  const { states, initial, transitions, slotsPerStep } = supply;
  const lawOf = (slot: number, state: number): number => table[(slot % period) * states + state];
  return { laws, lawOf, states, initial, transitions, slotsPerStep, battery, period };
}

/** A harvest by factor and state. */
interface Supply {
  readonly factors: PeriodicFactors;
  readonly states: number;
  readonly initial: ArrayLike<number>;
  readonly transitions: readonly ArrayLike<number>[];
  readonly slotsPerStep: number;
  readonly harvest: (factor: number, state: number) => SlotLaw['harvest'];
}

const ONE_STATE = { states: 1, initial: [1], transitions: [[1]], slotsPerStep: 1 };

function supplyOf(harvest: HarvestProcessLaw): Supply | NoChain {
  if (harvest.kind === 'trace') {
    const { joules, slotsPerValue, blockSlots, randomStart, noiseShape } = harvest;
    if (blockSlots !== undefined || randomStart) return 'drawn trace';
    const factors = { values: joules, slotsPerValue };
    const noisy = (mean: number): SlotLaw['harvest'] =>
      noiseShape === undefined || mean === 0 ? mean : { shape: noiseShape, scaleJoules: mean / noiseShape };
    return { ...ONE_STATE, factors, harvest: noisy };
  }
  const { laws, weather, factors, correlation = 0 } = harvest;
  if (correlation > 0) return 'correlated harvest';
  const chain = weather === undefined ? ONE_STATE : { ...weather, states: laws.length };
  return {
    ...chain,
    factors,
    harvest: (factor, state) => {
      const { shape, scaleJoules } = laws[state];
      return factor * scaleJoules === 0 ? 0 : { shape, scaleJoules: factor * scaleJoules };
    },
  };
}

function factorAt({ values, slotsPerValue }: PeriodicFactors, slot: number): number {
  return values[Math.floor(slot / slotsPerValue) % values.length];
}

function lengthOf({ values, slotsPerValue }: PeriodicFactors): number {
  return values.length * slotsPerValue;
}

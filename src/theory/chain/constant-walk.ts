/**
 * Batteries whose slots are sums of constants, state by state: every level that paths can be at, with its probability.
 * More energy never lowers a level, nor raises what is lacking. So where there are too many states, those near each
 * other become one: the worst of them in a walk that bounds the battery from below, the best in one that bounds it from
 * above. What no lattice can tell, on which side of the empty battery a path is, the two disagree about, and little
 * else.
 */
import { largestOf } from '../../numeric/extremes.js';
import type { BatteryLaw } from '../../fleet/site.js';
import { isAtomic, stepsBefore } from './model.js';
import type { ChainModel } from './model.js';
import { slotAtoms } from './slot-atoms.js';
import type { SlotAtoms } from './slot-atoms.js';
import { StateTable } from './state-table.js';
import type { Side, StateSpace, States } from './state-table.js';
import type { Atoms } from './step-law.js';

/** What is asked of a walk. */
export interface WalkOptions {
  readonly side: Side;
  /** What of the auxiliary energy a state knows: whether there was any, or how much. */
  readonly memory: 'any' | 'total';
  /** Moves of states, about, that it may take. */
  readonly work: number;
  /** Whether it ends where states are too many, instead of making fewer of them. */
  readonly keepsAll: boolean;
}

/** Sums over paths at a horizon; joules. */
export interface ConstantResult {
  readonly slots: number;
  readonly auxiliary: number;
  readonly waste: number;
  readonly deficitSlots: number;
  /** P(A = 0), P(B = 0), P(B = capacity). */
  readonly never: number;
  readonly empty: number;
  readonly full: number;
  readonly levels: Atoms;
  /** A, or of memory 'any' 0 and 1. */
  readonly totals: Atoms;
  /** Chance that a path was let go, and joules that none of them can lack or waste more of. */
  readonly left: number;
  readonly most: number;
}

/** Moves less likely than this are left out, and where all states are kept those of them that are lighter. */
const LIGHTEST = 1e-16;
const LIGHT = 3e-14;
/** The same for a slot's energies. */
const LEAST_ENERGY = 1e-17;
const LEAST_OF_ALL = 1e-13;
/** How near each other, of a slot's largest energy, levels are taken to be the same. */
const SAME = 1e-11;
/** States and energies of a slot that are kept at least: fewer are no bound worth having. */
const FEWEST = 64;

interface Sums {
  auxiliary: number;
  waste: number;
  deficitSlots: number;
  left: number;
}

/** How a slot's net energy moves a level. */
interface Move {
  to: number;
  lacking: number;
  wasted: number;
}

/** The walk at ascending horizons, as far as it comes; undefined where not all is constant, or too much work. */
export function constantWalk(
  model: ChainModel,
  horizons: readonly number[],
  { side, memory, work, keepsAll }: WalkOptions,
): ConstantResult[] | undefined {
  if (!isAtomic(model.laws)) return undefined;
  const last = horizons[horizons.length - 1];
  const energies = keepsAll ? Infinity : Math.sqrt(work / (last * model.states));
  if (energies < FEWEST) return undefined;
  const nets = model.laws.map((law) => slotAtoms(law, side, energies, keepsAll ? LEAST_OF_ALL : LEAST_ENERGY));
  const reach = reachOf(nets);
  const dearest = largestOf(nets.map(({ values }) => values.length));
  const { initialJoules, capacityJoules } = model.battery;
  const space = { side, range: Math.max(initialJoules, 0) + last * reach, top: capacityJoules };
  let now: States[] = Array.from(model.initial, (weight) => ({
    levels: Float64Array.of(initialJoules),
    totals: Float64Array.of(0),
    weights: Float64Array.of(weight),
  }));
  let width = 0;
  let done = 0;
  const sums: Sums = { auxiliary: 0, waste: 0, deficitSlots: 0, left: 0 };
  const results: ConstantResult[] = [];
  for (let t = 0; t < last; t++) {
    done += now.reduce((sum, { levels }) => sum + levels.length, 0) * dearest;
    if (keepsAll && done > work) break;
    const next = oneSlot(model, t, { nets, space, width: width / 8, tolerance: SAME * reach, memory }, now, sums);
    const affordable = Math.max(FEWEST, (work - done) / (dearest * Math.max(1, last - t - 1) * model.states));
    const thinned = next.map((table) => table.thinned(keepsAll ? Infinity : affordable, width / 4));
    now = keepsAll ? thinned.map(({ states }) => withoutLight(states, sums)) : thinned.map(({ states }) => states);
    width = largestOf(thinned.map((one) => one.width));
    if (horizons.includes(t + 1)) {
      results.push({ ...resultOf(now, capacityJoules), ...sums, slots: t + 1, most: (t + 1) * reach });
    }
  }
  return results;
}

/** States without the lightest, whose weight is let go. */
function withoutLight(states: States, sums: Sums): States {
  const kept = states.weights.map((weight) => (weight < LIGHT ? 0 : 1));
  const isKept = (_: number, i: number): boolean => kept[i] === 1;
  sums.left += states.weights.reduce((sum, weight, i) => (kept[i] === 1 ? sum : sum + weight), 0);
  return {
    levels: states.levels.filter(isKept),
    totals: states.totals.filter(isKept),
    weights: states.weights.filter(isKept),
  };
}

/** The largest net energy of a slot, either way. */
function reachOf(nets: readonly SlotAtoms[]): number {
  return largestOf(nets.map(({ values }) => values.reduce((most, x) => Math.max(most, Math.abs(x)), 0)));
}

interface SlotContext {
  readonly nets: readonly SlotAtoms[];
  readonly space: StateSpace;
  readonly width: number;
  /** Joules. */
  readonly tolerance: number;
  readonly memory: WalkOptions['memory'];
}

/** States after slot t, one table a state of the weather; adds what the slot lacks and wastes to the sums. */
function oneSlot(model: ChainModel, t: number, context: SlotContext, now: readonly States[], sums: Sums): StateTable[] {
  const next = now.map(() => new StateTable(context.space, context.width));
  now.forEach((states, from) => {
    next.forEach((table, to) => {
      const chance = stepsBefore(model, t) ? model.transitions[from][to] : from === to ? 1 : 0;
      if (chance > 0) moveAll(model.battery, context, context.nets[model.lawOf(t, to)], chance, states, table, sums);
    });
  });
  return next;
}

/** Moves all states by the energies of one law, with a chance that the weather has it. */
function moveAll(
  battery: BatteryLaw,
  { tolerance, memory }: SlotContext,
  net: SlotAtoms,
  chance: number,
  { levels, totals, weights }: States,
  table: StateTable,
  sums: Sums,
): void {
  const move: Move = { to: 0, lacking: 0, wasted: 0 };
  for (let k = 0; k < levels.length; k++) {
    const level = levels[k] * (1 - battery.leakPerSlot);
    const weight = chance * weights[k];
    sums.left += weight * net.left;
    for (let i = 0; i < net.values.length; i++) {
      const p = weight * net.weights[i];
      if (p < LIGHTEST) {
        sums.left += p;
        continue;
      }
      moveLevel(battery, level, net.values[i], tolerance, move);
      sums.waste += p * move.wasted;
      if (move.lacking === 0) table.add(move.to, totals[k], p);
      else {
        sums.deficitSlots += p;
        sums.auxiliary += p * move.lacking;
        table.add(move.to, memory === 'any' ? 1 : totals[k] + move.lacking, p);
      }
    }
  }
}

/** One slot of net energy x from a level after its leak. */
function moveLevel(battery: BatteryLaw, level: number, x: number, tolerance: number, out: Move): void {
  const { capacityJoules, chargeEfficiency, dischargeEfficiency, chargeLimitJoules, dischargeLimitJoules } = battery;
  out.lacking = 0;
  out.wasted = 0;
  if (x >= 0) {
    const to = level + chargeEfficiency * Math.min(x, chargeLimitJoules);
    out.to = to > capacityJoules - tolerance ? capacityJoules : to;
    out.wasted = Math.max(0, x - (out.to - level) / chargeEfficiency);
    return;
  }
  const to = level - Math.min(-x, dischargeLimitJoules) / dischargeEfficiency;
  out.to = to < tolerance ? 0 : to;
  const lacking = -x - dischargeEfficiency * (level - out.to);
  out.lacking = lacking < tolerance ? 0 : lacking;
}

function resultOf(
  now: readonly States[],
  capacityJoules: number,
): Pick<ConstantResult, 'never' | 'empty' | 'full' | 'levels' | 'totals'> {
  let [never, empty, full] = [0, 0, 0];
  for (const { levels, totals, weights } of now) {
    weights.forEach((weight, i) => {
      if (totals[i] === 0) never += weight;
      if (levels[i] === 0) empty += weight;
      if (levels[i] === capacityJoules) full += weight;
    });
  }
  return { never, empty, full, levels: atomsOf(now, 'levels'), totals: atomsOf(now, 'totals') };
}

/** A coordinate's values, ascending, each once. */
function atomsOf(now: readonly States[], of: 'levels' | 'totals'): Atoms {
  const pairs = now.flatMap((states) => Array.from(states[of], (v, i): [number, number] => [v, states.weights[i]]));
  pairs.sort(([a], [b]) => a - b);
  const values: number[] = [];
  const weights: number[] = [];
  for (const [v, p] of pairs) {
    if (values[values.length - 1] === v) weights[weights.length - 1] += p;
    else {
      values.push(v);
      weights.push(p);
    }
  }
  return { values: Float64Array.from(values), weights: Float64Array.from(weights) };
}

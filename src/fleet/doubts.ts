/**
 * What a scenario says that can hardly be meant: most often a quantity in another unit than its key names. It is no
 * error, for the model has an answer; it is said beside that answer. Nothing here prints.
 */
import { InputError } from '../errors.js';
import { largestOf, smallestOf } from '../numeric/extremes.js';
import type { Scenario } from '../scenario/scenario.js';
import { demandMoments } from './demand.js';
import { resolveScenario } from './resolve.js';
import type { Resolved } from './resolve.js';
import { traceSlots } from '../scenario/trace/slots.js';

export interface Doubt {
  readonly code:
    | 'batteryBelowTask'
    | 'chargeBelowTask'
    | 'harvestOffDemand'
    | 'limitBelowDemand'
    | 'deadlineWithinSlot'
    | 'levelOutOfReach'
    | 'traceOfOneSlot';
  /** Path of the value in doubt. */
  readonly key: string;
  /** What came, and what speaks against it; begins with the key. */
  readonly message: string;
}

/** A harvest so many times the demand, or a part of it, is most often watts for kilowatts or a plant for a rack. */
const OFF_DEMAND = 100;

/** What is doubtful in a scenario; nothing of one that a command will refuse. */
export function doubtsOf(scenario: Scenario): readonly Doubt[] {
  try {
    const resolved = resolveScenario(scenario);
    return [
      ...batteryDoubts(resolved),
      ...supplyDoubts(resolved),
      ...deadlineDoubts(scenario),
      ...traceDoubts(scenario),
    ];
  } catch (error) {
    if (error instanceof InputError) return [];
    throw error;
  }
}

const shown = (x: number): string => String(Number(x.toPrecision(4)));

function doubt(code: Doubt['code'], key: string, text: string): Doubt {
  return { code, key, message: `${key}: ${text}` };
}

function batteryDoubts({ scenario: { battery, routing }, table: { tasks } }: Resolved): Doubt[] {
  const { capacityJoules, initialJoules } = battery;
  const energies = tasks.map(({ energyJoules }) => energyJoules);
  const [least, most] = [smallestOf(energies), largestOf(energies)];
  const doubts: Doubt[] = [];
  if (capacityJoules !== undefined && capacityJoules < most) {
    const text = `got ${shown(capacityJoules)} J, less than one task takes (${shown(most)} J): is it in joules? 1 kWh is 3600000 J`;
    doubts.push(doubt('batteryBelowTask', 'battery.capacityJoules', text));
  }
  if (initialJoules > 0 && initialJoules < least) {
    const text = `got ${shown(initialJoules)} J, less than any task takes (${shown(least)} J): is it in joules? 1 kWh is 3600000 J`;
    doubts.push(doubt('chargeBelowTask', 'battery.initialJoules', text));
  }
  const { policy } = routing;
  const level =
    policy?.kind === 'threshold'
      ? (['routing.policy.levelJoules', policy.levelJoules] as const)
      : policy?.kind === 'backpressure'
        ? (['routing.policy.targetJoules', policy.targetJoules] as const)
        : undefined;
  if (level !== undefined && capacityJoules !== undefined && level[1] > capacityJoules) {
    const text = `got ${shown(level[1])} J, more than the battery holds (${shown(capacityJoules)} J): it is never reached`;
    doubts.push(doubt('levelOutOfReach', level[0], text));
  }
  return doubts;
}

/** Harvest and power limits beside the demand, as power. */
function supplyDoubts({ scenario, sizedDemand, harvest: law }: Resolved): Doubt[] {
  const { slotSeconds, harvest, battery } = scenario;
  const demand = demandMoments(sizedDemand).mean / slotSeconds;
  const supply = (law.shape * law.scaleJoules) / slotSeconds;
  const doubts: Doubt[] = [];
  if (supply > OFF_DEMAND * demand || demand > OFF_DEMAND * supply) {
    const key =
      'mean' in harvest && harvest.mean !== undefined
        ? 'harvest.mean'
        : 'trace' in harvest
          ? 'harvest.trace'
          : 'harvest.scaleJoules';
    const times = supply > demand ? `${shown(supply / demand)} times` : `a ${shown(demand / supply)}th of`;
    const text = `got a harvest of ${shown(supply)} W, ${times} the demand (${shown(demand)} W): are its units right, and joules those of one slot?`;
    doubts.push(doubt('harvestOffDemand', key, text));
  }
  for (const key of ['chargeLimitWatts', 'dischargeLimitWatts'] as const) {
    const limit = battery[key];
    if (limit === undefined || limit * OFF_DEMAND > demand) continue;
    const text = `got ${shown(limit)} W beside a demand of ${shown(demand)} W: is it in watts?`;
    doubts.push(doubt('limitBelowDemand', `battery.${key}`, text));
  }
  return doubts;
}

/** One task may be served within its slot; where all are, slots are too long, or deadlines in other units. */
function deadlineDoubts(scenario: Scenario): Doubt[] {
  if (scenario.fleet === undefined) return [];
  const { slotSeconds, tasks } = scenario;
  if (tasks.some(({ deadlineSeconds }) => deadlineSeconds >= slotSeconds)) return [];
  const text =
    `got ${shown(tasks[0].deadlineSeconds)} s, as all deadlines shorter than a slot (${shown(slotSeconds)} s): ` +
    'no task can wait, and energy is counted slot by slot; take shorter slots, or were they meant in other units?';
  return [doubt('deadlineWithinSlot', 'tasks[0].deadlineSeconds', text)];
}

/** A slot as long as the whole trace sees nothing of its course. */
function traceDoubts({ harvest, slotSeconds }: Scenario): Doubt[] {
  if (!('trace' in harvest) || harvest.trace.values.length === 1) return [];
  const { values, secondsPerValue } = harvest.trace;
  if (traceSlots(harvest.trace, slotSeconds).joulesPerValue.length > 1) return [];
  const text = `got ${shown(slotSeconds)} s, as long as the whole trace (${values.length} values of ${shown(secondsPerValue)} s): every slot harvests the same`;
  return [doubt('traceOfOneSlot', 'slotSeconds', text)];
}

/**
 * Why two scenarios that are compared have other harvests though both say the same: `critical`, `timesDemand` and
 * `matched` are of each one's own demand, so that a fleet that takes less is given less, and a router that burns more
 * is given that where its harvest is sized for it.
 */
export function harvestDifference(
  first: { readonly name: string; readonly scenario: Scenario },
  second: { readonly name: string; readonly scenario: Scenario },
): { readonly key: string; readonly message: string } | undefined {
  const sides = [first, second];
  const [a, b] = sides.map(({ scenario }) => {
    const { shape, scaleJoules } = resolveScenario(scenario).harvest;
    const { slotSeconds } = scenario;
    return { mean: (shape * scaleJoules) / slotSeconds, deviation: (Math.sqrt(shape) * scaleJoules) / slotSeconds };
  });
  const isSized = (harvest: Scenario['harvest'], key: 'mean' | 'variance'): boolean => {
    const value = (harvest as { readonly [K in typeof key]?: unknown })[key];
    return value !== undefined && typeof value !== 'number';
  };
  const differs = (x: number, y: number): boolean => Math.abs(x - y) > 1e-9 * Math.max(x, y);
  const because = 'for each is sized by its own demand';
  if (differs(a.mean, b.mean) && sides.some(({ scenario }) => isSized(scenario.harvest, 'mean'))) {
    const message =
      `harvest.mean: ${first.name} harvests ${shown(a.mean)} W and ${second.name} ${shown(b.mean)} W, ${because}; ` +
      'give both the same mean in joules to compare them under one harvest';
    return { key: 'harvest.mean', message };
  }
  if (differs(a.deviation, b.deviation) && sides.some(({ scenario }) => isSized(scenario.harvest, 'variance'))) {
    const message =
      `harvest.variance: a slot's harvest has a standard deviation of ${shown(a.deviation)} W in ${first.name} and ` +
      `${shown(b.deviation)} W in ${second.name}, ${because}; ` +
      'give both the same variance in joules² to compare them under one harvest';
    return { key: 'harvest.variance', message };
  }
  return undefined;
}

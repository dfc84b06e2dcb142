/**
 * Which lattices of levels serve a model: fine enough for its slots, and holding its capacity, its charge and its tasks
 * where one can.
 */
import { PlanError } from '../../errors.js';
import { largestOf, smallestOf } from '../../numeric/extremes.js';
import type { LevelLattice } from './battery-kernel.js';
import { commonMeasure } from '../../law/common-measure.js';
import type { Three } from './extrapolate.js';
import type { ChainModel, SlotLaw } from './model.js';
import { isAtomic, slotDrift, typicalVolatility } from './model.js';

/** How fine the coarsest lattice is to be. */
export interface Fineness {
  /** Its steps in a typical standard deviation of a slot, at least. */
  readonly stepsPerSigma: number;
  /** The same where there are then no more than `cheapNodes` levels. */
  readonly cheapStepsPerSigma: number;
  readonly cheapNodes: number;
  /** Its levels, at least. */
  readonly leastNodes: number;
}

const FINENESS: Fineness = { stepsPerSigma: 8, cheapStepsPerSigma: 32, cheapNodes: 1024, leastNodes: 32 };
/** Most levels of the coarsest lattice; the finest has four times as many. */
const MOST_NODES = 2 ** 14;
/** How far from lattice points, in steps, all lengths may be for a lattice to be said to hold them. */
const ALIGNED = 1e-7;

/** Lengths that should be whole steps, for the level's atoms are sums of them: the battery's, and the tasks'. */
function lengths({ battery, laws }: ChainModel): { readonly ofBattery: number[]; readonly ofTasks: number[] } {
  const { chargeEfficiency, dischargeEfficiency, chargeLimitJoules, dischargeLimitJoules } = battery;
  const ofBattery = [
    battery.initialJoules,
    battery.capacityJoules,
    chargeLimitJoules * chargeEfficiency,
    dischargeLimitJoules / dischargeEfficiency,
  ];
  // What is left of a constant harvest is stored, and what it does not cover is drawn: both are then atoms.
  const ofTasks = laws.flatMap(({ demand, harvest }) => {
    const constant = typeof harvest === 'number' ? harvest : 0;
    const drawn = [...demand.energiesJoules, constant].map((energy) => energy / dischargeEfficiency);
    if (constant === 0) return drawn;
    return [...drawn, ...[...demand.energiesJoules, constant].map((energy) => energy * chargeEfficiency)];
  });
  const proper = (list: number[]): number[] => [...new Set(list.filter((x) => x > 0 && x < Infinity))];
  return { ofBattery: proper(ofBattery), ofTasks: proper(ofTasks) };
}

/** Whether all lengths are whole numbers of steps, and stay so: what leaks is not. */
export function holdsAtoms(model: ChainModel, { step }: LevelLattice): boolean {
  const { ofBattery, ofTasks } = lengths(model);
  const whole = (x: number): boolean => Math.abs(x / step - Math.round(x / step)) < ALIGNED;
  return model.battery.leakPerSlot === 0 && [...ofBattery, ...ofTasks].every(whole);
}

/** The least m from `least` to about twice that with all lengths on multiples of base/m, if there is one. */
function alignedSteps(base: number, least: number, all: readonly number[]): number | undefined {
  for (let m = least; m < Math.max(2 * least, least + 16); m++) {
    const fits = all.every((x) => {
      const position = (x / base) * m;
      return Math.abs(position - Math.round(position)) < ALIGNED;
    });
    if (fits) return m;
  }
  return undefined;
}

/** The step of the coarsest lattice, joules, at most `most` and more than half of it where lengths are held. */
function coarseStep(model: ChainModel, most: number, leastNodes: number): number {
  const { capacityJoules } = model.battery;
  const { ofBattery, ofTasks } = lengths(model);
  const all = [...ofBattery, ...ofTasks];
  const finite = capacityJoules < Infinity;
  const base = finite ? capacityJoules : smallestOf([most * leastNodes, ...all]);
  const least = Math.max(finite ? leastNodes : 1, Math.ceil((base / most) * (1 - 1e-12)));
  if (least > MOST_NODES) throw tooFine(least);
  const steps = alignedSteps(base, least, all) ?? alignedSteps(base, least, ofBattery) ?? least;
  return base / steps;
}

/** A step between most/2 and most that tasks and constant harvests are multiples of; `most` where there is none. */
export function taskStep(laws: readonly SlotLaw[], most: number): number {
  const all = laws.flatMap(({ demand, harvest }) => [
    ...demand.energiesJoules,
    typeof harvest === 'number' ? harvest : 0,
  ]);
  const proper = [...new Set(all.filter((x) => x > 0))];
  const base = smallestOf(proper);
  const least = Math.ceil((base / most) * (1 - 1e-12));
  const steps = alignedSteps(base, least, proper);
  return steps === undefined ? most : base / steps;
}

function tooFine(nodes: number): PlanError {
  return new PlanError(
    `battery.capacityJoules: a lattice of ${nodes} levels would be needed, expected at most ${MOST_NODES}: ` +
      'the capacity is too large, or the horizon too long, for the exact chain',
    'battery.capacityJoules',
  );
}

/** The coarsest lattice for `slots` slots. An unlimited battery's is high enough for about all of its paths. */
export function coarseLevels(model: ChainModel, slots: number, fineness: Fineness = FINENESS): LevelLattice {
  const { stepsPerSigma, cheapStepsPerSigma, cheapNodes, leastNodes } = fineness;
  const { initialJoules, capacityJoules } = model.battery;
  const sigma = typicalVolatility(model.laws);
  const upward = largestOf([0, ...model.laws.map(slotDrift)]);
  const height = Math.min(capacityJoules, initialJoules + slots * upward + 8 * sigma * Math.sqrt(slots) + 8 * sigma);
  const most = Math.min(sigma / stepsPerSigma, Math.max(sigma / cheapStepsPerSigma, height / cheapNodes));
  const step = coarseStep(model, most > 0 ? most : height / leastNodes, leastNodes);
  if (capacityJoules < Infinity) return { nodes: Math.round(capacityJoules / step), step };
  const nodes = 2 ** Math.ceil(Math.log2(height / step));
  if (nodes > MOST_NODES) throw tooFine(nodes);
  return { nodes, step };
}

/** Most levels of a lattice that is exact by itself, and most of them times slots: it then takes some seconds. */
const MOST_EXACT_NODES = 2 ** 18;
const MOST_EXACT_WORK = 2 ** 23;

/**
 * A lattice on which every second point holds every level of `slots` slots, where all that a slot can do is a sum of
 * constants with a common measure; undefined where there is none, or it would be too fine. Its nodes are a multiple of
 * four: laws are read off two coarser ones, too, and levels off the middle one.
 */
export function exactLevels(model: ChainModel, slots: number): LevelLattice | undefined {
  const { initialJoules, capacityJoules, leakPerSlot, chargeLimitJoules, chargeEfficiency } = model.battery;
  if (!isAtomic(model.laws) || leakPerSlot > 0) return undefined;
  const { ofBattery, ofTasks } = lengths(model);
  const measure = commonMeasure([...ofBattery, ...ofTasks]);
  if (measure === undefined) return undefined;
  const harvest = largestOf([0, ...model.laws.map((law) => (typeof law.harvest === 'number' ? law.harvest : 0))]);
  const stored = Math.min(harvest, chargeLimitJoules) * chargeEfficiency;
  const isLimited = capacityJoules < Infinity;
  // Without a capacity there is a point above the highest level.
  const parts = isLimited
    ? Math.round(capacityJoules / measure)
    : 2 * Math.ceil((initialJoules + slots * stored) / measure / 2 + 1);
  const pointsOfPart = parts % 2 === 0 ? 2 : 4;
  const nodes = pointsOfPart * parts;
  if (nodes > MOST_EXACT_NODES || nodes * slots > MOST_EXACT_WORK) return undefined;
  return { nodes, step: measure / pointsOfPart };
}

/** A lattice with half the step and the same range. */
function finer({ nodes, step }: LevelLattice): LevelLattice {
  return { nodes: 2 * nodes, step: step / 2 };
}

/** A lattice, that of half its step and that of a quarter. */
export function threeLattices(levels: LevelLattice): Three<LevelLattice> {
  return [levels, finer(levels), finer(finer(levels))];
}

/** A lattice of the same step and twice the range. */
export function higher({ nodes, step }: LevelLattice): LevelLattice {
  if (2 * nodes > MOST_NODES) throw tooFine(2 * nodes);
  return { nodes: 2 * nodes, step };
}

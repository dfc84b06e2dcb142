/**
 * SiteLaw: a site as the site kernel walks it, in exact integers. The quantum is chosen so that what a path harvests
 * and consumes in all stays within 32 bits: totals, not the walk alone, for a battery with limits wastes and lacks in
 * proportion to T.
 */
import { PlanError } from '../errors.js';
import { isSteady } from '../fleet/harvest-process.js';
import type { HarvestProcessLaw } from '../fleet/harvest-process.js';
import { EVEN, factorSum } from '../fleet/periodic.js';
import type { Site } from '../fleet/site.js';
import { energyMoment, volatility } from '../fleet/walk-law.js';
import type { DemandLaw } from '../fleet/walk-law.js';
import { COARSEST } from './choose-cells.js';
import { commonMeasure } from './common-measure.js';
import { harvestTables } from './harvest-tables.js';
import type { HarvestTables } from './harvest-tables.js';
import { ESCAPE_EXPONENT, walkReach } from './reach.js';
import { LATTICE_REACH } from './sampled-law.js';
import { demandError, lumpedError, siteSamplingError } from './site-error.js';
import type { DemandError, SiteSamplingError } from './site-error.js';
import type { SiteTables } from './site-tables.js';
import { isFaithful, needsTasks, slotConsumption } from './slot-consumption.js';
import { fractionBitsOf } from './task-law.js';
import { once } from './tabulate.js';
import { waitingTables } from './waiting-tables.js';
import { assemble, assembleLumped, capacityWord } from './site-words.js';

/**
 * How a site's slots are drawn. `lumped`: what a slot consumes at once, of which numbers of tasks are an expectation.
 * `tasks`: every task by itself, which tasks that wait or burn over their service need.
 */
export type SiteForm = 'lumped' | 'tasks';

/** The tables of a site as they are sampled, and how far they are from the site’s own laws. */
export interface SiteLaw {
  readonly source: Site;
  readonly form: SiteForm;
  /** Of what is harvested, consumed and delivered. */
  readonly quantumJoules: number;
  /** Of levels, which are counted as what the battery can still deliver: quantumJoules / η_d. */
  readonly levelJoules: number;
  readonly initialQuanta: number;
  /** Infinity where the battery has no limit. */
  readonly capacityQuanta: number;
  /** Infinity too where no path gets there within the slots planned for (ESCAPE_EXPONENT of reach.ts). */
  readonly reachedCapacityQuanta: number;
  readonly tables: SiteTables;
  /** How far the sampled site is from the true one. */
  readonly samplingError: SiteSamplingError;
  /** Slots that the law was sampled for. */
  readonly plannedSlots: number;
}

export interface SitePlan {
  readonly slots: number;
  /** Joules that the lattice must reach in any case. */
  readonly reachJoules?: number;
  /**
   * Left out: `tasks`. `fastest`: `lumped` where the site allows it and tables are true to its laws, else `tasks`:
   * where that is decided, and nowhere else.
   */
  readonly form?: SiteForm | 'fastest';
}

/**
 * Samples a site. @throws {PlanError} where 32-bit integers cannot hold its totals with a lattice fine enough, or where
 * it is asked to be lumped and needs its tasks
 */
export function sampleSite(site: Site, { slots, reachJoules = 0, form = 'tasks' }: SitePlan): SiteLaw {
  const { battery } = site;
  const finest = Math.max(siteReach(site, slots), reachJoules) / LATTICE_REACH;
  const harvest = harvestTables(site.harvest, finest, slots, measureOf(site, finest));
  const quantum = harvest.quantumJoules;
  checkQuantum(site, quantum, slots);
  const capacityQuanta = battery.capacityJoules === Infinity ? Infinity : capacityWord(battery, quantum);
  const fractionBits = fractionBitsOf(busiestDemand(site), quantum);
  const { tables, demand, ...drawn } = demandTables(site, harvest, fractionBits, form);
  const error = once(() => siteSamplingError(site, harvest, demand()));
  return {
    source: site,
    form: drawn.form,
    quantumJoules: quantum,
    levelJoules: quantum / battery.dischargeEfficiency,
    initialQuanta: Math.round((battery.initialJoules * battery.dischargeEfficiency) / quantum),
    capacityQuanta,
    reachedCapacityQuanta: levelReach(site, slots) < battery.capacityJoules ? Infinity : capacityQuanta,
    tables,
    plannedSlots: slots,
    get samplingError() {
      return error();
    },
  };
}

/** The tables of a site with its demand in the form that is asked for, and how far the demand then is from its law. */
function demandTables(
  site: Site,
  harvest: HarvestTables,
  fractionBits: number,
  asked: SiteForm | 'fastest',
): { readonly form: SiteForm; readonly tables: SiteTables; readonly demand: () => DemandError } {
  const quantum = harvest.quantumJoules;
  const unit = quantum / 2 ** fractionBits;
  const reason = asked === 'tasks' ? undefined : needsTasks(site);
  if (asked === 'lumped' && reason !== undefined) {
    throw new PlanError(`kernel: got "lumped" for a site ${reason}, expected "tasks", or none`, 'kernel');
  }
  if (asked !== 'tasks' && reason === undefined) {
    const consumption = slotConsumption(site, quantum, fractionBits);
    if (asked === 'lumped' || isFaithful(consumption)) {
      const tables = assembleLumped(site, harvest, consumption, fractionBits);
      return { form: 'lumped', tables, demand: () => lumpedError(consumption, unit) };
    }
  }
  const tasks = waitingTables(site.classes, quantum, fractionBits);
  const tables = assemble(site, harvest, tasks, fractionBits);
  return { form: 'tasks', tables, demand: () => demandError(site, tasks, unit) };
}

/**
 * Whether a site's totals can be held in 32-bit integers, without its tables being made. @throws {PlanError} as
 * `sampleSite` does
 */
export function checkSite(site: Site, slots: number): void {
  checkQuantum(site, siteReach(site, slots) / LATTICE_REACH, slots);
}

/** How far totals and levels of a path go, joules. */
function siteReach(site: Site, slots: number): number {
  const { initialJoules, capacityJoules } = site.battery;
  const totals = Math.max(totalConsumptionReach(site, slots), harvestReach(site.harvest, slots));
  return totals + Math.max(capacityJoules === Infinity ? 0 : capacityJoules, initialJoules);
}

function checkQuantum({ walk }: Site, quantum: number, slots: number): void {
  const sigma = volatility(walk);
  if (quantum <= sigma / COARSEST) return;
  throw new PlanError(
    `slots: got ${slots}, in which a path's totals leave the range of 32-bit integers (quantum ${quantum.toPrecision(3)} J, volatility ` +
      `${sigma.toPrecision(3)} J a slot); expected fewer slots`,
    'slots',
  );
}

/** How high a level can get, joules. */
function levelReach({ battery, harvest, walk, arrivals, classes, accounting }: Site, slots: number): number {
  const { initialJoules, chargeEfficiency, dischargeLimitJoules } = battery;
  // Where slots are alike and the battery serves them at once it is never above the walk that is reflected at 0.
  const isWalk =
    isSteady(harvest) &&
    arrivals === EVEN &&
    accounting === 'lumped' &&
    dischargeLimitJoules === Infinity &&
    classes.every(({ mostWait }) => mostWait === 0);
  const stored = chargeEfficiency * harvestReach(harvest, slots);
  return initialJoules + (isWalk ? Math.min(stored, walkReach(walk, 'up', slots, ESCAPE_EXPONENT)) : stored);
}

/** More values than these, such as those of a year's trace, are kept together or not at all. */
const FEW_WISHES = 64;

/**
 * Of what a path's levels are sums of where nothing is harvested, or the same in each slot: tasks, what the battery can
 * deliver when it is full and at the start, what a power limit lets through, what a slot's harvest and a leak leave of
 * those. What would leave the rest without a measure, or with one below the finest quantum, is left out: a limit that
 * never binds must not spoil what tasks and harvests have in common.
 */
function measureOf({ classes, battery, harvest }: Site, finest: number): number | undefined {
  const { chargeEfficiency, dischargeEfficiency, chargeLimitJoules, dischargeLimitJoules, leakPerSlot } = battery;
  const delivered = chargeEfficiency * dischargeEfficiency;
  const tasks = classes.flatMap(({ options }) => options.map((option) => option.energyJoules));
  const charges = [battery.initialJoules, battery.capacityJoules].map((level) => level * dischargeEfficiency);
  const limits = [dischargeLimitJoules, chargeLimitJoules, chargeLimitJoules * delivered];
  const isFixed = harvest.kind === 'trace' && harvest.noiseShape === undefined;
  const supply = isFixed ? [...new Set(harvest.joules)].flatMap((joules) => [joules, joules * delivered]) : [];
  const left = leakPerSlot === 0 ? [] : charges.map((level) => level * leakPerSlot);
  const wishes = [charges, limits, supply, left];
  let kept: number[] = [];
  let measure: number | undefined;
  const keep = (joules: readonly number[]): boolean => {
    const more = [...kept, ...joules.filter((x) => x > 0 && x < Infinity)];
    const common = commonMeasure(more);
    if (common === undefined || common < finest) return false;
    [kept, measure] = [more, common];
    return true;
  };
  // Without one for all tasks there is none: sites that differ in their router alone must share their quantum.
  if (!keep(tasks)) return undefined;
  for (const wish of wishes) {
    if (!keep(wish) && wish.length <= FEW_WISHES) for (const joules of wish) keep([joules]);
  }
  return measure;
}

/** What T slots consume at most (Bernstein's bound for a compound Poisson sum), joules. */
function totalConsumptionReach({ walk, classes, arrivals }: Site, slots: number): number {
  const most = classes.reduce((a, c) => c.options.reduce((b, o) => Math.max(b, o.energyJoules), a), 0);
  // Tasks that wait may cost more than at arrival: their mean is at most this much above.
  const dearer = classes.reduce(
    (sum, c) => sum + c.probability * c.options.reduce((b, o) => Math.max(b, o.energyJoules), 0),
    0,
  );
  const tasks = walk.demand.ratePerSlot * factorSum(arrivals, slots);
  const variance = tasks * Math.max(energyMoment(walk.demand, 2), dearer * most);
  return tasks * dearer + Math.sqrt(2 * ESCAPE_EXPONENT * variance) + ((2 * ESCAPE_EXPONENT) / 3) * most;
}

/** The demand of the busiest slot, each task at what it may cost at most. */
function busiestDemand({ walk, classes, arrivals }: Site): DemandLaw {
  const dearest = classes.map((c) => c.options.reduce((b, o) => Math.max(b, o.energyJoules), 0));
  const order = dearest.map((_, k) => k).sort((a, b) => dearest[a] - dearest[b]);
  return {
    ratePerSlot: walk.demand.ratePerSlot * arrivals.values.reduce((a, b) => Math.max(a, b), 0),
    energiesJoules: Float64Array.from(order, (k) => dearest[k]),
    probabilities: Float64Array.from(order, (k) => classes[k].probability),
  };
}

/** Joules that T slots harvest at most: the best state always, a sub-gamma bound, wider where correlated. */
function harvestReach(harvest: HarvestProcessLaw, slots: number): number {
  if (harvest.kind === 'trace') {
    const { joules, slotsPerValue, noiseShape } = harvest;
    const most = joules.reduce((a, b) => Math.max(a, b), 0);
    const passes = Math.ceil(slots / (joules.length * slotsPerValue)) + 1;
    const whole = passes * slotsPerValue * joules.reduce((a, b) => a + b, 0);
    const drawn = harvest.blockSlots !== undefined || harvest.randomStart;
    const mean = Math.min(most * slots, drawn ? Infinity : whole);
    if (noiseShape === undefined) return mean;
    return mean + Math.sqrt((2 * ESCAPE_EXPONENT * mean * most) / noiseShape) + (ESCAPE_EXPONENT * most) / noiseShape;
  }
  const { laws, factors, correlation = 0 } = harvest;
  const sum = factorSum(factors, slots);
  const most = factors.values.reduce((a, b) => Math.max(a, b), 0);
  const wider = (1 + correlation) / (1 - correlation);
  return laws.reduce((reach, { shape, scaleJoules }) => {
    const variance = sum * most * shape * scaleJoules ** 2 * wider;
    const own =
      sum * shape * scaleJoules + Math.sqrt(2 * ESCAPE_EXPONENT * variance) + ESCAPE_EXPONENT * most * scaleJoules;
    return Math.max(reach, own);
  }, 0);
}

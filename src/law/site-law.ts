/**
 * SiteLaw: a site as the site kernel walks it, in exact integers. The quantum is chosen so that what a path harvests and consumes in all stays within 32 bits: totals,
 * not the walk alone, for a battery with limits wastes and lacks in proportion to T.
 */
import { PlanError } from '../errors.js';
import { isSteady } from '../fleet/harvest-process.js';
import type { HarvestProcessLaw } from '../fleet/harvest-process.js';
import { EVEN } from '../fleet/periodic.js';
import type { PeriodicFactors } from '../fleet/periodic.js';
import type { BatteryLaw, Site } from '../fleet/site.js';
import { energyMoment, volatility } from '../fleet/walk-law.js';
import type { DemandLaw } from '../fleet/walk-law.js';
import type { Policy } from '../scenario/scenario.js';
import { aliasColumns } from './alias.js';
import { COARSEST } from './choose-cells.js';
import { commonMeasure } from './common-measure.js';
import { harvestTables } from './harvest-tables.js';
import type { HarvestTables } from './harvest-tables.js';
import { ESCAPE_EXPONENT, walkReach } from './reach.js';
import { LATTICE_REACH } from './sampled-law.js';
import { siteSamplingError } from './site-error.js';
import type { SiteSamplingError } from './site-error.js';
import { LEAST_QUEUE_RING, POLICY_NUMBER, SITE_FIELD, SITE_FIELDS } from './site-tables.js';
import type { SiteField, SiteTables } from './site-tables.js';
import { COUNT_BITS, COUNT_THRESHOLD_BITS } from './task-tables.js';
import { COLUMN_COUNT } from './tables.js';
import { countDrawsOf, countWeights, fractionBitsOf } from './task-law.js';
import { once } from './tabulate.js';
import { waitingTables } from './waiting-tables.js';
import type { WaitingTables } from './waiting-tables.js';

/** The tables of a site as they are sampled, and how far they are from the site’s own laws. */
export interface SiteLaw {
  readonly source: Site;
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
}

const WORD = 2 ** 32;
/** No limit, in quanta: no level gets there. */
const UNLIMITED = 2 ** 31 - 1;

/** Samples a site. @throws {PlanError} where 32-bit integers cannot hold its totals with a lattice fine enough */
export function sampleSite(site: Site, { slots, reachJoules = 0 }: SitePlan): SiteLaw {
  const { battery } = site;
  const finest = Math.max(siteReach(site, slots), reachJoules) / LATTICE_REACH;
  const harvest = harvestTables(site.harvest, finest, slots, measureOf(site, finest));
  const quantum = harvest.quantumJoules;
  checkQuantum(site, quantum, slots);
  const capacityQuanta = battery.capacityJoules === Infinity ? Infinity : capacityWord(battery, quantum);
  const fractionBits = fractionBitsOf(busiestDemand(site), quantum);
  const tasks = waitingTables(site.classes, quantum, fractionBits);
  const tables = assemble(site, harvest, tasks, fractionBits);
  const error = once(() => siteSamplingError(site, harvest, tasks, fractionBits));
  return {
    source: site,
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

/** Whether a site's totals can be held in 32-bit integers, without its tables being made. @throws {PlanError} as `sampleSite` does */
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

/** What T slots harvest at most: the best state all the time, and a sub-gamma bound on the sum; correlation makes its variance larger. Joules. */
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

/** Σ of the factors of slots 0 … T − 1. */
function factorSum({ values, slotsPerValue }: PeriodicFactors, slots: number): number {
  const period = values.length * slotsPerValue;
  const whole = Math.floor(slots / period);
  let sum = whole * period;
  for (let t = 0, left = slots - whole * period; left > 0; t++) {
    const own = Math.min(left, slotsPerValue);
    sum += values[t] * own;
    left -= own;
  }
  return sum;
}

/** Puts the words together: the header first. */
class Words {
  readonly header: Partial<Record<SiteField, number>> = {};
  private readonly parts: ArrayLike<number>[] = [];
  private length = SITE_FIELDS.length;

  /** Adds words; their place. */
  add(part: ArrayLike<number>): number {
    const at = this.length;
    this.parts.push(part);
    this.length += part.length;
    return at;
  }

  finish(): Uint32Array<ArrayBuffer> {
    const words = new Uint32Array(this.length);
    for (const name of SITE_FIELDS) words[SITE_FIELD[name]] = this.header[name] ?? 0;
    let at = SITE_FIELDS.length;
    for (const part of this.parts) {
      words.set(part, at);
      at += part.length;
    }
    return words;
  }
}

function assemble(site: Site, harvest: HarvestTables, tasks: WaitingTables, fractionBits: number): SiteTables {
  const words = new Words();
  const quantum = harvest.quantumJoules;
  addWeather(words, site.harvest);
  addArrivals(words, site);
  const profilesAt = words.add(tasks.profiles);
  Object.assign(words.header, {
    entryBits: tasks.entryBits,
    fractionBits,
    entryColumnsAt: words.add(tasks.entryColumns),
    mostWaitAt: words.add(tasks.mostWait),
    optionsAt: words.add(tasks.firstOption),
    leastAt: words.add(tasks.least),
    waitOptionsAt: words.add(tasks.waitOptions),
    optionEnergyAt: words.add(tasks.energies),
    optionProfileAt: words.add(tasks.profileStart.map((start) => profilesAt + start)),
    optionLengthAt: words.add(tasks.profileLength),
  } satisfies Partial<Record<SiteField, number>>);
  addHarvest(words, site.harvest, harvest);
  Object.assign(words.header, batteryWords(site.battery, quantum), policyWords(site.policy, site.battery, quantum));
  const ring = (slots: number): number => 2 ** Math.ceil(Math.log2(slots));
  const queue = tasks.longestWait > 0;
  const rings = {
    serviceRing: site.accounting === 'distributed' ? ring(tasks.longestService) : 0,
    queueRing: queue ? Math.max(LEAST_QUEUE_RING, ring(tasks.longestWait + 1)) : 0,
  };
  Object.assign(words.header, rings);
  const residual = harvest.columns.some((columns) => columns.residual !== undefined);
  const queueLimit = queue ? site.policy.queueLimit : 0;
  return { words: words.finish(), mode: harvest.mode, residual, queue, ...rings, queueLimit };
}

function addWeather(words: Words, harvest: HarvestProcessLaw): void {
  if (harvest.kind === 'trace' || harvest.weather === undefined) {
    Object.assign(words.header, { states: 1 });
    return;
  }
  const { initial, transitions, slotsPerStep } = harvest.weather;
  Object.assign(words.header, {
    weatherSlots: slotsPerStep,
    states: initial.length,
    weatherAt: words.add([initial, ...transitions].flatMap((row) => thresholds(row))),
    weatherDrawn: 1,
  });
}

/** Running sums of a law, of 2^31: the state is the number of thresholds, but the last, at or below the drawn word's upper 31 bits. */
function thresholds(row: Float64Array): number[] {
  let sum = 0;
  return Array.from(row, (p) => {
    sum += p;
    return Math.round(sum * 2 ** 31);
  });
}

function addArrivals(words: Words, { walk, arrivals }: Site): void {
  const rate = walk.demand.ratePerSlot;
  const draws = countDrawsOf(rate * arrivals.values.reduce((a, b) => Math.max(a, b), 0));
  const tables = new Map<number, number>();
  const counts: Uint32Array[] = [];
  const numbers = arrivals.values.map((factor) => {
    const known = tables.get(factor);
    if (known !== undefined) return known;
    tables.set(factor, counts.length);
    const weights = factor > 0 ? countWeights((rate * factor) / draws) : noCount();
    return counts.push(aliasColumns(weights, COUNT_THRESHOLD_BITS, COUNT_BITS)) - 1;
  });
  Object.assign(words.header, {
    arrivalSlots: arrivals.slotsPerValue,
    arrivalValues: numbers.length,
    arrivalsAt: words.add(numbers),
    countsAt: words.add(counts.flatMap((table) => [...table])),
    countDraws: draws,
  });
}

/** No task for certain. */
function noCount(): Float64Array {
  const weights = new Float64Array(2 ** COUNT_BITS);
  weights[0] = WORD;
  return weights;
}

function addHarvest(words: Words, process: HarvestProcessLaw, harvest: HarvestTables): void {
  const { columns } = harvest;
  Object.assign(words.header, {
    columnsAt: words.add(columns.flatMap((c) => [...c.columns])),
    cellsAt: words.add(columns.flatMap((c) => [c.base, c.coreShift])),
    residualAt: columns.some((c) => c.residual !== undefined) ? words.add(columns.flatMap(residualWords)) : 0,
    factorSlots: harvest.factorSlots,
    factorValues: harvest.mode === 'table' ? 1 : harvest.factors.length / stateCount(process),
    factorsAt: words.add(harvest.factors),
    quantilesAt: words.add(harvest.quantiles),
  });
  if (process.kind === 'trace') {
    const { blockSlots = 0, alignValues, places: alignPlaces, randomStart } = process;
    const startDrawn = randomStart || blockSlots > 0 ? 1 : 0;
    Object.assign(words.header, { blockSlots, alignValues, alignPlaces, startDrawn });
  } else if (harvest.mode === 'copula') {
    const rho = process.correlation ?? 0;
    Object.assign(words.header, { correlation: fraction(rho), innovation: fraction(Math.sqrt(1 - rho * rho)) });
  }
}

function stateCount(process: HarvestProcessLaw): number {
  return process.kind === 'trace' ? 1 : process.laws.length;
}

function residualWords({ residual }: HarvestTables['columns'][number]): number[] {
  if (residual === undefined) return new Array<number>(3 * COLUMN_COUNT).fill(0);
  return [residual.columns, residual.first, residual.shift].flatMap((part) => {
    return Array.from({ length: COLUMN_COUNT }, (_, i) => part[i] ?? 0);
  });
}

function fraction(x: number): number {
  return Math.min(WORD - 1, Math.round(x * WORD));
}

function wholeQuanta(joules: number, quantum: number): number {
  return Math.min(UNLIMITED, Math.round(joules / quantum));
}

/** What a full battery delivers, quanta: at least 2, so that there is a level between empty and full. */
function capacityWord({ capacityJoules, dischargeEfficiency }: BatteryLaw, quantum: number): number {
  return Math.max(2, wholeQuanta(capacityJoules * dischargeEfficiency, quantum));
}

function batteryWords(battery: BatteryLaw, quantum: number): Partial<Record<SiteField, number>> {
  const delivered = battery.chargeEfficiency * battery.dischargeEfficiency;
  const loss = 1 / delivered - 1;
  return {
    capacity: capacityWord(battery, quantum),
    charge: delivered === 1 ? 0 : fraction(delivered),
    chargeLossWhole: Math.floor(loss),
    chargeLoss: fraction(loss - Math.floor(loss)),
    chargeLimit: wholeQuanta(battery.chargeLimitJoules, quantum),
    dischargeLimit: wholeQuanta(battery.dischargeLimitJoules, quantum),
    leak: fraction(battery.leakPerSlot),
  };
}

function policyWords(
  policy: Policy,
  { dischargeEfficiency }: BatteryLaw,
  quantum: number,
): Partial<Record<SiteField, number>> {
  const levelQuanta = (joules: number): number => wholeQuanta(joules * dischargeEfficiency, quantum);
  return {
    policy: POLICY_NUMBER[policy.kind],
    queueLimit: policy.queueLimit,
    policyLevel: policy.kind === 'threshold' ? levelQuanta(policy.levelJoules) : 0,
    policyTarget: policy.kind === 'backpressure' ? levelQuanta(policy.targetJoules) : 0,
    policyPrice: policy.kind === 'backpressure' ? Math.max(1, levelQuanta(policy.joulesPerTask)) : 0,
  };
}

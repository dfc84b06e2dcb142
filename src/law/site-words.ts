/** The words of a site, which its kernel and twins read: a header of the fields of site-tables.ts, then their lists. */
import type { HarvestProcessLaw } from '../fleet/harvest-process.js';
import type { BatteryLaw, Site } from '../fleet/site.js';
import type { Policy } from '../scenario/scenario.js';
import { aliasColumns } from './alias.js';
import type { HarvestTables } from './harvest-tables.js';
import { LEAST_QUEUE_RING, POLICY_NUMBER, SITE_FIELD, SITE_FIELDS } from './site-tables.js';
import type { SiteField, SiteTables } from './site-tables.js';
import { COUNT_BITS, COUNT_THRESHOLD_BITS } from './task-tables.js';
import { COLUMN_BITS, COLUMN_COUNT } from './tables.js';
import { countDrawsOf, countWeights } from './task-law.js';
import type { SlotConsumption } from './slot-consumption.js';
import type { WaitingTables } from './waiting-tables.js';

const WORD = 2 ** 32;
/** No limit, in quanta: no level gets there. */
const UNLIMITED = 2 ** 31 - 1;

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

/** Words of a site whose tasks are each drawn. */
export function assemble(site: Site, harvest: HarvestTables, tasks: WaitingTables, fractionBits: number): SiteTables {
  const words = new Words();
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
  const ring = (slots: number): number => 2 ** Math.ceil(Math.log2(slots));
  const queue = tasks.longestWait > 0;
  const rings = {
    serviceRing: site.accounting === 'distributed' ? ring(tasks.longestService) : 0,
    queueRing: queue ? Math.max(LEAST_QUEUE_RING, ring(tasks.longestWait + 1)) : 0,
  };
  Object.assign(words.header, rings);
  return finished(words, site, harvest, { queue, ...rings, queueLimit: queue ? site.policy.queueLimit : 0 });
}

/** Words of a site of which what a slot consumes is drawn at once. */
export function assembleLumped(
  site: Site,
  harvest: HarvestTables,
  { numbers, tables }: SlotConsumption,
  fractionBits: number,
): SiteTables {
  const words = new Words();
  addWeather(words, site.harvest);
  Object.assign(words.header, {
    arrivalSlots: site.arrivals.slotsPerValue,
    arrivalValues: numbers.length,
    arrivalsAt: words.add(numbers),
    entryBits: COLUMN_BITS,
    fractionBits,
    entryColumnsAt: words.add(tables.flatMap(({ columns }) => [...columns])),
    optionEnergyAt: words.add(tables.flatMap(({ energies }) => [...energies])),
  } satisfies Partial<Record<SiteField, number>>);
  return finished(words, site, harvest, { queue: false, serviceRing: 0, queueRing: 0, queueLimit: 0 });
}

/** Adds harvest, battery and policy. */
function finished(
  words: Words,
  site: Site,
  harvest: HarvestTables,
  waiting: Pick<SiteTables, 'queue' | 'serviceRing' | 'queueRing' | 'queueLimit'>,
): SiteTables {
  const quantum = harvest.quantumJoules;
  addHarvest(words, site.harvest, harvest);
  Object.assign(words.header, batteryWords(site.battery, quantum), policyWords(site.policy, site.battery, quantum));
  const residual = harvest.columns.some((columns) => columns.residual !== undefined);
  return { words: words.finish(), mode: harvest.mode, residual, ...waiting };
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

/** Running sums of a law, of 2^31: the state is how many, but the last, are at most a word's upper 31 bits. */
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
export function capacityWord({ capacityJoules, dischargeEfficiency }: BatteryLaw, quantum: number): number {
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

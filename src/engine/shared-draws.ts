/**
 * What two runs of one seed share. Each purpose of a path has a stream of its own, so that its words are the same in
 * every scenario; the tables that they are read with need not be. Here it is said, purpose by purpose, from the laws of
 * both: how much that comes to is for pairs of paths to say (stats/paired.ts).
 */
import { harvestProcess } from '../fleet/harvest-process.js';
import type { HarvestProcessLaw } from '../fleet/harvest-process.js';
import { EVEN } from '../fleet/periodic.js';
import { taskKinds } from '../fleet/task-kinds.js';
import type { PreparedRun, PreparedSite } from './simulate.js';

/** What words of a path are drawn for. The lumped walk draws a slot's net increment at once, all others its parts. */
export const DRAW_PURPOSES = ['increments', 'arrivals', 'kinds', 'harvest', 'weather', 'blocks'] as const;
export type DrawPurpose = (typeof DRAW_PURPOSES)[number];

/**
 * `identical`: both draw the same values on every path. `otherLaw`: the same words, read with other tables, so that
 * values are near each other as far as the tables are. `onlyFirst`, `onlySecond`: the other has no such draws.
 */
export type Sharing = 'identical' | 'otherLaw' | 'onlyFirst' | 'onlySecond';

/** Of one purpose. */
export interface SharedDraw {
  readonly purpose: DrawPurpose;
  readonly sharing: Sharing;
}

export type PreparedWalk = PreparedRun | PreparedSite;

/** What two scenarios of one seed share, for each purpose that either draws for. */
export function sharedDraws(first: PreparedWalk, second: PreparedWalk): SharedDraw[] {
  const [a, b] = [drawnLaws(first), drawnLaws(second)];
  return DRAW_PURPOSES.filter((purpose) => a.has(purpose) || b.has(purpose)).map((purpose) => {
    if (!b.has(purpose)) return { purpose, sharing: 'onlyFirst' };
    if (!a.has(purpose)) return { purpose, sharing: 'onlySecond' };
    return { purpose, sharing: a.get(purpose) === b.get(purpose) ? 'identical' : 'otherLaw' };
  });
}

/** Whether both draw the same values on every path. */
export function allIdentical(draws: readonly SharedDraw[]): boolean {
  return draws.every(({ sharing }) => sharing === 'identical');
}

/** The law that each purpose's words are read with, as a text that is equal where the values drawn are. */
function drawnLaws(prepared: PreparedWalk): ReadonlyMap<DrawPurpose, string> {
  const { scenario, tasks, law } = prepared;
  if ('site' in prepared) {
    const { arrivals, classes, harvest, walk } = prepared.site;
    return textsOf([
      ['arrivals', [walk.demand.ratePerSlot, arrivals]],
      ['kinds', kindsOf(classes)],
      ...harvestLaws(harvest, law.quantumJoules),
    ]);
  }
  const { job, walk } = prepared;
  if (job.kernel === 'lumped') return textsOf([['increments', [law.quantumJoules, job.tables]]]);
  return textsOf([
    ['arrivals', [walk.demand.ratePerSlot, EVEN]],
    ['kinds', kindsOf(taskKinds(scenario, tasks))],
    ...harvestLaws(harvestProcess(scenario, tasks), law.quantumJoules),
  ]);
}

type Drawn = readonly [DrawPurpose, unknown];

const textsOf = (laws: readonly Drawn[]): ReadonlyMap<DrawPurpose, string> =>
  new Map(laws.map(([purpose, law]) => [purpose, JSON.stringify(law, plainArrays)]));

const plainArrays = (_: string, value: unknown): unknown =>
  ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number>) : value;

/**
 * Kinds in the order in which they are drawn: which task, and with which probability. What it costs does not matter: a
 * kind stays what it is on another model, or where energies are other ones. Probabilities are rounded far below what a
 * word of 32 bits tells apart, for routers come to them by other ways.
 */
function kindsOf(kinds: readonly { readonly task: string; readonly probability: number }[]): unknown {
  return kinds.map(({ task, probability }) => [task, Number(probability.toPrecision(12))]);
}

/**
 * A harvest is drawn in quanta, residual cells included; weather, starts and blocks are numbers that no quantum enters.
 */
function harvestLaws(harvest: HarvestProcessLaw, quantumJoules: number): Drawn[] {
  if (harvest.kind === 'gamma') {
    const { weather, ...own } = harvest;
    const drawn: Drawn = ['harvest', [quantumJoules, own]];
    return weather === undefined ? [drawn] : [drawn, ['weather', weather]];
  }
  const { joules, slotsPerValue, noiseShape, randomStart, blockSlots, alignValues, places } = harvest;
  const laws: Drawn[] = [];
  if (noiseShape !== undefined) laws.push(['harvest', [quantumJoules, noiseShape, joules, slotsPerValue]]);
  if (randomStart || blockSlots !== undefined) {
    laws.push(['blocks', [joules.length, slotsPerValue, randomStart, blockSlots, alignValues, places]]);
  }
  return laws;
}

/**
 * What two runs of one seed share. Each purpose of a path has a stream of its own, so that its words are the same in
 * every scenario; the tables that they are read with need not be. Here it is said, purpose by purpose, from the laws of
 * both: how much that comes to is for pairs of paths to say (stats/paired.ts).
 */
import type { HarvestProcessLaw } from '../fleet/harvest-process.js';
import { EVEN } from '../fleet/periodic.js';
import { drawKinds } from '../law/drawn-kinds.js';
import type { KindToDraw } from '../law/drawn-kinds.js';
import type { SiteLaw } from '../law/site-law.js';
import { SITE_FIELD } from '../law/site-tables.js';
import type { AnyPrepared } from './study.js';

/**
 * What words of a path are drawn for. The lumped walk draws a slot's net increment at once, all others its parts.
 * `kinds` are the types of tasks, `routes` the routing errors: one word says both, and the type first
 * (law/kind-columns.ts).
 */
export const DRAW_PURPOSES = ['increments', 'arrivals', 'kinds', 'routes', 'harvest', 'weather', 'blocks'] as const;
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

/** What two scenarios of one seed share, for each purpose that either draws for. */
export function sharedDraws(first: AnyPrepared, second: AnyPrepared): SharedDraw[] {
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
function drawnLaws(prepared: AnyPrepared): ReadonlyMap<DrawPurpose, string> {
  const { resolved, law } = prepared;
  if ('site' in prepared) {
    const { arrivals, classes, harvest, walk } = prepared.site;
    return textsOf([
      ['arrivals', [walk.demand.ratePerSlot, arrivals]],
      ...kindsOf(
        classes.map(({ type, rank, classesOfType, probability, options }) => {
          const energy = options[0].energyJoules / unitOf(prepared.law);
          return { type, isMain: rank === 0, kindsOfType: classesOfType, probability, energy };
        }),
      ),
      ...harvestLaws(harvest, law.quantumJoules),
    ]);
  }
  const { job, walk } = prepared;
  if (job.kernel === 'lumped') return textsOf([['increments', [law.quantumJoules, job.tables]]]);
  const unit = law.quantumJoules / 2 ** job.tables.fractionBits;
  const kinds = resolved.kinds.map((kind) => ({ ...kind, energy: kind.energyJoules / unit }));
  return textsOf([
    ['arrivals', [walk.demand.ratePerSlot, EVEN]],
    ...kindsOf(kinds),
    ...harvestLaws(resolved.harvestProcess, law.quantumJoules),
  ]);
}

/** Joules of the unit in which a site's energies are whole. */
function unitOf({ quantumJoules, tables }: SiteLaw): number {
  return quantumJoules / 2 ** tables.words[SITE_FIELD.fractionBits];
}

type Drawn = readonly [DrawPurpose, unknown];

const textsOf = (laws: readonly Drawn[]): ReadonlyMap<DrawPurpose, string> =>
  new Map(laws.map(([purpose, law]) => [purpose, JSON.stringify(law, plainArrays)]));

const plainArrays = (_: string, value: unknown): unknown =>
  ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number>) : value;

/**
 * Which words draw which type of task, and which of its kinds. What a kind costs does not matter: it stays what it is
 * on another model, or where energies are other ones.
 */
function kindsOf(kinds: readonly KindToDraw[]): Drawn[] {
  const { bits, columns, entries } = drawKinds(kinds);
  const kindOf = new Map(entries.map(({ column, kind }) => [column, kind]));
  const routeOf = (kind: number): number => {
    const { type, isMain } = kinds[kind];
    return isMain ? 0 : 1 + kinds.slice(0, kind).filter((other) => other.type === type && !other.isMain).length;
  };
  /** Stretches of words, each from where it begins, that give one name. */
  const stretches = (nameOf: (kind: number) => string): (readonly [number, string])[] => {
    const found: [number, string][] = [];
    const add = (from: number, column: number): void => {
      const name = nameOf(kindOf.get(column) ?? -1);
      if (found.at(-1)?.[1] !== name) found.push([from, name]);
    };
    columns.forEach((packed, column) => {
      const alias = packed % 2 ** bits;
      const threshold = alias === column ? 2 ** (32 - bits) : Math.floor(packed / 2 ** bits);
      const from = column * 2 ** (32 - bits);
      if (threshold > 0) add(from, column);
      if (alias !== column) add(from + threshold, alias);
    });
    return found;
  };
  const typeOf = (kind: number): string => String(kinds[kind]?.type);
  const drawn: Drawn[] = [['kinds', stretches(typeOf)]];
  if (kinds.some(({ isMain }) => !isMain)) {
    drawn.push(['routes', stretches((kind) => `${typeOf(kind)} ${routeOf(kind)}`)]);
  }
  return drawn;
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

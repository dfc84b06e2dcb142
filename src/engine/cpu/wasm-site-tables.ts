/**
 * Where the module of sites has a site's words, and how its tasks lie there: in groups that may wait equally long, each
 * with the ages at which what its tasks cost changes.
 */
import * as memory from '../../../kernels/wasm/site-memory.js';
import { HARVEST_MODE, POLICY_NUMBER, SITE_FIELD, SITE_FIELDS } from '../../law/site-tables.js';
import type { SiteTables } from '../../law/site-tables.js';
import { COUNT_BITS, countReach } from '../../law/task-tables.js';
import { SITE_ROWS } from '../site-job.js';
import type { SiteWalk } from './site.js';
import { wholeVectors, word } from './wasm-tables.js';

/** Bytes of a vector: a number of four paths. */
const VECTOR = 16;
const PAGE = 2 ** 16;
/** Beyond these a site is left to the plain twin. */
const MOST_BYTES = 2 ** 25;
const MOST_VECTORS = 12;
/** The twin's lists do not mind how many groups there are, lines do. */
const MOST_GROUPS = 8;
/** Tasks of a path that are drawn at once, at least: about as much as the nearest cache holds. */
const WINDOW = 128;

/** A group in line: places, then up to 256 tasks. */
const LINE_BYTES = 16 + 4 * 256;
/** Cells of the entries: 16 KiB. */
const MOST_CELL_BITS = 12;

/** Tasks that may wait equally long. */
interface Group {
  readonly mostWait: number;
  /** Slots waited from which what one of them costs changes, from 0 on. */
  readonly ages: readonly number[];
  /** Its first number in what arrivals add, and in the lines; the number in which it counts, and where in it. */
  readonly added: number;
  readonly line: number;
  readonly counted: number;
  readonly shift: number;
}

/** How a site's tasks lie. */
interface Layout {
  /** Tasks are walked path by path (site-alone.ts). */
  readonly alone: boolean;
  readonly groups: readonly Group[];
  /** By entry, what a task of it adds: `vectors` times four numbers. */
  readonly entries: Int32Array;
  readonly vectors: number;
  /** By the upper bits of a word: the entry that it draws, in bytes of `entries`; −1 where these do not tell. */
  readonly cells: Int32Array;
  /** Of tasks that are walked path by path: what they cost, and what they burn in each slot of service. */
  readonly options: Int32Array;
  readonly profiles: Int32Array;
  /** Numbers of a slot's line. */
  readonly line: number;
  /** Slots of the lines. */
  readonly lines: number;
  /** Most tasks of a slot, and those drawn at once. */
  readonly most: number;
  readonly window: number;
}

export class WasmSiteTables {
  /** Layouts made so far; undefined where the module does not walk such tables. */
  private readonly layouts = new WeakMap<SiteTables, Layout | undefined>();
  private loaded: SiteWalk | undefined;
  private rowsAt = 0;

  constructor(private readonly module: WebAssembly.Memory) {}

  serves({ tables, slots }: SiteWalk): boolean {
    const layout = this.layoutOf(tables);
    return layout !== undefined && placesOf(tables, layout, slots.length).end <= MOST_BYTES;
  }

  /** Puts a walk's tables into the memory. @returns the address of its rows */
  load(walk: SiteWalk): number {
    if (this.loaded === walk) return this.rowsAt;
    this.loaded = undefined;
    const { tables, slots, initialQuanta } = walk;
    const layout = this.layoutOf(tables);
    if (layout === undefined) throw new Error('a site that the module does not walk');
    const { end, ...places } = placesOf(tables, layout, slots.length);
    const missing = end - this.module.buffer.byteLength;
    if (missing > 0) this.module.grow(Math.ceil(missing / PAGE));
    const words = new Int32Array(this.module.buffer);
    const set = (address: number, value: number): void => {
      words[word(address)] = value;
    };
    for (const [name, address] of HEADER) set(address, tables.words[SITE_FIELD[name]]);
    for (const [name, address] of Object.entries(places)) set(PLACES[name as keyof typeof PLACES], address);
    set(memory.MODE, HARVEST_MODE[tables.mode]);
    set(memory.RESIDUAL, Number(tables.residual));
    set(memory.QUEUE, Number(tables.queue));
    set(memory.THRESHOLD, Number(tables.words[SITE_FIELD.policy] === POLICY_NUMBER.threshold));
    set(memory.CHECKPOINTS, slots.length);
    set(memory.INITIAL, initialQuanta);
    set(memory.MOST, layout.most);
    set(memory.WINDOW, layout.window);
    set(memory.VECTORS, layout.vectors);
    set(memory.PLANE, planeBytes(layout));
    set(memory.LINE, layout.line);
    set(memory.LINE_MASK, layout.lines - 1);
    loadGroups(layout.groups, set);
    words.set(tables.words, word(places.tables));
    words.set(layout.entries, word(places.entries));
    words.set(layout.cells, word(places.cells));
    words.set(layout.options, word(places.options));
    words.set(layout.profiles, word(places.profiles));
    set(memory.ALONE, Number(layout.alone));
    set(memory.PATH_SIZE, pathBytes(tables, layout));
    set(memory.CELL_BITS, Math.log2(layout.cells.length));
    slots.forEach((slot, h) => {
      set(places.lengths + 4 * h, slot - (h === 0 ? 0 : slots[h - 1]));
    });
    this.loaded = walk;
    this.rowsAt = places.rows;
    return this.rowsAt;
  }

  private layoutOf(tables: SiteTables): Layout | undefined {
    if (!this.layouts.has(tables)) this.layouts.set(tables, layoutOf(tables));
    return this.layouts.get(tables);
  }
}

/** Words of the header that the module reads, by the names that both have. */
const HEADER = SITE_FIELDS.flatMap((name) => {
  const address = (memory as Readonly<Record<string, number | undefined>>)[name.replace(/[A-Z]/g, '_$&').toUpperCase()];
  return address === undefined ? [] : [[name, address] as const];
});

const PLACES = {
  tables: memory.TABLES,
  entries: memory.ENTRIES,
  cells: memory.CELLS,
  options: memory.OPTIONS,
  profiles: memory.PROFILES,
  paths: memory.PATHS,
  kinds: memory.KINDS,
  planes: memory.PLANES,
  snapshots: memory.SNAPSHOTS,
  added: memory.ADDED,
  lines: memory.LINES,
  bases: memory.BASES,
  lengths: memory.LENGTHS,
  rows: memory.ROWS,
};

/** The sums before each task of a window and after its last. Those of two paths do not begin alike modulo 4096. */
function planeBytes({ window, vectors }: Layout): number {
  return (window + 1) * vectors * VECTOR + 80;
}

function placesOf(tables: SiteTables, layout: Layout, horizons: number): Record<keyof typeof PLACES | 'end', number> {
  const { vectors, window, line, lines, entries, cells, options, profiles } = layout;
  let end = memory.FREE;
  const take = (size: number): number => {
    const at = end;
    end += Math.ceil(size / 64) * 64;
    return at;
  };
  const places = {
    tables: take(4 * tables.words.length),
    entries: take(4 * entries.length),
    cells: take(4 * cells.length),
    options: take(4 * options.length),
    profiles: take(4 * profiles.length),
    paths: take(4 * pathBytes(tables, layout)),
    kinds: take(window * VECTOR),
    planes: take(4 * planeBytes(layout)),
    snapshots: take((window / 8 + 1) * memory.STREAM),
    added: take(4 * vectors * VECTOR),
    lines: take(lines * line * VECTOR),
    bases: take(line * VECTOR),
    // One more is read, and not used.
    lengths: take(4 * (horizons + 1)),
    rows: take(horizons * SITE_ROWS.length * VECTOR),
  };
  return { ...places, end };
}

function loadGroups(groups: readonly Group[], set: (address: number, value: number) => void): void {
  set(memory.GROUPS, groups.length);
  let agesAt = memory.AGES;
  groups.forEach(({ mostWait, ages, added, line, counted, shift }, g) => {
    const at = memory.GROUP_LIST + g * memory.GROUP_SIZE;
    const places = [added * VECTOR, line * VECTOR, agesAt, counted * VECTOR, shift];
    [mostWait, ages.length, ...places].forEach((value, i) => {
      set(at + 4 * i, value);
    });
    for (const age of [...ages, mostWait]) {
      set(agesAt, age);
      agesAt += 4;
    }
  });
}

/** @returns undefined where the module does not walk such a site */
function layoutOf(tables: SiteTables): Layout | undefined {
  const { words: w, queue, serviceRing } = tables;
  const { groups, numbers, line } = groupsOf(tables);
  if (groups.length > memory.MOST_GROUPS || w[SITE_FIELD.countDraws] > memory.BLOCK) return undefined;
  const vectors = Math.ceil(numbers / 4);
  const ages = groups.reduce((sum, group) => sum + group.ages.length + 1, 0);
  const inPart = queue && w[SITE_FIELD.policy] === POLICY_NUMBER.backpressure;
  if (serviceRing > 0 || w[SITE_FIELD.countDraws] > 1 || inPart || ages > memory.MOST_AGES || vectors > MOST_VECTORS) {
    return groups.length > MOST_GROUPS ? undefined : aloneLayout(tables, groups);
  }
  const counts = w.subarray(w[SITE_FIELD.countsAt]);
  const values = w.subarray(w[SITE_FIELD.arrivalsAt], w[SITE_FIELD.arrivalsAt] + w[SITE_FIELD.arrivalValues]);
  const most = values.reduce((m, value) => {
    return Math.max(m, countReach(counts.subarray(value << COUNT_BITS, (value + 1) << COUNT_BITS)).most);
  }, 0);
  const longest = groups.reduce((a, { mostWait }) => Math.max(a, mostWait), 0);
  return {
    alone: false,
    groups,
    entries: entriesOf(tables, groups, vectors),
    cells: cellsOf(tables, vectors),
    vectors,
    ...{ options: new Int32Array(0), profiles: new Int32Array(0), line },
    // From the slot before those that are due now to the one at hand.
    lines: 2 ** Math.ceil(Math.log2(longest + 2)),
    most,
    window: 8 * Math.ceil((WINDOW + 2 * most) / 8),
  };
}

/** Groups in the order of how long they may wait. */
function aloneLayout({ words: w }: SiteTables, all: readonly Group[]): Layout {
  const groups = [...all].sort((a, b) => a.mostWait - b.mostWait).map((group) => ({ ...group, ages: [] }));
  const count = 2 ** w[SITE_FIELD.entryBits];
  const entries = new Int32Array(4 * count);
  let most = 0;
  for (let entry = 0; entry < count; entry++) {
    const mostWait = w[w[SITE_FIELD.mostWaitAt] + entry];
    const place = w[SITE_FIELD.waitOptionsAt] + w[w[SITE_FIELD.optionsAt] + entry];
    const group = groups.findIndex((g) => g.mostWait === mostWait);
    entries.set([mostWait, w[w[SITE_FIELD.leastAt] + entry], group, place], 4 * entry);
    for (let wait = 0; wait <= mostWait; wait++) most = Math.max(most, w[place + wait]);
  }
  const options: number[] = [];
  const profiles: number[] = [];
  for (let option = 0; option <= most; option++) {
    const length = w[w[SITE_FIELD.optionLengthAt] + option];
    const from = w[w[SITE_FIELD.optionProfileAt] + option];
    const padded = wholeVectors(length);
    options.push(w[w[SITE_FIELD.optionEnergyAt] + option], 4 * profiles.length, length, 4 * padded);
    for (let j = 0; j < padded; j++) profiles.push(j < length ? w[from + j] : 0);
  }
  return {
    ...{ alone: true, groups, entries, cells: new Int32Array(1), vectors: 0, line: 0, lines: 1, most: 0, window: 0 },
    ...{ options: Int32Array.from(options), profiles: Int32Array.from(profiles) },
  };
}

/** What a path keeps of its tasks: those in service, with a vector beyond; least energies; groups in line. */
function pathBytes({ serviceRing, queueRing }: SiteTables, { alone, groups }: Layout): number {
  return alone ? 4 * (serviceRing + 4 + queueRing) + groups.length * LINE_BYTES : 0;
}

/** What a task of an entry costs after so many slots. */
function energyAt(w: Uint32Array, entry: number, wait: number): number {
  const option = w[w[SITE_FIELD.waitOptionsAt] + w[w[SITE_FIELD.optionsAt] + entry] + wait];
  return w[w[SITE_FIELD.optionEnergyAt] + option];
}

/** Numbers that an arrival adds of those that do not wait, and groups that one number counts. */
const OF_ALL = 2;
const COUNTS = 4;

/** `numbers`: of what an arrival adds. */
function groupsOf({ words: w }: SiteTables): { groups: readonly Group[]; numbers: number; line: number } {
  const agesOf = new Map<number, Set<number>>();
  for (let entry = 0; entry < 2 ** w[SITE_FIELD.entryBits]; entry++) {
    const mostWait = w[w[SITE_FIELD.mostWaitAt] + entry];
    if (mostWait === 0) continue;
    const ages = agesOf.get(mostWait) ?? new Set([0]);
    for (let wait = 1; wait <= mostWait; wait++) {
      if (energyAt(w, entry, wait) !== energyAt(w, entry, wait - 1)) ages.add(wait);
    }
    agesOf.set(mostWait, ages);
  }
  let numbers = OF_ALL + Math.ceil(agesOf.size / COUNTS);
  let line = 0;
  const groups = [...agesOf].map(([mostWait, set], g): Group => {
    const ages = [...set].sort((a, b) => a - b);
    const counted = OF_ALL + Math.floor(g / COUNTS);
    const group = { mostWait, ages, added: numbers, line, counted, shift: 8 * (g % COUNTS) };
    // Its least energy; in the lines how many, and the least energies of all that arrived, as well.
    numbers += 1 + ages.length;
    line += 3 + ages.length;
    return group;
  });
  return { groups, numbers: groups.length === 0 ? 1 : numbers, line };
}

function entriesOf({ words: w }: SiteTables, groups: readonly Group[], vectors: number): Int32Array {
  const size = 4 * vectors;
  const count = 2 ** w[SITE_FIELD.entryBits];
  const entries = new Int32Array(count * size);
  for (let entry = 0; entry < count; entry++) {
    const least = w[w[SITE_FIELD.leastAt] + entry];
    const group = groups.find(({ mostWait }) => mostWait === w[w[SITE_FIELD.mostWaitAt] + entry]);
    if (group === undefined) {
      entries[entry * size] = energyAt(w, entry, 0);
      if (groups.length > 0) entries[entry * size + 1] = least;
      continue;
    }
    const energies = group.ages.map((age) => energyAt(w, entry, age));
    entries[entry * size + group.counted] = 2 ** group.shift;
    entries.set([least, ...energies], entry * size + group.added);
  }
  return entries;
}

function cellsOf({ words: w }: SiteTables, vectors: number): Int32Array {
  const entryBits = w[SITE_FIELD.entryBits];
  const bits = Math.min(MOST_CELL_BITS, entryBits + 6);
  const rest = bits - entryBits;
  return Int32Array.from({ length: 2 ** bits }, (_, cell) => {
    const column = cell >>> rest;
    const packed = w[w[SITE_FIELD.entryColumnsAt] + column];
    // Places of the threshold and of the cell's ends within the column.
    const threshold = packed >>> entryBits;
    const width = 2 ** (32 - bits);
    const from = (cell - column * 2 ** rest) * width;
    if (from < threshold && threshold < from + width) return -1;
    const entry = from < threshold ? column : packed & (2 ** entryBits - 1);
    return entry * vectors * VECTOR;
  });
}

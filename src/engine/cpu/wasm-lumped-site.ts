/** Sites whose slots are drawn at once, in WebAssembly: where the module of kernels/wasm has their tables. */
import * as memory from '../../../kernels/wasm/memory.js';
import { HARVEST_MODE, QUANTILE_COUNT, SITE_FIELD } from '../../law/site-tables.js';
import type { SiteField, SiteTables } from '../../law/site-tables.js';
import { COLUMN_BITS, COLUMN_COUNT, JITTER_BITS, RESIDUAL_THRESHOLD_BITS } from '../../law/tables.js';

type Parameter = Extract<keyof typeof memory.SITE_FIELDS, string>;

/** Fields of a site's header that the module takes as they are. */
const SAME = [
  'fractionBits',
  'states',
  'weatherSlots',
  'weatherDrawn',
  'blockSlots',
  'alignValues',
  'alignPlaces',
  'startDrawn',
  'correlation',
  'innovation',
  'capacity',
  'charge',
  'chargeLossWhole',
  'chargeLoss',
  'chargeLimit',
  'dischargeLimit',
  'leak',
] as const satisfies readonly (SiteField & Parameter)[];

/** Slots of a value where there is one alone: no run of slots then ends for it. */
const ALWAYS = 2 ** 30;

/** The tables of a site as words of the module's memory, from `memory.SITE_TABLES` on. */
interface Placed {
  readonly parameters: Readonly<Partial<Record<Parameter, number>>>;
  readonly words: Int32Array;
}

/** Whether the module walks such a site: its memory has room for the tables, and cells of all states are cut alike. */
export function servesSite(tables: SiteTables): boolean {
  const cells = cellsOf(tables);
  const alike = new Set(cells.map(({ right }) => right));
  return alike.size === 1 && sizeOf(tables) <= memory.SITE_TABLES_END - memory.SITE_TABLES;
}

/** Puts a site's tables into the module's memory. */
export function loadSite(into: Int32Array, tables: SiteTables): void {
  const { parameters, words } = placed(tables);
  into.set(words, memory.SITE_TABLES / 4);
  for (const [name, value] of Object.entries(parameters)) {
    into[memory.SITE_FIELD_AT / 4 + memory.SITE_FIELDS[name as Parameter]] = value;
  }
}

const read = ({ words }: SiteTables, field: SiteField): number => words[SITE_FIELD[field]];

/** States that have columns of their own: none where the harvest is the factors alone. */
function columnStates(tables: SiteTables): number {
  if (tables.mode === 'trace') return 0;
  return tables.mode === 'copula' ? 1 : read(tables, 'states');
}

/** Of each state, the point of jitter 0 in cell 0, and shifts of cells; of one that is not there where none has any. */
function cellsOf(tables: SiteTables): { base: number; width: number; right: number }[] {
  const at = read(tables, 'cellsAt');
  return Array.from({ length: Math.max(1, columnStates(tables)) }, (_, s) => {
    const [base, shift] =
      columnStates(tables) === 0 ? [0, JITTER_BITS] : [0, 1].map((i) => tables.words[at + 2 * s + i]);
    return { base, width: 2 ** Math.max(0, shift - JITTER_BITS), right: Math.max(0, JITTER_BITS - shift) };
  });
}

/** Numbers of the tables of consumption that there are. */
function consumptionTables(tables: SiteTables): number {
  const [at, values] = [read(tables, 'arrivalsAt'), read(tables, 'arrivalValues')];
  return 1 + tables.words.subarray(at, at + values).reduce((most, number) => Math.max(most, number), 0);
}

/** Lengths of the lists, words. */
function lengthsOf(tables: SiteTables) {
  const states = read(tables, 'states');
  const own = columnStates(tables);
  return {
    consumption: 2 * COLUMN_COUNT * consumptionTables(tables),
    arrivals: read(tables, 'arrivalValues'),
    columns: COLUMN_COUNT * own,
    cells: 2 * Math.max(1, own),
    residual: tables.residual ? 3 * COLUMN_COUNT * own : 0,
    weather: read(tables, 'weatherDrawn') === 0 ? 0 : states * (states + 1),
    factors: tables.mode === 'table' ? 0 : read(tables, 'factorValues') * states,
    quantiles: tables.mode === 'copula' ? QUANTILE_COUNT * states : 0,
  };
}

/** Bytes of all. */
function sizeOf(tables: SiteTables): number {
  return 4 * Object.values(lengthsOf(tables)).reduce((a, b) => a + b, 0);
}

function placed(tables: SiteTables): Placed {
  const words = new Int32Array(sizeOf(tables) / 4);
  const lengths = lengthsOf(tables);
  let next = 0;
  /** Adds a list; its address. */
  const add = (list: ArrayLike<number>): number => {
    const at = next;
    words.set(list, at);
    next += list.length;
    return memory.SITE_TABLES + 4 * at;
  };
  const part = (field: SiteField, length: number): Uint32Array => {
    const at = read(tables, field);
    return tables.words.subarray(at, at + length);
  };
  const consumptionAt = add(consumptionOf(tables));
  const tableSize = 2 * memory.COLUMNS_SIZE;
  const cells = cellsOf(tables);
  const own = columnStates(tables);
  const parameters: Partial<Record<Parameter, number>> = {
    ...Object.fromEntries(SAME.map((field) => [field, read(tables, field)])),
    mode: HARVEST_MODE[tables.mode],
    residual: tables.residual ? 1 : 0,
    arrivalSlots: slotsOf(tables, 'arrivalValues', 'arrivalSlots'),
    arrivalValues: lengths.arrivals,
    arrivalsAt: add(part('arrivalsAt', lengths.arrivals).map((number) => consumptionAt + tableSize * number)),
    columnsAt: add(harvestColumns(part('columnsAt', lengths.columns))),
    basesAt: add(cells.map(({ base }) => base)),
    widthsAt: add(cells.map(({ width }) => width)),
    pointRight: cells[0].right,
    residualAt: lengths.residual === 0 ? 0 : add(residualOf(part('residualAt', lengths.residual), own)),
    factorSlots: slotsOf(tables, 'factorValues', 'factorSlots'),
    factorValues: read(tables, 'factorValues'),
    factorsAt: add(part('factorsAt', lengths.factors)),
    weatherAt: add(part('weatherAt', lengths.weather)),
    quantilesAt: add(part('quantilesAt', lengths.quantiles)),
  };
  return { parameters, words };
}

function slotsOf(tables: SiteTables, values: SiteField, slots: SiteField): number {
  return read(tables, values) === 1 ? ALWAYS : read(tables, slots);
}

/** Of each table its columns, column XOR alias (12 bits) above the threshold (20 bits), then its energies. */
function consumptionOf(tables: SiteTables): Int32Array {
  const { words } = tables;
  const [columnsAt, energiesAt] = [read(tables, 'entryColumnsAt'), read(tables, 'optionEnergyAt')];
  const out = new Int32Array(lengthsOf(tables).consumption);
  for (let table = 0; table < consumptionTables(tables); table++) {
    const from = COLUMN_COUNT * table;
    for (let column = 0; column < COLUMN_COUNT; column++) {
      const packed = words[columnsAt + from + column];
      const alias = packed & (COLUMN_COUNT - 1);
      out[2 * from + column] = ((column ^ alias) << RESIDUAL_THRESHOLD_BITS) | (packed >>> COLUMN_BITS);
      out[2 * from + COLUMN_COUNT + column] = words[energiesAt + from + column];
    }
  }
  return out;
}

/** Columns of harvests as `memory.COLUMNS` has them. */
function harvestColumns(columns: Uint32Array): Uint32Array {
  return columns.map((packed, i) => {
    const column = i % COLUMN_COUNT;
    return ((column ^ (packed & (COLUMN_COUNT - 1))) << 20) | ((packed >>> COLUMN_BITS) << JITTER_BITS);
  });
}

/** Of each state residual columns, then pairs of a first point and 2^shift. */
function residualOf(tables: Uint32Array, states: number): Int32Array {
  const out = new Int32Array(tables.length);
  for (let state = 0; state < states; state++) {
    const at = 3 * COLUMN_COUNT * state;
    out.set(tables.subarray(at, at + COLUMN_COUNT), at);
    for (let cell = 0; cell < COLUMN_COUNT; cell++) {
      const pair = at + COLUMN_COUNT + 2 * cell;
      out[pair] = tables[at + COLUMN_COUNT + cell];
      out[pair + 1] = 1 << tables[at + 2 * COLUMN_COUNT + cell];
    }
  }
  return out;
}

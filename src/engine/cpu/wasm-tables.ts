/** Where the module of kernels/wasm has a law's tables, and how they lie there: in the order that its loads like. */
import * as memory from '../../../kernels/wasm/memory.js';
import { COLUMN_COUNT } from '../../law/tables.js';
import type { ResidualTables, WalkTables } from '../../law/tables.js';
import type { SiteTables } from '../../law/site-tables.js';
import type { TaskTables } from '../../law/task-tables.js';
import { TOGETHER } from './together.js';
import type { CommonWalk } from './together.js';
import { loadSite } from './wasm-lumped-site.js';

/** Paths of a vector. */
export const LANES = 4;

export class WasmTables {
  /** Whose tables the memory holds, and whether tasks lie there as for `services`. */
  private loaded: WalkTables | SiteTables | undefined;
  private loadedServices = false;
  /** Whose columns lie side by side. */
  private loadedTogether: CommonWalk['walks'] | undefined;

  /** @param words of the module's memory */
  constructor(private readonly words: Int32Array) {}

  /** Puts the columns of four walks side by side. */
  loadTogether(walks: CommonWalk['walks'], four: CommonWalk['walks']): void {
    if (this.loadedTogether === walks) return;
    this.loadedTogether = undefined;
    const { words } = this;
    const at = word(memory.COMMON_COLUMNS);
    four.forEach(({ tables: { columns, residual } }, k) => {
      for (let column = 0; column < columns.length; column++) {
        const packed = columns[column];
        words[at + TOGETHER * column + k] = (((packed >>> 12) - 2048) << 20) | ((column ^ (packed & 0xfff)) << 8);
      }
      if (residual === undefined) return;
      const places = word(memory.COMMON_RESIDUAL_COLUMNS) + COLUMN_COUNT * k;
      this.loadResidual(residual, places, word(memory.COMMON_RESIDUAL_CELLS) + 2 * COLUMN_COUNT * k);
    });
    this.loadedTogether = walks;
  }

  /** Puts tables into the memory, in the order that the module's loads like. */
  load(tables: WalkTables, services = false): void {
    if (this.loaded === tables && this.loadedServices === services) return;
    this.loaded = undefined;
    const { columns, residual } = tables;
    const core = word(memory.COLUMNS);
    const { words } = this;
    for (let column = 0; column < columns.length; column++) {
      const packed = columns[column];
      words[core + column] = ((column ^ (packed & 0xfff)) << 20) | ((packed >>> 12) << 8);
    }
    if ('countColumns' in tables) this.loadTasks(tables as TaskTables, services);
    if (residual !== undefined) {
      this.loadResidual(residual, word(memory.RESIDUAL_COLUMNS), word(memory.RESIDUAL_CELLS));
    }
    this.loaded = tables;
    this.loadedServices = services;
  }

  /** Puts those of a site whose slots are drawn at once where profiles of services would be. */
  loadSite(tables: SiteTables): void {
    if (this.loaded === tables) return;
    this.loaded = undefined;
    loadSite(this.words, tables);
    this.loaded = tables;
  }

  /** Puts residual cells at words `columns` and `cells`. */
  private loadResidual(residual: ResidualTables, columns: number, cells: number): void {
    const { words } = this;
    words.set(residual.columns, columns);
    const { first, shift } = residual;
    for (let cell = 0; cell < first.length; cell++) {
      words[cells + 2 * cell] = first[cell];
      words[cells + 2 * cell + 1] = 1 << shift[cell];
    }
  }

  private loadTasks(
    { countColumns, entryBits, entryColumns, energies, ...services }: TaskTables,
    withServices: boolean,
  ): void {
    const { words } = this;
    words.set(countColumns, word(memory.COUNT_COLUMNS));
    const entries = word(memory.ENTRIES);
    if (!withServices) {
      entryColumns.forEach((packed, column) => {
        const alias = packed & (2 ** entryBits - 1);
        words.set([packed >>> entryBits, energies[column], energies[alias]], entries + 4 * column);
      });
      return;
    }
    entryColumns.forEach((packed, column) => {
      const alias = packed & (2 ** entryBits - 1);
      const served = [column, alias].map((entry) => memory.SERVED_SIZE * entry);
      words.set([packed >>> entryBits, ...served], entries + 4 * column);
    });
    this.loadServices(energies, services);
  }

  /** Puts the energies and profiles of entries into the memory: each profile four times, see memory.SERVED. */
  private loadServices(
    energies: Int32Array,
    { profileStart, profileLength, profiles }: Pick<TaskTables, 'profileStart' | 'profileLength' | 'profiles'>,
  ): void {
    const { words } = this;
    let at = word(memory.PROFILES);
    energies.forEach((energy, entry) => {
      const served = word(memory.SERVED + memory.SERVED_SIZE * entry);
      const profile = profiles.subarray(profileStart[entry], profileStart[entry] + profileLength[entry]);
      for (let place = 0; place < LANES; place++) {
        const end = at + Math.max(2 * LANES, wholeVectors(place + profile.length));
        words.set([4 * at, end - at - 2 * LANES], served + 2 * place);
        words.fill(0, at, end);
        words.set(profile, at + place);
        at = end;
      }
      words[served + 2 * LANES] = energy;
    });
  }
}

/** Words of so many, filled to whole vectors. */
export function wholeVectors(words: number): number {
  return LANES * Math.ceil(words / LANES);
}

/** An address as an index of 32-bit words. */
export function word(address: number): number {
  return address >>> 2;
}

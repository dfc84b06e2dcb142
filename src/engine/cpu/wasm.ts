/**
 * The WebAssembly SIMD build of the walks (kernels/wasm), for a host that can run it: the bits of lumped.ts and tasks.ts, which stay as the check and for
 * hosts that cannot. One instance, one memory, one walk after another: every worker has its own.
 */
import bytes from '../../../kernels/wasm/kernels.wasm';
import { COLUMN_COUNT, JITTER_BITS } from '../../law/tables.js';
import type { ResidualTables, WalkTables } from '../../law/tables.js';
import { countReach } from '../../law/task-tables.js';
import type { TaskTables } from '../../law/task-tables.js';
import { PURPOSE } from '../purposes.js';
import type { RowSums } from '../reduce.js';
import type { StreamKey } from '../stream-key.js';
import type { LumpedWalk } from './lumped.js';
import type { TaskWalk } from './tasks.js';
import { TOGETHER } from './together.js';
import type { CommonWalk } from './together.js';

/** Path-slots of one call at most. The engine runs a call to its end in the code that it began with, and the first is slow code. */
const CALL_SLOTS = 2 ** 19;
const LANES = 4;

/** What kernels/wasm/kernels.ts exports. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly COLUMNS: WebAssembly.Global;
  readonly RESIDUAL_COLUMNS: WebAssembly.Global;
  readonly RESIDUAL_CELLS: WebAssembly.Global;
  readonly ROW: WebAssembly.Global;
  readonly SUMS: WebAssembly.Global;
  readonly PATHS: WebAssembly.Global;
  readonly LENGTHS: WebAssembly.Global;
  readonly DEFICITS: WebAssembly.Global;
  readonly CHECKPOINTS: WebAssembly.Global;
  readonly COMMON_COLUMNS: WebAssembly.Global;
  readonly COMMON_RESIDUAL_COLUMNS: WebAssembly.Global;
  readonly COMMON_RESIDUAL_CELLS: WebAssembly.Global;
  readonly LEVELS: WebAssembly.Global;
  readonly ROWS: WebAssembly.Global;
  readonly COUNT_COLUMNS: WebAssembly.Global;
  readonly ENTRIES: WebAssembly.Global;
  readonly RESIDUAL_STATES: WebAssembly.Global;
  readonly STREAM: WebAssembly.Global;
  readonly KINDS_STATE: WebAssembly.Global;
  readonly ARRIVALS_STATE: WebAssembly.Global;
  readonly HARVEST_STATE: WebAssembly.Global;
  readonly WALKER: WebAssembly.Global;
  begin(first: bigint, groups: number, initial: number, purpose: number, ...key: number[]): void;
  beginStreams(at: number, size: number, first: bigint, groups: number, purpose: number, ...key: number[]): void;
  beginTasks(initial: number, fractionBits: number): void;
  walk8(groups: number, slots: number, base: number): void;
  walk(groups: number, slots: number, base: number, left: number, right: number): void;
  walkResidual(groups: number, slots: number, base: number, left: number, right: number): void;
  sums(groups: number): void;
  walkTogether(groups: number, slots: number, ...bases: number[]): void;
  walkResidualTogether(groups: number, slots: number, left: number, right: number, ...bases: number[]): void;
  walkTasks(
    checkpoints: number,
    entryBits: number,
    fractionBits: number,
    most: number,
    mean: number,
    base: number,
    left: number,
    right: number,
    residual: boolean,
  ): void;
}

/** Where WebAssembly is looked for: the global scope, or a stand-in of it in tests. */
export interface WasmScope {
  readonly WebAssembly?: Pick<typeof WebAssembly, 'validate' | 'Module' | 'Instance'> | undefined;
}

/** @returns undefined where the host has no WebAssembly, no SIMD in it, or a page's policy that forbids it. */
export function openWasmKernels(scope: WasmScope = globalThis): WasmKernels | undefined {
  const wasm = scope.WebAssembly;
  if (wasm === undefined) return undefined;
  try {
    if (!wasm.validate(bytes)) return undefined;
    return new WasmKernels(new wasm.Instance(new wasm.Module(bytes)).exports as unknown as Exports);
  } catch (error) {
    if (error instanceof Error && error.name === 'CompileError') return undefined;
    throw error;
  }
}

export class WasmKernels {
  private readonly words: Int32Array;
  private readonly sixSums: Float64Array;
  private readonly row: number;
  private readonly paths: number;
  /** Whose tables the memory holds. */
  private loaded: WalkTables | undefined;
  /** Whose columns lie side by side. */
  private loadedTogether: CommonWalk['walks'] | undefined;

  constructor(private readonly exports: Exports) {
    this.words = new Int32Array(exports.memory.buffer);
    this.row = word(exports.ROW);
    this.paths = exports.PATHS.value as number;
    this.sixSums = new Float64Array(exports.memory.buffer, exports.SUMS.value as number, 6);
  }

  /** Like `walkLumped` of lumped.ts. */
  lumped(walk: LumpedWalk, firstPath: number, count: number, out: Int32Array, stride: number): void {
    this.load(walk.tables);
    for (let done = 0; done < count; done += this.paths) {
      this.lumpedBlock(walk, firstPath + done, Math.min(this.paths, count - done), out, stride, done);
    }
  }

  /** At most PATHS paths; lanes beyond the last path walk and are not read. */
  private lumpedBlock(
    { tables, key, initialQuanta, slots }: LumpedWalk,
    first: number,
    count: number,
    out: Int32Array,
    stride: number,
    to: number,
  ): void {
    const { exports, words, row } = this;
    const { base, coreShift, residual } = tables;
    const left = Math.max(0, coreShift - JITTER_BITS);
    const right = Math.max(0, JITTER_BITS - coreShift);
    const groups = Math.ceil(count / LANES);
    const longest = Math.max(1, Math.floor(CALL_SLOTS / (groups * LANES)));
    this.beginLumped(first, groups, initialQuanta, key, residual !== undefined);
    let t = 0;
    for (let h = 0; h < slots.length; h++) {
      while (t < slots[h]) {
        const steps = Math.min(longest, slots[h] - t);
        if (residual !== undefined) exports.walkResidual(groups, steps, base, left, right);
        else if (coreShift === JITTER_BITS) exports.walk8(groups, steps, base);
        else exports.walk(groups, steps, base, left, right);
        t += steps;
      }
      out.set(words.subarray(row, row + count), h * stride + to);
    }
  }

  /** Begins paths `first` … of lumped walks. */
  private beginLumped(first: number, groups: number, initial: number, key: StreamKey, residual: boolean): void {
    const { exports } = this;
    exports.begin(BigInt(first), groups, initial, PURPOSE.increments, ...key);
    if (!residual) return;
    const { RESIDUAL_STATES, STREAM } = exports;
    const size = STREAM.value as number;
    exports.beginStreams(RESIDUAL_STATES.value as number, size, BigInt(first), groups, PURPOSE.residual, ...key);
  }

  /** Like `walkLumped` for each of the walks, whose rows follow one another; see TOGETHER. */
  together({ walks }: CommonWalk, firstPath: number, count: number, out: Int32Array, stride: number): void {
    const { exports, words } = this;
    const [{ slots, key }] = walks;
    // A walk too few is walked twice.
    const four = Array.from({ length: TOGETHER }, (_, k) => walks[Math.min(k, walks.length - 1)]);
    this.loadTogether(walks, four);
    const bases = four.map(({ tables }) => tables.base);
    const { coreShift, residual } = four[0].tables;
    const left = Math.max(0, coreShift - JITTER_BITS);
    const right = Math.max(0, JITTER_BITS - coreShift);
    const levels = word(exports.LEVELS);
    const rows = word(exports.ROWS);
    for (let done = 0; done < count; done += this.paths) {
      const paths = Math.min(this.paths, count - done);
      const groups = Math.ceil(paths / LANES);
      const longest = Math.max(1, Math.floor(CALL_SLOTS / (TOGETHER * groups * LANES)));
      this.beginLumped(firstPath + done, groups, 0, key, residual !== undefined);
      for (let group = 0; group < groups; group++) {
        const at = levels + 2 * TOGETHER * LANES * group;
        four.forEach(({ initialQuanta }, k) => words.fill(initialQuanta, at + LANES * k, at + LANES * (k + 1)));
        words.fill(0, at + TOGETHER * LANES, at + 2 * TOGETHER * LANES);
      }
      let t = 0;
      for (let h = 0; h < slots.length; h++) {
        while (t < slots[h]) {
          const steps = Math.min(longest, slots[h] - t);
          if (residual === undefined) exports.walkTogether(groups, steps, ...bases);
          else exports.walkResidualTogether(groups, steps, left, right, ...bases);
          t += steps;
        }
        for (let k = 0; k < walks.length; k++) {
          const row = rows + this.paths * k;
          out.set(words.subarray(row, row + paths), (k * slots.length + h) * stride + done);
        }
      }
    }
  }

  /** The sums of a row of at most `ROW_LENGTH` deficits, valid until the next call (engine/reduce.ts). */
  readonly sums: RowSums = (row) => {
    const { exports, words, sixSums } = this;
    words.set(row, this.row);
    const groups = Math.ceil(row.length / LANES);
    const padding = LANES * groups - row.length;
    words.fill(0, this.row + row.length, this.row + LANES * groups);
    exports.sums(groups);
    sixSums[0] -= padding;
    return sixSums;
  };

  /** Whether `tasks` walks such a job: one word for the number of tasks of a slot, and nothing that waits for later slots. */
  servesTasks(walk: TaskWalk): boolean {
    return walk.accounting === 'lumped' && walk.tables.countDraws === 1;
  }

  /** Like `walkTasks` of tasks.ts. */
  tasks(walk: TaskWalk, firstPath: number, count: number, out: Int32Array, stride: number): void {
    const { exports, words } = this;
    const { tables, slots } = walk;
    const { base, coreShift, residual, entryBits, fractionBits } = tables;
    this.load(tables);
    const left = Math.max(0, coreShift - JITTER_BITS);
    const right = Math.max(0, JITTER_BITS - coreShift);
    const { most, mean } = countReach(tables.countColumns);
    const atOnce = exports.CHECKPOINTS.value as number;
    const lengths = word(exports.LENGTHS);
    const deficits = word(exports.DEFICITS);
    for (let i = 0; i < count; i += LANES) {
      const lanes = Math.min(LANES, count - i);
      this.beginTasks(walk, firstPath + i);
      for (let from = 0; from < slots.length; from += atOnce) {
        const checkpoints = Math.min(atOnce, slots.length - from);
        for (let h = 0; h < checkpoints; h++) {
          words[lengths + h] = slots[from + h] - (from + h > 0 ? slots[from + h - 1] : 0);
        }
        const tasks = [most, Math.ceil(16 * mean)] as const;
        const harvest = [base, left, right, residual !== undefined] as const;
        exports.walkTasks(checkpoints, entryBits, fractionBits, ...tasks, ...harvest);
        for (let h = 0; h < checkpoints; h++) {
          for (let lane = 0; lane < lanes; lane++) {
            out[(from + h) * stride + i + lane] = words[deficits + LANES * h + lane];
          }
        }
      }
    }
  }

  /** Begins four paths of a tasks walk. */
  private beginTasks({ tables, initialQuanta, key }: TaskWalk, first: number): void {
    const { exports } = this;
    const streams = [
      [exports.KINDS_STATE, PURPOSE.kinds],
      [exports.ARRIVALS_STATE, PURPOSE.arrivals],
      [exports.HARVEST_STATE, PURPOSE.harvest],
      [exports.RESIDUAL_STATES, PURPOSE.residual],
      [exports.WALKER, PURPOSE.starts],
    ] as const;
    for (const [at, purpose] of streams) exports.beginStreams(at.value as number, 0, BigInt(first), 1, purpose, ...key);
    exports.beginTasks(initialQuanta, tables.fractionBits);
  }

  /** Puts the columns of four walks side by side. */
  private loadTogether(walks: CommonWalk['walks'], four: CommonWalk['walks']): void {
    if (this.loadedTogether === walks) return;
    this.loadedTogether = undefined;
    const { words } = this;
    const at = word(this.exports.COMMON_COLUMNS);
    four.forEach(({ tables: { columns, residual } }, k) => {
      for (let column = 0; column < columns.length; column++) {
        const packed = columns[column];
        words[at + TOGETHER * column + k] = (((packed >>> 12) - 2048) << 20) | ((column ^ (packed & 0xfff)) << 8);
      }
      if (residual === undefined) return;
      const { COMMON_RESIDUAL_COLUMNS, COMMON_RESIDUAL_CELLS } = this.exports;
      const places = word(COMMON_RESIDUAL_COLUMNS) + COLUMN_COUNT * k;
      this.loadResidual(residual, places, word(COMMON_RESIDUAL_CELLS) + 2 * COLUMN_COUNT * k);
    });
    this.loadedTogether = walks;
  }

  /** Puts tables into the memory, in the order that the module's loads like. */
  private load(tables: WalkTables): void {
    if (this.loaded === tables) return;
    this.loaded = undefined;
    const { columns, residual } = tables;
    const core = word(this.exports.COLUMNS);
    const { words } = this;
    for (let column = 0; column < columns.length; column++) {
      const packed = columns[column];
      words[core + column] = ((column ^ (packed & 0xfff)) << 20) | ((packed >>> 12) << 8);
    }
    if ('countColumns' in tables) this.loadTasks(tables as TaskTables);
    if (residual !== undefined) {
      this.loadResidual(residual, word(this.exports.RESIDUAL_COLUMNS), word(this.exports.RESIDUAL_CELLS));
    }
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

  private loadTasks({ countColumns, entryBits, entryColumns, energies }: TaskTables): void {
    this.words.set(countColumns, word(this.exports.COUNT_COLUMNS));
    const entries = word(this.exports.ENTRIES);
    entryColumns.forEach((packed, column) => {
      this.words[entries + 4 * column] = packed >>> entryBits;
      this.words[entries + 4 * column + 1] = energies[column];
      this.words[entries + 4 * column + 2] = energies[packed & (2 ** entryBits - 1)];
    });
  }
}

/** An exported address as an index of 32-bit words. */
function word(address: WebAssembly.Global): number {
  return (address.value as number) >>> 2;
}

/**
 * The WebAssembly SIMD build of the lumped walk (kernels/wasm), for a host that can run it: the bits of lumped.ts, which stays as the check and for hosts
 * that cannot. One instance, one memory, one walk after another: every worker has its own.
 */
import bytes from '../../../kernels/wasm/kernels.wasm';
import { JITTER_BITS } from '../../law/tables.js';
import type { WalkTables } from '../../law/tables.js';
import type { LumpedWalk } from './lumped.js';

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
  readonly PATHS: WebAssembly.Global;
  begin(first: bigint, groups: number, initial: number, k0: number, k1: number, k2: number, k3: number): void;
  walk8(groups: number, slots: number, base: number): void;
  walk(groups: number, slots: number, base: number, left: number, right: number): void;
  walkResidual(groups: number, slots: number, base: number, left: number, right: number): void;
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
  private readonly row: number;
  private readonly paths: number;
  /** Whose tables the memory holds. */
  private loaded: WalkTables | undefined;

  constructor(private readonly exports: Exports) {
    this.words = new Int32Array(exports.memory.buffer);
    this.row = word(exports.ROW);
    this.paths = exports.PATHS.value as number;
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
    exports.begin(BigInt(first), groups, initialQuanta, key[0], key[1], key[2], key[3]);
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

  /** Puts tables into the memory, in the order that the module's loads like. */
  private load(tables: WalkTables): void {
    if (this.loaded === tables) return;
    this.loaded = undefined;
    const { columns, residual } = tables;
    const core = word(this.exports.COLUMNS);
    columns.forEach((packed, column) => {
      const alias = packed & 0xfff;
      const threshold = packed >>> 12;
      this.words[core + column] = ((column ^ alias) << 20) | (threshold << 8);
    });
    if (residual !== undefined) {
      this.words.set(residual.columns, word(this.exports.RESIDUAL_COLUMNS));
      const cells = word(this.exports.RESIDUAL_CELLS);
      residual.first.forEach((point, cell) => {
        this.words[cells + 2 * cell] = point;
        this.words[cells + 2 * cell + 1] = 1 << residual.shift[cell];
      });
    }
    this.loaded = tables;
  }
}

/** An exported address as an index of 32-bit words. */
function word(address: WebAssembly.Global): number {
  return (address.value as number) >>> 2;
}

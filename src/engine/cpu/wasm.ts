/**
 * The WebAssembly SIMD build of the walks (kernels/wasm), for a host that can run it: the bits of the plain twins,
 * which stay as the check and for hosts that cannot. One instance, one memory, one walk after another: every worker has
 * its own.
 */
import bytes from '../../../kernels/wasm/kernels.wasm';
import * as memory from '../../../kernels/wasm/memory.js';
import { JITTER_BITS } from '../../law/tables.js';
import type { WalkTables } from '../../law/tables.js';
import type { SiteTables } from '../../law/site-tables.js';
import { countReach } from '../../law/task-tables.js';
import type { TaskTables } from '../../law/task-tables.js';
import { CONSUMPTION_ORIGIN, PROOF_ROWS } from '../proof-job.js';
import { PURPOSE } from '../purposes.js';
import type { RowSums } from '../reduce.js';
import { LUMPED_SITE_ROWS } from '../site-job.js';
import type { StreamKey } from '../stream-key.js';
import type { LumpedWalk } from './lumped.js';
import type { LumpedSiteWalk } from './lumped-site.js';
import type { PassageWalk } from './passage.js';
import type { ProofWalk } from './proof.js';
import type { TaskWalk } from './tasks.js';
import { TOGETHER } from './together.js';
import type { CommonWalk } from './together.js';
import { inBlocks, inCalls } from './wasm-calls.js';
import { servesSite } from './wasm-lumped-site.js';
import { WasmSites } from './wasm-site.js';
import { LANES, WasmTables, word } from './wasm-tables.js';

/** Base, and shifts to the left and to the right, of the points that a word names. */
type Points = readonly [base: number, left: number, right: number];

/** What kernels/wasm/kernels.ts exports. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  begin(first: bigint, groups: number, initial: number, purpose: number, ...key: number[]): void;
  beginStreams(at: number, size: number, first: bigint, groups: number, purpose: number, ...key: number[]): void;
  drawWords(state: number, words: number, count: number): void;
  beginTasks(initial: number, fractionBits: number): void;
  beginServices(initial: number, fractionBits: number, origin: number): void;
  walk8(groups: number, slots: number, base: number): void;
  walk(groups: number, slots: number, ...points: Points): void;
  walkResidual(groups: number, slots: number, ...points: Points): void;
  walkPassage(groups: number, slots: number, ...rest: readonly [...Points, residual: boolean, barrier: number]): void;
  sums(groups: number): void;
  walkTogether(groups: number, slots: number, ...bases: number[]): void;
  walkResidualTogether(groups: number, slots: number, left: number, right: number, ...bases: number[]): void;
  walkTasks(
    checkpoints: number,
    entryBits: number,
    fractionBits: number,
    most: number,
    mean: number,
    ...rest: readonly [...Points, residual: boolean]
  ): void;
  beginLumpedSite(first: bigint, groups: number, initial: number, ...key: number[]): void;
  walkLumpedSite(groups: number, from: number, to: number): void;
  walkServices(
    checkpoints: number,
    draws: number,
    entryBits: number,
    fractionBits: number,
    ...rest: readonly [...Points, residual: boolean, proof: boolean, centre: number, planted: number]
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
    return new WasmKernels(new wasm.Instance(new wasm.Module(bytes)).exports as unknown as Exports, wasm);
  } catch (error) {
    if (error instanceof Error && error.name === 'CompileError') return undefined;
    throw error;
  }
}

export class WasmKernels {
  private readonly words: Int32Array;
  private readonly sixSums: Float64Array;
  private readonly tables: WasmTables;
  private openedSites: WasmSites | undefined;

  constructor(
    private readonly exports: Exports,
    private readonly wasm: Pick<typeof WebAssembly, 'Module' | 'Instance'>,
  ) {
    this.words = new Int32Array(exports.memory.buffer);
    this.tables = new WasmTables(this.words);
    this.sixSums = new Float64Array(exports.memory.buffer, memory.SUMS, 6);
  }

  /** The walks of sites: a module of their own, opened when it is first asked for. */
  get sites(): WasmSites {
    return (this.openedSites ??= new WasmSites(this.wasm));
  }

  /** For benches: draws about so many words of the stream of kinds, and keeps none. */
  drawWords(words: number): void {
    for (let left = words; left > 0; left -= LANES * memory.BLOCK) {
      this.exports.drawWords(memory.KINDS_STATE, memory.HARVESTED, memory.BLOCK);
    }
  }

  /** Like `walkLumped` of lumped.ts. */
  lumped(walk: LumpedWalk, firstPath: number, count: number, out: Int32Array, stride: number): void {
    const { exports } = this;
    const { tables, slots, initialQuanta, key } = walk;
    const { base, coreShift, residual } = tables;
    const points = pointsOf(tables);
    this.tables.load(tables);
    inBlocks(count, (done, paths, groups) => {
      this.beginLumped(firstPath + done, groups, initialQuanta, key, residual !== undefined);
      inCalls(
        slots,
        groups,
        (steps) => {
          if (residual !== undefined) exports.walkResidual(groups, steps, ...points);
          else if (coreShift === JITTER_BITS) exports.walk8(groups, steps, base);
          else exports.walk(groups, steps, ...points);
        },
        (h) => {
          this.copyRow(memory.ROW, paths, out, h * stride + done);
        },
      );
    });
  }

  /** Like `walkPassage` of passage.ts. */
  passage(walk: PassageWalk, firstPath: number, count: number, out: Int32Array, stride: number): void {
    const { exports } = this;
    const { tables, slots, initialQuanta, key, barrier } = walk;
    const rest = [...pointsOf(tables), tables.residual !== undefined, -barrier] as const;
    this.tables.load(tables);
    inBlocks(count, (done, paths, groups) => {
      this.beginLumped(firstPath + done, groups, initialQuanta, key, tables.residual !== undefined);
      inCalls(
        slots,
        groups,
        (steps) => {
          exports.walkPassage(groups, steps, ...rest);
        },
        () => {
          this.copyRow(memory.ROWS, paths, out, done);
          this.copyRow(memory.ROWS + 4 * memory.PATHS, paths, out, stride + done);
        },
      );
    });
  }

  /** Begins paths `first` … of lumped walks. */
  private beginLumped(first: number, groups: number, initial: number, key: StreamKey, residual: boolean): void {
    const { exports } = this;
    exports.begin(BigInt(first), groups, initial, PURPOSE.increments, ...key);
    if (!residual) return;
    exports.beginStreams(memory.RESIDUAL_STATES, memory.STREAM, BigInt(first), groups, PURPOSE.residual, ...key);
  }

  /** @param at bytes; the lanes beyond the last path are not read */
  private copyRow(at: number, paths: number, out: Int32Array, to: number): void {
    const from = word(at);
    out.set(this.words.subarray(from, from + paths), to);
  }

  /** Like `walkLumped` for each of the walks, whose rows follow one another; see TOGETHER. */
  together({ walks }: CommonWalk, firstPath: number, count: number, out: Int32Array, stride: number): void {
    const { exports, words } = this;
    const [{ slots, key }] = walks;
    // A walk too few is walked twice.
    const four = Array.from({ length: TOGETHER }, (_, k) => walks[Math.min(k, walks.length - 1)]);
    this.tables.loadTogether(walks, four);
    const bases = four.map(({ tables }) => tables.base);
    const { residual } = four[0].tables;
    const [, left, right] = pointsOf(four[0].tables);
    const levels = word(memory.LEVELS);
    inBlocks(count, (done, paths, groups) => {
      this.beginLumped(firstPath + done, groups, 0, key, residual !== undefined);
      for (let group = 0; group < groups; group++) {
        const at = levels + 2 * TOGETHER * LANES * group;
        four.forEach(({ initialQuanta }, k) => words.fill(initialQuanta, at + LANES * k, at + LANES * (k + 1)));
        words.fill(0, at + TOGETHER * LANES, at + 2 * TOGETHER * LANES);
      }
      inCalls(
        slots,
        TOGETHER * groups,
        (steps) => {
          if (residual === undefined) exports.walkTogether(groups, steps, ...bases);
          else exports.walkResidualTogether(groups, steps, left, right, ...bases);
        },
        (h) => {
          for (let k = 0; k < walks.length; k++) {
            this.copyRow(memory.ROWS + 4 * memory.PATHS * k, paths, out, (k * slots.length + h) * stride + done);
          }
        },
      );
    });
  }

  /** The sums of a row of at most `ROW_LENGTH` deficits, valid until the next call (engine/reduce.ts). */
  readonly sums: RowSums = (row) => {
    const { exports, words, sixSums } = this;
    const at = word(memory.ROW);
    words.set(row, at);
    const groups = Math.ceil(row.length / LANES);
    const padding = LANES * groups - row.length;
    words.fill(0, at + row.length, at + LANES * groups);
    exports.sums(groups);
    sixSums[0] -= padding;
    return sixSums;
  };

  /**
   * Whether `tasks` walks such a job: one word for the number of tasks of a slot, and nothing that waits for later
   * slots.
   */
  servesTasks(walk: TaskWalk): boolean {
    return walk.accounting === 'lumped' && walk.tables.countDraws === 1;
  }

  /** Like `walkTasks` of tasks.ts. */
  tasks(walk: TaskWalk, firstPath: number, count: number, out: Int32Array, stride: number): void {
    const { exports } = this;
    const { tables, initialQuanta } = walk;
    const { entryBits, fractionBits, residual } = tables;
    this.tables.load(tables);
    const { most, mean } = countReach(tables.countColumns);
    const harvest = [...pointsOf(tables), residual !== undefined] as const;
    for (let i = 0; i < count; i += LANES) {
      this.beginTaskStreams(walk, firstPath + i, memory.WALKER);
      exports.beginTasks(initialQuanta, fractionBits);
      this.pastCheckpoints(walk.slots, 1, Math.min(LANES, count - i), out.subarray(i), stride, (checkpoints) => {
        exports.walkTasks(checkpoints, entryBits, fractionBits, most, Math.ceil(16 * mean), ...harvest);
      });
    }
  }

  /** Whether `services` walks with such tables: its memory holds what it draws at once. */
  servesServices({ countDraws, longestService }: TaskTables): boolean {
    return countDraws <= memory.BLOCK && longestService <= memory.SERVICE;
  }

  /** Like `walkTasks` of tasks.ts and `walkProof` of proof.ts. */
  services(walk: TaskWalk | ProofWalk, firstPath: number, count: number, out: Int32Array, stride: number): void {
    const { exports } = this;
    const { tables, initialQuanta } = walk;
    const { countDraws, entryBits, fractionBits, residual } = tables;
    this.tables.load(tables, true);
    const isProof = 'centreQuanta' in walk;
    // The deficit with lumped accounting is the first row of a proof.
    const isBoth = isProof || walk.accounting === 'lumped';
    const [centre, planted] = isProof ? [walk.centreQuanta, walk.plantedQuanta] : [0, 0];
    const rest = [...pointsOf(tables), residual !== undefined, isBoth, centre, planted] as const;
    const rows = isProof ? PROOF_ROWS.length : 1;
    for (let i = 0; i < count; i += LANES) {
      this.beginTaskStreams(walk, firstPath + i, memory.SERVICE_WALK);
      exports.beginServices(initialQuanta, fractionBits, CONSUMPTION_ORIGIN);
      this.pastCheckpoints(walk.slots, rows, Math.min(LANES, count - i), out.subarray(i), stride, (checkpoints) => {
        exports.walkServices(checkpoints, countDraws, entryBits, fractionBits, ...rest);
      });
    }
  }

  /** Whether `lumpedSite` walks such a site. */
  servesLumpedSite(tables: SiteTables): boolean {
    return servesSite(tables);
  }

  /** Like `walkLumpedSite` of lumped-site.ts. */
  lumpedSite(walk: LumpedSiteWalk, firstPath: number, count: number, out: Int32Array, stride: number): void {
    const { exports } = this;
    const { tables, slots, initialQuanta, key } = walk;
    this.tables.loadSite(tables);
    inBlocks(count, (done, paths, groups) => {
      exports.beginLumpedSite(BigInt(firstPath + done), groups, initialQuanta, ...key);
      let t = 0;
      inCalls(
        slots,
        groups,
        (steps) => {
          exports.walkLumpedSite(groups, t, t + steps);
          t += steps;
        },
        (h) => {
          LUMPED_SITE_ROWS.forEach((_, row) => {
            const at = memory.SITE_ROWS + memory.SITE_ROW * row;
            this.copyRow(at, paths, out, (row * slots.length + h) * stride + done);
          });
        },
      );
    });
  }

  /**
   * Begins the streams of four paths of a walk by tasks.
   * @param starts where those of what a path begins with are put
   */
  private beginTaskStreams({ key }: TaskWalk | ProofWalk, first: number, starts: number): void {
    const streams = [
      [memory.KINDS_STATE, PURPOSE.kinds],
      [memory.ARRIVALS_STATE, PURPOSE.arrivals],
      [memory.HARVEST_STATE, PURPOSE.harvest],
      [memory.RESIDUAL_STATES, PURPOSE.residual],
      [starts, PURPOSE.starts],
    ] as const;
    for (const [at, purpose] of streams) this.exports.beginStreams(at, 0, BigInt(first), 1, purpose, ...key);
  }

  /**
   * Walks four paths past all checkpoints, of which `lanes` are read: row r of checkpoint h to out[(r · slots + h) ·
   * stride + lane].
   */
  private pastCheckpoints(
    slots: readonly number[],
    rows: number,
    lanes: number,
    out: Int32Array,
    stride: number,
    walk: (checkpoints: number) => void,
  ): void {
    const { words } = this;
    const { CHECKPOINTS } = memory;
    const lengths = word(memory.LENGTHS);
    for (let from = 0; from < slots.length; from += CHECKPOINTS) {
      const checkpoints = Math.min(CHECKPOINTS, slots.length - from);
      for (let h = 0; h < checkpoints; h++) {
        words[lengths + h] = slots[from + h] - (from + h > 0 ? slots[from + h - 1] : 0);
      }
      walk(checkpoints);
      for (let row = 0; row < rows; row++) {
        const deficits = word(memory.DEFICITS) + LANES * CHECKPOINTS * row;
        for (let h = 0; h < checkpoints; h++) {
          const at = (row * slots.length + from + h) * stride;
          for (let lane = 0; lane < lanes; lane++) out[at + lane] = words[deficits + LANES * h + lane];
        }
      }
    }
  }
}

function pointsOf({ base, coreShift }: WalkTables): Points {
  return [base, Math.max(0, coreShift - JITTER_BITS), Math.max(0, JITTER_BITS - coreShift)];
}

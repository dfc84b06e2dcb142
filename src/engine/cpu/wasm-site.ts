/**
 * The WebAssembly SIMD build of the walk of sites (kernels/wasm/site.ts), for energy that counts in the slot of
 * dispatch and policies that dispatch what is due, or all: the bits of the plain twin, site.ts. One instance, one walk
 * after another.
 */
import bytes from '../../../kernels/wasm/sites.wasm';
import * as memory from '../../../kernels/wasm/site-memory.js';
import { SITE_ROWS } from '../site-job.js';
import { PURPOSE } from '../purposes.js';
import type { SiteWalk } from './site.js';
import { WasmSiteTables } from './wasm-site-tables.js';
import { LANES, word } from './wasm-tables.js';

/** What kernels/wasm/sites.ts exports. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  beginStreams(at: number, size: number, first: bigint, groups: number, purpose: number, ...key: number[]): void;
  walkSite(): void;
}

const STREAMS = [
  [memory.KINDS_STATE, PURPOSE.kinds],
  [memory.ARRIVALS_STATE, PURPOSE.arrivals],
  [memory.HARVEST_STATE, PURPOSE.harvest],
  [memory.RESIDUAL_STATE, PURPOSE.residual],
  [memory.WEATHER_STATE, PURPOSE.weather],
  [memory.BLOCKS_STATE, PURPOSE.blocks],
  [memory.STARTS, PURPOSE.starts],
] as const;

export class WasmSites {
  private readonly exports: Exports;
  private readonly tables: WasmSiteTables;

  constructor(wasm: Pick<typeof WebAssembly, 'Module' | 'Instance'>) {
    this.exports = new wasm.Instance(new wasm.Module(bytes)).exports as unknown as Exports;
    this.tables = new WasmSiteTables(this.exports.memory);
  }

  /** Whether `walk` walks such a site. */
  serves(walk: SiteWalk): boolean {
    return this.tables.serves(walk);
  }

  /** Like `walkSite` of site.ts. */
  walk(walk: SiteWalk, firstPath: number, count: number, out: Int32Array, stride: number): void {
    const { exports } = this;
    const horizons = walk.slots.length;
    const rowsAt = this.tables.load(walk);
    const words = new Int32Array(exports.memory.buffer);
    for (let i = 0; i < count; i += LANES) {
      for (const [at, purpose] of STREAMS) exports.beginStreams(at, 0, BigInt(firstPath + i), 1, purpose, ...walk.key);
      exports.walkSite();
      const lanes = Math.min(LANES, count - i);
      for (let h = 0; h < horizons; h++) {
        for (let row = 0; row < SITE_ROWS.length; row++) {
          const from = word(rowsAt) + LANES * (h * SITE_ROWS.length + row);
          const to = (row * horizons + h) * stride + i;
          for (let lane = 0; lane < lanes; lane++) out[to + lane] = words[from + lane];
        }
      }
    }
  }
}

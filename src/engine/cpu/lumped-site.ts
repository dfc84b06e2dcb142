/**
 * A site whose slots are drawn at once, twin of kernels/lumped-site.wgsl: a word of the stream of arrivals names what a
 * slot consumes (law/consumption-table.ts), and battery and harvest are those of site.ts.
 */
import { COLUMN_BITS, COLUMN_COUNT, RESIDUAL_THRESHOLD_BITS } from '../../law/tables.js';
import { SITE_FIELD } from '../../law/site-tables.js';
import { PURPOSE } from '../purposes.js';
import { pathState } from '../stream.js';
import { walkBattery } from './site.js';
import type { SiteWalk, SlotDemand } from './site.js';
import { next } from './site-draws.js';

/** What a walk needs of such a site's job. */
export interface LumpedSiteWalk extends Omit<SiteWalk, 'kernel'> {
  readonly kernel: 'lumpedSite';
}

/** Like `walkSite`, its rows those of LUMPED_SITE_ROWS. */
export function walkLumpedSite(
  walk: LumpedSiteWalk,
  firstPath: number,
  count: number,
  out: Int32Array,
  stride: number,
): void {
  walkBattery(walk, new SlotConsumer(walk), firstPath, count, out, stride);
}

/** Draws what slots consume. */
class SlotConsumer implements SlotDemand {
  private readonly words: Uint32Array;
  private readonly stream = new Int32Array(4);
  private carry = 0;

  constructor(private readonly walk: LumpedSiteWalk) {
    this.words = walk.tables.words;
  }

  begin(fraction: number, path: number): void {
    this.stream.set(pathState(this.walk.key, path, PURPOSE.arrivals));
    this.carry = fraction;
  }

  slot(t: number): number {
    const w = this.words;
    const value = Math.floor(t / w[SITE_FIELD.arrivalSlots]) % w[SITE_FIELD.arrivalValues];
    const table = COLUMN_COUNT * w[w[SITE_FIELD.arrivalsAt] + value];
    const word = next(this.stream);
    const column = word >>> RESIDUAL_THRESHOLD_BITS;
    const packed = w[w[SITE_FIELD.entryColumnsAt] + table + column];
    const isOwn = (word & (2 ** RESIDUAL_THRESHOLD_BITS - 1)) < packed >>> COLUMN_BITS;
    const entry = isOwn ? column : packed & (COLUMN_COUNT - 1);
    const fractionBits = w[SITE_FIELD.fractionBits];
    const sum = this.carry + w[w[SITE_FIELD.optionEnergyAt] + table + entry];
    const burned = sum >>> fractionBits;
    this.carry = (sum >>> 0) - burned * 2 ** fractionBits;
    return burned;
  }

  readonly rows = (flags: number): readonly number[] => [flags];
}

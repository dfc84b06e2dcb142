/**
 * A site on the processor, twin of kernels/site.wgsl: in every slot the battery leaks, tasks are dispatched as the
 * policy says, and what is harvested and consumed charges the battery, is wasted, or is lacking. Rows:
 * engine/site-job.ts.
 */
import { SITE_FIELD } from '../../law/site-tables.js';
import type { SiteTables } from '../../law/site-tables.js';
import { SITE_VIOLATION } from '../site-job.js';
import type { StreamKey } from '../stream-key.js';
import { HALF, multiplyCarry } from './fractions.js';
import { SITE_WINDOW, SiteDrawer } from './site-draws.js';
import { SiteDispatcher } from './site-queue.js';

/** What a walk needs of a site's job. */
export interface SiteWalk {
  readonly kernel: 'site';
  readonly tables: SiteTables;
  readonly initialQuanta: number;
  readonly key: StreamKey;
  /** Slots of the checkpoints, strictly ascending. */
  readonly slots: readonly number[];
}

/** Carries of the battery's multiplications. */
const LEAK = 0;
const CHARGE = 1;
const WASTE = 2;

/** The battery's words. */
function batteryOf({ words: w }: SiteTables) {
  return {
    capacity: w[SITE_FIELD.capacity],
    charge: w[SITE_FIELD.charge],
    chargeLossWhole: w[SITE_FIELD.chargeLossWhole],
    chargeLoss: w[SITE_FIELD.chargeLoss],
    chargeLimit: w[SITE_FIELD.chargeLimit],
    dischargeLimit: w[SITE_FIELD.dischargeLimit],
    leak: w[SITE_FIELD.leak],
  };
}

/** What burns in the slots of a path. */
export interface SlotDemand {
  /** Begins a path, whose sums begin with a fraction of a quantum. */
  begin(fraction: number, path: number): void;
  /** What is burned in slot t, quanta; `level` is the battery's at its start, its tasks are `from` … `to` − 1. */
  slot(t: number, level: number, tasks: Uint16Array, from: number, to: number): number;
  /** Rows of its own, flags last. @param flags of the battery */
  readonly rows: (flags: number) => readonly number[];
}

/**
 * Walks paths firstPath … firstPath + count − 1 and writes their rows: out[(r · horizons + h) · stride + i] for path i,
 * row r (in the order of SITE_ROWS) and checkpoint h.
 */
export function walkSite(walk: SiteWalk, firstPath: number, count: number, out: Int32Array, stride: number): void {
  const dispatcher = new SiteDispatcher(walk.tables);
  const demand: SlotDemand = {
    begin: (fraction) => {
      dispatcher.begin(fraction);
    },
    slot: (...slot) => dispatcher.slot(...slot),
    rows(flags) {
      const { dispatched, waited, overflowed, aboveBound, queued, owed } = dispatcher;
      return [dispatched, waited, overflowed, aboveBound, queued, owed, flags | dispatcher.flags];
    },
  };
  walkBattery(walk, demand, firstPath, count, out, stride);
}

/**
 * The level is what the battery can still deliver, so that nothing is multiplied where it is emptied. `above` says that
 * it holds more than whole quanta say: a harvest has a density, so what is less than a quantum is not nothing, and a
 * battery that just suffices for the tasks is not empty if it harvested something since it was. Carries begin at one
 * half: a product that is whole comes out whole, for the fractions' errors stay below a quarter in all.
 */
export function walkBattery(
  walk: Omit<SiteWalk, 'kernel'>,
  demand: SlotDemand,
  firstPath: number,
  count: number,
  out: Int32Array,
  stride: number,
): void {
  const { tables, slots: horizons } = walk;
  const drawer = new SiteDrawer(tables);
  const { harvest, between, taskEnd } = drawer;
  const { capacity, charge, chargeLossWhole, chargeLoss, chargeLimit, dischargeLimit, leak } = batteryOf(tables);
  const carries = new Uint32Array(3);
  const rows = horizons.length * stride;
  for (let i = 0; i < count; i++) {
    drawer.begin(walk.key, firstPath + i);
    demand.begin(drawer.fraction, firstPath + i);
    carries.fill(HALF);
    let level = walk.initialQuanta | 0;
    let [above, auxiliary, peak, waste] = [0, 0, 0, 0];
    let [deficitSlots, passage, consumption, flags] = [0, 0, 0, 0];
    let t = 0;
    for (let h = 0; h < horizons.length; h++) {
      while (t < horizons[h]) {
        const window = Math.min(SITE_WINDOW, horizons[h] - t);
        drawer.draw(window);
        let from = 0;
        for (let k = 0; k < window; k++) {
          if (leak !== 0 && level !== 0) {
            level -= multiplyCarry(level, leak, carries, LEAK);
            // What leaks is never all of it.
            if (level === 0) above = 1;
          }
          const burned = demand.slot(t + k, level, drawer.tasks, from, taskEnd[k]);
          from = taskEnd[k];
          consumption = (consumption + burned) | 0;
          const net = (harvest[k] - burned) | 0;
          if (net >= 0) {
            const offered = net < chargeLimit ? net : chargeLimit;
            const taken = charge === 0 ? offered : multiplyCarry(offered, charge, carries, CHARGE);
            const room = capacity - level;
            const over = taken > room ? taken - room : 0;
            level = (level + taken - over) | 0;
            if (level === capacity) above = 0;
            else if (net > chargeLimit ? level === 0 : between[k] !== 0 || (net > 0 && level === 0)) above = 1;
            let lost = over;
            if (over !== 0 && charge !== 0) {
              lost += Math.imul(over, chargeLossWhole) + multiplyCarry(over, chargeLoss, carries, WASTE);
            }
            waste = (waste + net - offered + lost) | 0;
          } else {
            const wanted = -net < dischargeLimit ? -net : dischargeLimit;
            let delivered = wanted;
            if (wanted > level) {
              delivered = level;
              level = 0;
              above = 0;
            } else {
              level -= wanted;
              // What the limit lets through is no matter of what was harvested.
              if (between[k] !== 0 && wanted === -net) above = 1;
            }
            const lacking = -net - delivered;
            if (lacking > 0) {
              auxiliary = (auxiliary + lacking) | 0;
              peak = lacking > peak ? lacking : peak;
              deficitSlots++;
              if (passage === 0) passage = t + k + 1;
            }
          }
          if (level < 0 || level > capacity) flags |= SITE_VIOLATION.levelOutside;
          if ((auxiliary | waste | consumption) < 0) flags |= SITE_VIOLATION.rangeLeft;
        }
        t += window;
      }
      const shown = level === 0 ? above : level;
      const totals = [auxiliary, peak, waste, deficitSlots, passage, shown, consumption];
      [...totals, ...demand.rows(flags)].forEach((value, row) => (out[row * rows + h * stride + i] = value));
    }
  }
}

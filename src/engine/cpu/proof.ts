/**
 * The theorems on every path, on the processor, twin of kernels/proof.wgsl: both accountings walk on the same draws, each beside a controlled
 * battery that is injected greedily, and integers are compared at every slot. Rows: engine/proof-job.ts.
 */
import type { TaskTables } from '../../law/task-tables.js';
import { CONSUMPTION_ORIGIN, VIOLATION } from '../proof-job.js';
import type { StreamKey } from '../stream-key.js';
import { SlotDrawer, WINDOW } from './batch.js';

/** What a walk needs of a proof job. */
export interface ProofWalk {
  readonly kernel: 'proof';
  readonly tables: TaskTables;
  readonly initialQuanta: number;
  readonly centreQuanta: number;
  readonly plantedQuanta: number;
  readonly key: StreamKey;
  /** Slots of the checkpoints, strictly ascending. */
  readonly slots: readonly number[];
}

/**
 * Walks paths firstPath … firstPath + count − 1 and writes their rows: out[(r · horizons + h) · stride + i] for path i, row r (in the order
 * of PROOF_ROWS) and checkpoint h.
 */
export function walkProof(walk: ProofWalk, firstPath: number, count: number, out: Int32Array, stride: number): void {
  const drawer = new SlotDrawer(walk.tables, true);
  const { harvest, lumped, burned } = drawer;
  const horizons = walk.slots;
  const rows = horizons.length * stride;
  const planted = walk.plantedQuanta | 0;
  const centre = walk.centreQuanta | 0;
  for (let i = 0; i < count; i++) {
    drawer.begin(walk.key, firstPath + i);
    let level = walk.initialQuanta | 0;
    let least = 0;
    let battery = level;
    let injected = 0;
    let spreadLevel = level;
    let spreadLeast = 0;
    let spreadBattery = level;
    let spreadInjected = 0;
    let excess = CONSUMPTION_ORIGIN;
    let found = 0;
    let t = 0;
    for (let h = 0; h < horizons.length; h++) {
      while (t < horizons[h]) {
        const slots = Math.min(WINDOW, horizons[h] - t);
        drawer.draw(slots);
        for (let k = 0; k < slots; k++) {
          const step = (harvest[k] - lumped[k]) | 0;
          level = (level + step) | 0;
          least = level < least ? level : least;
          let next = (battery + step) | 0;
          let injection = next < 0 ? (planted - next) | 0 : 0;
          battery = (next + injection) | 0;
          injected = (injected + injection) | 0;

          const spreadStep = (harvest[k] - burned[k]) | 0;
          spreadLevel = (spreadLevel + spreadStep) | 0;
          spreadLeast = spreadLevel < spreadLeast ? spreadLevel : spreadLeast;
          next = (spreadBattery + spreadStep) | 0;
          injection = next < 0 ? (planted - next) | 0 : 0;
          spreadBattery = (next + injection) | 0;
          spreadInjected = (spreadInjected + injection) | 0;

          excess = (excess + lumped[k] - centre) | 0;
          if (((injected + least) | (spreadInjected + spreadLeast)) !== 0) {
            if (injected !== -least) found |= VIOLATION.theorem1Lumped;
            if (spreadInjected !== -spreadLeast) found |= VIOLATION.theorem1Distributed;
          }
          if (battery < 0 || spreadBattery < 0) found |= VIOLATION.controlledBelowZero;
          if (((battery - level + least) | (spreadBattery - spreadLevel + spreadLeast)) !== 0) {
            if (battery !== ((level - least) | 0)) found |= VIOLATION.runningMinimumLumped;
            if (spreadBattery !== ((spreadLevel - spreadLeast) | 0)) found |= VIOLATION.runningMinimumDistributed;
          }
          if (least > spreadLeast) found |= VIOLATION.lemma1;
          if (level > spreadLevel) found |= VIOLATION.lemma1Level;
        }
        t += slots;
      }
      const at = h * stride + i;
      out[at] = -least;
      out[rows + at] = -spreadLeast;
      out[2 * rows + at] = Math.max(0, spreadLeast - least);
      out[3 * rows + at] = excess;
      out[4 * rows + at] = found;
    }
  }
}

/** Paths walked again, one by one: what each of them comes to, before anything is added up. */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { host } from '#host';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { prepareRun, prepareSite } from '../../src/study/plan.js';
import { asked } from './exemptions.js';
import type { Scenario } from '../../src/scenario/scenario.js';

/** Every path's totals of one site at one horizon. */
export interface PathTotals {
  readonly quantumJoules: number;
  readonly levelJoules: number;
  readonly slotSeconds: number;
  of(row: string): readonly number[];
}

/** Rows of a path's totals, in the order of the engine's values. */
const ROWS = [
  ...['auxiliary', 'peak', 'waste', 'deficitSlots', 'passage', 'level', 'consumption', 'dispatched', 'waited'],
  ...['overflowed', 'aboveBound', 'undone', 'undoneEnergy', 'violations'],
];
const SEED = 'recompute';

/** Walks a site. @returns the totals of every path at each horizon */
export async function pathTotals(
  scenario: Scenario,
  horizons: readonly number[],
  trials: number,
): Promise<PathTotals[]> {
  const { job, law } = prepareSite(resolveScenario(scenario), { trials, horizons, seed: SEED });
  const values = await walked(job);
  const { quantumJoules, levelJoules } = law;
  return horizons.map((_, h) => ({
    ...{ quantumJoules, levelJoules, slotSeconds: scenario.slotSeconds },
    of(row) {
      const at = (ROWS.indexOf(row) * horizons.length + h) * trials;
      return Array.from(values.subarray(at, at + trials));
    },
  }));
}

/** Walks the paper's walk. @returns every path's deficit beyond the battery's charge at each horizon, in quanta */
export async function pathDeficitsAt(
  scenario: Scenario,
  horizons: readonly number[],
  trials: number,
  seed = SEED,
): Promise<{ readonly quantumJoules: number; readonly deficits: readonly (readonly number[])[] }> {
  const { job, law } = prepareRun(resolveScenario(scenario), { trials, horizons, seed });
  const values = await walked(job);
  const deficits = horizons.map((_, h) => Array.from(values.subarray(h * trials, (h + 1) * trials)));
  return { quantumJoules: law.quantumJoules, deficits };
}

/** The same at one horizon. */
export async function pathDeficits(scenario: Scenario, slots: number, trials: number): Promise<readonly number[]> {
  return (await pathDeficitsAt(scenario, [slots], trials)).deficits[0];
}

async function walked(job: ReturnType<typeof prepareSite>['job'] | ReturnType<typeof prepareRun>['job']) {
  const backend = createCpuBackend(host, 1);
  try {
    return asked('paths', await backend.deficits(job));
  } finally {
    await backend.release();
  }
}

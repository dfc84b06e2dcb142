/**
 * Task-resolved walks that the engine's tests share: services of one slot and of many, routing errors, overheads,
 * counts of several draws, harvests with and without residual cells.
 */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { taskKinds } from '../../src/fleet/task-kinds.js';
import { buildTaskTable } from '../../src/fleet/task-table.js';
import type { TaskLaw, TaskSource } from '../../src/law/task-law.js';
import { sampleTaskLaw } from '../../src/law/task-law.js';
import { proofReach } from '../../src/engine/proof-job.js';
import { parseScenario } from '../../src/scenario/parse.js';
import { loadPreset } from '../../src/scenario/presets.js';
import type { Scenario } from '../../src/scenario/scenario.js';

/** The reference scenario with changes. */
export function referenceWith(changes: Record<string, unknown> = {}): Scenario {
  return parseScenario({ ...loadPreset('reference'), ...changes });
}

/** A scenario of given energies (joules and weights) with a Gamma harvest. */
export function energyScenario(
  ratePerSlot: number,
  tasks: readonly (readonly [number, number])[],
  harvest: Record<string, unknown>,
  initialJoules = 0,
): Scenario {
  return parseScenario({
    schemaVersion: 1,
    name: 'energies',
    slotSeconds: 10,
    arrivals: { ratePerSlot },
    tasks: tasks.map(([energyJoules, weight]) => ({ energyJoules, weight })),
    routing: { errorRate: 0 },
    accounting: 'lumped',
    harvest,
    battery: { initialJoules },
  });
}

export interface TaskSetting {
  readonly name: string;
  readonly scenario: Scenario;
  readonly residual: boolean;
  readonly countDraws: number;
  readonly horizons: readonly number[];
}

export const TASK_SETTINGS: readonly TaskSetting[] = [
  {
    name: 'reference with routing errors and overhead',
    scenario: referenceWith({ routing: { errorRate: 0.2, overheadJoules: 300, overheadSeconds: 1 } }),
    residual: true,
    countDraws: 1,
    horizons: [1, 2, 40, 300],
  },
  {
    name: 'reference, smooth harvest, initial charge, short slots',
    scenario: referenceWith({
      slotSeconds: 3,
      arrivals: { ratePerSlot: 0.6 },
      harvest: { shape: 9, scaleJoules: 1800 },
      battery: { initialJoules: 3000 },
    }),
    residual: false,
    countDraws: 1,
    horizons: [1, 2, 40, 300],
  },
  {
    name: 'many small tasks, counts of two draws',
    scenario: energyScenario(
      170,
      [
        [100, 3],
        [900, 1],
      ],
      { mean: 'critical', variance: 'matched' },
    ),
    residual: false,
    countDraws: 2,
    horizons: [1, 2, 5, 20],
  },
];

export function sourceOf(scenario: Scenario): TaskSource {
  const table = buildTaskTable(scenario);
  return { walk: resolveScenario(scenario).walk, kinds: taskKinds(scenario, table) };
}

/** The law of a scenario, with room for a proof of `slots` slots. */
export function taskLawOf(scenario: Scenario, slots: number): TaskLaw {
  const source = sourceOf(scenario);
  return sampleTaskLaw(source, {
    slots,
    initialJoules: scenario.battery.initialJoules,
    reachJoules: proofReach(source.walk, slots),
  });
}

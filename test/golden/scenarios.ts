/** Scenarios of the golden files: one of each kind of model, small enough that their exact laws cost little. */
import { presetDocument } from '../../src/scenario/presets.js';
import { LIGHT } from '../cli/light.js';
import { SITE } from '../cli/bad-input.js';

type Json = Record<string, unknown>;

const reference = presetDocument('reference') as Json;
/** Two of the reference's tasks: one may take its time, one goes to the large model. */
const FLEET: Json = {
  ...reference,
  name: 'small fleet',
  tasks: (reference.tasks as object[]).filter((_, i) => i === 3 || i === 7),
};
const HUT: Json = {
  schemaVersion: 1,
  name: 'hut',
  slotSeconds: 10,
  arrivals: { ratePerSlot: 2 },
  tasks: [{ name: 'chat', energyJoules: 1000, weight: 3 }, { energyJoules: 5000 }],
  harvest: { mean: 'critical', variance: 'matched' },
  battery: { initialJoules: 8000, capacityJoules: 30_000, chargeEfficiency: 0.9 },
};

/** By the name of its file. */
export const SCENARIOS: Readonly<Record<string, Json>> = {
  walk: LIGHT,
  charged: { ...LIGHT, name: 'charged', battery: { initialJoules: 9000 } },
  surplus: { ...LIGHT, name: 'more than enough', harvest: { mean: { timesDemand: 1.2 }, variance: 'matched' } },
  fleet: FLEET,
  distributed: { ...FLEET, name: 'distributed', accounting: 'distributed' },
  hut: HUT,
  larger: { ...HUT, name: 'larger', battery: { initialJoules: 8000, capacityJoules: 40_000, chargeEfficiency: 0.9 } },
  waiting: {
    ...HUT,
    name: 'waiting',
    tasks: [
      { energyJoules: 1000, weight: 3, patienceSlots: 6 },
      { energyJoules: 5000, patienceSlots: 12 },
    ],
    routing: { policy: { kind: 'threshold', levelJoules: 12_000 } },
  },
  weather: { ...SITE, name: 'weather' },
  trace: {
    ...HUT,
    name: 'trace',
    harvest: {
      trace: {
        values: [0, 0, 150, 420, 610, 330, 0, 0, 90, 500, 700, 200],
        unit: 'W',
        secondsPerValue: 40,
        play: 'loop',
        start: 'first',
      },
    },
  },
};

const sweep = (name: string, base: Json, more: Json): Json => ({
  ...{ schemaVersion: 1, name, base, trials: 2000, horizons: [8, 16] },
  ...more,
});
/** Sweep files, by the name of theirs. */
export const SWEEPS: Readonly<Record<string, Json>> = {
  'sweep-of-walks': sweep('walks', SCENARIOS.surplus, {
    risks: [0.1, 0.01],
    axes: { 'harvest.mean.timesDemand': [1.1, 1.2], 'arrivals.ratePerSlot': [2, 3] },
  }),
  'sweep-of-sites': sweep('sites', HUT, { axes: { 'battery.capacityJoules': [20_000, 30_000] } }),
};

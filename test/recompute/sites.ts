/** Sites whose documents and charts are worked out anew: what each has that the others lack is said beside it. */

export const TRIALS = 2000;
const SITE = {
  schemaVersion: 1,
  slotSeconds: 10,
  arrivals: { ratePerSlot: 2 },
  tasks: [{ energyJoules: 1000, weight: 3 }, { energyJoules: 5000 }],
  harvest: { mean: { timesDemand: 1.1 }, variance: 'matched' },
  battery: { initialJoules: 8000, capacityJoules: 30_000 },
};

/** A battery with limits under changing weather, which has an exact law. */
export const HUT = {
  command: 'validate',
  horizons: [8, 24],
  scenario: {
    ...SITE,
    name: 'hut',
    harvest: {
      ...SITE.harvest,
      weather: {
        slotsPerStep: 4,
        states: [
          { name: 'clear', factor: 1.2 },
          { name: 'cloudy', factor: 0.7 },
        ],
        transitions: [
          [0.8, 0.2],
          [0.3, 0.7],
        ],
        initial: 'clear',
      },
    },
    battery: { ...SITE.battery, chargeEfficiency: 0.9, dischargeLimitWatts: 900 },
  },
} as const;

/** Tasks that wait, which have no exact law. */
export const SUN = {
  command: 'run',
  horizons: [8, 24],
  scenario: {
    ...SITE,
    name: 'sun',
    tasks: SITE.tasks.map((task) => ({ ...task, patienceSlots: 6 })),
    routing: { policy: { kind: 'latest' } },
  },
} as const;

/** A battery that is full or empty in one path of ten, and whose two limits both bind. */
export const FULL = {
  command: 'validate',
  horizons: [8, 16, 24],
  scenario: {
    ...SITE,
    name: 'full',
    battery: {
      initialJoules: 8000,
      capacityJoules: 12_000,
      chargeEfficiency: 0.9,
      chargeLimitWatts: 300,
      dischargeLimitWatts: 400,
    },
  },
} as const;

/** A battery without a capacity, seen at one horizon. */
export const ENDLESS = {
  command: 'run',
  horizons: [24],
  scenario: { ...SUN.scenario, name: 'endless', battery: { initialJoules: 4000 } },
} as const;

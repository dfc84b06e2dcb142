/** A walk whose sampling and laws are cheap. */
export const LIGHT = {
  schemaVersion: 1,
  name: 'light',
  arrivals: { ratePerSlot: 3 },
  tasks: [{ energyJoules: 1000 }, { energyJoules: 2500 }],
  harvest: { mean: 'critical', variance: 'matched' },
};

/** Scenarios whose figures are worked out anew. */
const task = { skills: 20, tokensPerSkill: 100, tolerance: 0.05 };

/** From tasks that the small model serves for less to some that take it hours. */
export const SERVED = {
  schemaVersion: 1,
  name: 'served',
  slotSeconds: 10,
  arrivals: { ratePerSlot: 4 },
  fleet: {
    hardware: {
      joulesPerParameterAccess: 1e-10,
      joulesPerFlop: 1e-12,
      parametersPerSecond: 5e12,
      flopsPerSecond: 2e13,
    },
    models: [
      { name: 'small', parameters: 8e9, layers: 32, attentionWidth: 4096 },
      { name: 'large', parameters: 70e9, layers: 80, attentionWidth: 8192 },
    ],
    scaling: { steepness: 12 },
  },
  tasks: [
    { ...task, name: 'easy', weight: 5, difficulty: 2.19, deadlineSeconds: 120 },
    { ...task, name: 'middling', weight: 4, difficulty: 1.95, deadlineSeconds: 3600 },
    { ...task, name: 'hard', weight: 1, difficulty: 1.6, deadlineSeconds: 3600 },
  ],
  harvest: { mean: 'critical', variance: 'matched' },
} as const;

/** Two kinds of task whose energies are given, beside a battery that begins with a charge: what sweeps vary. */
export const MAST = {
  schemaVersion: 1,
  name: 'mast',
  slotSeconds: 10,
  arrivals: { ratePerSlot: 2 },
  tasks: [{ energyJoules: 1000, weight: 3 }, { energyJoules: 5000 }],
  harvest: { mean: { timesDemand: 1.1 }, variance: 'matched' },
  battery: { initialJoules: 4000 },
};

import { resolveScenario } from '../../src/fleet/resolve.js';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { demandLaw, demandMoments, meanExcessJoules, routeProbabilities } from '../../src/fleet/demand.js';
import { buildTaskTable } from '../../src/fleet/task-table.js';
import type { ModelProfile } from '../../src/fleet/task-table.js';
import { drift, incrementCumulant, volatility } from '../../src/fleet/walk-law.js';
import { parseScenario } from '../../src/scenario/parse.js';
import { loadPreset, presetDocument } from '../../src/scenario/presets.js';
import type { FleetScenario } from '../../src/scenario/scenario.js';

const reference = loadPreset('reference') as FleetScenario;
const table = buildTaskTable(reference);
const relative = (value: number, golden: number): number => Math.abs(value / golden - 1);

/** The reference with some top-level parts replaced. */
const variant = (parts: object) => parseScenario({ ...(presetDocument('reference') as object), ...parts });

describe('the reference task table', () => {
  it.each([
    // Tokens, kJ and seconds, small then large, as docs/model.md section 9 prints them.
    ['d4', '6617', '5.411', '16.5', '2546', '18.190', '53.9'],
    ['d7', '28466', '23.441', '78.9', '4596', '32.843', '97.9'],
    ['d8', '49954', '41.417', '152.6', '6533', '46.703', '140.0'],
    ['d10', '160432', '137.660', '722.4', '16392', '117.390', '361.8'],
  ])('prints %s as the model page does', (name, ...printed) => {
    const row = table.tasks.find((task) => task.name === name);
    const seen = row?.models.flatMap((m) => [
      m.tokens.toFixed(0),
      (m.energyJoules / 1e3).toFixed(3),
      m.latencySeconds.toFixed(1),
    ]);
    expect(seen).toEqual(printed);
  });

  it.each([
    // p, k*, joules, seconds: computed independently with mpmath, 50 digits, from eqs. 40–45.
    ['d1', 0, 0.7961066368067862, 2916.2396462192596, 2381.8809428188806, 7.110444726124449],
    ['d3', 1, 0.9296694896667237, 2335.8906588740974, 16685.41109753136, 49.411293494871266],
    ['d5', 0, 0.2615623496691004, 10186.465668688834, 8339.35711737669, 25.807574191183328],
    ['d6', 1, 0.6860298945351967, 3514.3188406841073, 25108.42448715643, 74.61009388796133],
    ['d9', 1, 0.2653437454199446, 10034.09122772174, 71775.37857034747, 217.31427600286898],
    ['d10', 0, 0.017329493681408837, 160431.80747703215, 137659.51281658772, 722.3942337113521],
  ])('agrees with mpmath to 12 digits: %s on model %d', (name, model, p, tokens, joules, seconds) => {
    const profile = table.tasks.find((task) => task.name === name)?.models[model] as ModelProfile;
    expect(relative(profile.successProbability, p)).toBeLessThan(1e-13);
    expect(relative(profile.tokens, tokens)).toBeLessThan(1e-12);
    expect(relative(profile.energyJoules, joules)).toBeLessThan(1e-12);
    expect(relative(profile.latencySeconds, seconds)).toBeLessThan(1e-12);
  });

  it('has one task that one model alone serves in time, two whose deadlines are past either, and the minimum chosen', () => {
    const feasible = table.tasks.map((task) => task.models.map((m) => m.feasible));
    expect(feasible).toEqual(table.tasks.map((task) => [true, task.name !== 'd6']));
    expect(table.tasks.map((task) => task.chosen)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
    for (const task of table.tasks) expect(task.energyJoules).toBe(task.models[task.chosen ?? NaN].energyJoules);
  });

  it('has mean demand 58.10 kJ and standard deviation 65.59 kJ a slot', () => {
    const { mean, variance } = demandMoments(demandLaw(reference, table));
    // docs/model.md section 9, and mpmath to 17 digits from the same energies.
    expect([(mean / 1e3).toFixed(2), (Math.sqrt(variance) / 1e3).toFixed(2)]).toEqual(['58.10', '65.59']);
    expect(relative(mean, 58103.35752976227)).toBeLessThan(1e-12);
    expect(relative(Math.sqrt(variance), 65591.452958417)).toBeLessThan(1e-12);
  });

  it('crosses in energy at ξ = 1.80436… and in latency at 1.85457…', () => {
    // mpmath, 60 bisections: 1.80436374924137 and 1.85457178281919 (docs/model.md section 9: near 1.804 and 1.855).
    const gap = (difficulty: number, key: 'energyJoules' | 'latencySeconds'): number => {
      const task = { ...reference.tasks[0], difficulty, deadlineSeconds: 1e6 };
      const [small, large] = buildTaskTable({ ...reference, tasks: [task] }).tasks[0].models;
      return small[key] - large[key];
    };
    for (const [key, crossing] of [
      ['energyJoules', 1.80436374924137],
      ['latencySeconds', 1.85457178281919],
    ] as const) {
      expect(gap(crossing - 1e-9, key)).toBeGreaterThan(0);
      expect(gap(crossing + 1e-9, key)).toBeLessThan(0);
    }
  });
});

describe('feasibility', () => {
  it('counts the dispatcher against the slack', () => {
    // d5's large model needs 61.48 s of 120 s; d6's small one 43.65 s of 60 s.
    const late = variant({ routing: { overheadSeconds: 10 } });
    expect(buildTaskTable(late).tasks[4].models.map((m) => m.feasible)).toEqual([true, true]);
    const later = variant({ routing: { overheadSeconds: 16 }, tasks: reference.tasks.slice(0, 6) });
    expect(buildTaskTable(later).tasks[5].models.map((m) => m.feasible)).toEqual([true, false]);
    expect(() => buildTaskTable(variant({ routing: { overheadSeconds: 17 } }))).toThrow(
      /"d6".*small 43\.65 s, large 74\.61 s/,
    );
  });

  it('names an infeasible task, its deadline and each model’s time', () => {
    const tasks = [reference.tasks[0], { ...reference.tasks[9], name: 'hard', deadlineSeconds: 300 }];
    let caught: unknown;
    try {
      buildTaskTable(variant({ tasks }));
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(InputError);
    const { message, field } = caught as InputError;
    expect(field).toBe('tasks[1].deadlineSeconds');
    expect(message).toMatch(/^tasks\[1\]\.deadlineSeconds: got 300 s for task "hard".*small 722\.4 s, large 361\.8 s/);
    expect(message).not.toContain('\n');
  });

  it('takes a model that cannot reach the tolerance as infeasible, not as an error', () => {
    const tasks = [{ ...reference.tasks[0], difficulty: 0.3, tolerance: 1e-6, deadlineSeconds: 1e300 }];
    expect(() => buildTaskTable(variant({ tasks }))).not.toThrow();
    const models = [{ name: 'tiny', parameters: 1e6, layers: 2, attentionWidth: 64 }, ...reference.fleet.models];
    const row = buildTaskTable(variant({ fleet: { ...reference.fleet, models } })).tasks[0];
    expect(row.models[0]).toMatchObject({ model: 'tiny', tokens: Infinity, energyJoules: Infinity, feasible: false });
    expect(row.chosen).toBe(1);
  });

  it('uses a model’s own hardware', () => {
    const [small, large] = reference.fleet.models;
    const models = [small, { ...large, hardware: { joulesPerFlop: 1e-13 } }];
    const row = buildTaskTable(variant({ fleet: { ...reference.fleet, models } })).tasks[0];
    const before = table.tasks[0].models[1];
    expect(row.models[1].latencySeconds).toBe(before.latencySeconds);
    expect(row.models[1].energyJoules).toBeLessThan(before.energyJoules);
  });
});

describe('routing error', () => {
  const twoModels = table.tasks[3];

  it('spreads η over the other feasible models and keeps the rest at the minimum', () => {
    expect([...routeProbabilities(twoModels, 0.1)]).toEqual([0.9, 0.1]);
    expect([...routeProbabilities(table.tasks[5], 0.1)]).toEqual([1, 0]);
    const third = { ...twoModels, models: [...twoModels.models, { ...twoModels.models[1], model: 'third' }] };
    expect([...routeProbabilities(third, 0.1)]).toEqual([0.9, 0.05, 0.05]);
  });

  it('shifts the drift by −λ η E[excess] and leaves the harvest as it was', () => {
    // E[excess] from mpmath's energies (large − small, signs by the minimum; d6 has no other model), over ten tasks.
    const excess =
      (15185.808930888432 -
        2381.8809428188806 +
        15765.924842941513 -
        2892.400299953502 +
        16685.41109753136 -
        3794.1281486957205 +
        18190.146303517377 -
        5411.118347025294 +
        20725.629617761417 -
        8339.35711737669 +
        32843.393291170345 -
        23441.088792890638 +
        46702.522295962066 -
        41416.85197996893 +
        74788.73912415092 -
        71775.37857034747 +
        137659.51281658772 -
        117389.91375039544) /
      10;
    expect(relative(meanExcessJoules(table), excess)).toBeLessThan(1e-11);
    const wrong = variant({ routing: { errorRate: 0.05 } });
    expect(resolveScenario(wrong).harvest).toEqual(resolveScenario(reference).harvest);
    expect(relative(drift(resolveScenario(wrong).walk), -2 * 0.05 * excess)).toBeLessThan(1e-9);
  });
});

describe('the walk’s law', () => {
  it('of the reference is critical, with twice the demand’s variance', () => {
    const law = resolveScenario(reference).walk;
    expect(Math.abs(drift(law))).toBeLessThan(1e-12 * volatility(law));
    expect(relative(volatility(law), Math.SQRT2 * 65591.452958417)).toBeLessThan(1e-12);
    expect([...law.demand.energiesJoules]).toEqual([...law.demand.energiesJoules].sort((a, b) => a - b));
    expect(law.demand.probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 15);
  });

  it('takes the harvest in each of its forms', () => {
    const tasks = [
      { energyJoules: 3, weight: 1 },
      { energyJoules: 1, weight: 2 },
      { energyJoules: 3, weight: 1 },
    ];
    const by = (harvest: object) => {
      return resolveScenario(parseScenario({ schemaVersion: 1, arrivals: { ratePerSlot: 4 }, tasks, harvest })).walk;
    };
    // By hand: E[e] = 2, E[e²] = 5, so the demand has mean 8 and variance 20.
    expect(by({ mean: 'critical', variance: 'matched' }).harvest).toEqual({ shape: 3.2, scaleJoules: 2.5 });
    expect(by({ mean: { timesDemand: 1.25 }, variance: 50 }).harvest).toEqual({ shape: 2, scaleJoules: 5 });
    expect(by({ mean: 6, variance: 12 }).harvest).toEqual({ shape: 3, scaleJoules: 2 });
    expect(by({ shape: 0.3, scaleJoules: 7 }).harvest).toEqual({ shape: 0.3, scaleJoules: 7 });
    const law = by({ mean: 6, variance: 12 });
    expect([...law.demand.energiesJoules]).toEqual([1, 3]);
    expect([...law.demand.probabilities]).toEqual([0.5, 0.5]);
    expect(drift(law)).toBeCloseTo(-2, 12);
    expect(incrementCumulant(law, 2)).toBeCloseTo(32, 12);
  });

  it('adds the dispatcher’s overhead to every task, and no critical harvest supplies it', () => {
    const scenario = parseScenario({
      schemaVersion: 1,
      arrivals: { ratePerSlot: 4 },
      tasks: [{ energyJoules: 3 }, { energyJoules: 1 }],
      routing: { overheadJoules: 0.5 },
    });
    const law = resolveScenario(scenario).walk;
    expect([...law.demand.energiesJoules]).toEqual([1.5, 3.5]);
    // Four tasks of 2 J on average; each takes half a joule more.
    expect(law.harvest.shape * law.harvest.scaleJoules).toBeCloseTo(8, 12);
    expect(drift(law)).toBeCloseTo(-2, 12);
  });

  it('refuses moments that no Gamma law in doubles has', () => {
    const document = { schemaVersion: 1, arrivals: { ratePerSlot: 1 }, tasks: [{ energyJoules: 1 }] };
    const scenario = parseScenario({ ...document, harvest: { mean: 1e200, variance: 1e-200 } });
    expect(() => resolveScenario(scenario).walk).toThrow(/^harvest: got mean 1e\+200 J/);
  });
});

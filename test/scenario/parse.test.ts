import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { likelyMeant, nearestOf } from '../../src/scenario/nearest.js';
import { parseScenario } from '../../src/scenario/parse.js';
import { loadPreset, presetDescription, presetDocument, presetNames } from '../../src/scenario/presets.js';
import { hardwareOf } from '../../src/scenario/scenario.js';

type Json = Record<string, unknown>;

/** A deep copy of the reference document with the value at `path` replaced (deleted where it is undefined). */
function edited(path: string, value: unknown, base: unknown = presetDocument('reference')): unknown {
  const document = structuredClone(base) as Json;
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  let at = document;
  for (const step of steps) at = at[step] as Json;
  if (value === undefined) Reflect.deleteProperty(at, last);
  else at[last] = value;
  return document;
}

function errorOf(document: unknown): InputError {
  try {
    parseScenario(document);
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return error as InputError;
  }
  throw new Error('expected an InputError, got a scenario');
}

const byEnergies = {
  schemaVersion: 1,
  arrivals: { ratePerSlot: 2 },
  tasks: [{ energyJoules: 5 }, { energyJoules: 7 }],
};

describe('a good scenario', () => {
  it.each(presetNames())(
    'preset %s parses, has its own name, a description, and survives being written out',
    (name) => {
      const scenario = loadPreset(name);
      expect(scenario.name).toBe(name);
      expect(presetDescription(name)).toMatch(/^\S.{10,100}$/);
      expect(parseScenario(JSON.parse(JSON.stringify(scenario)))).toEqual(scenario);
    },
  );

  it('the bundled reference is the specification’s', () => {
    const url = new URL('specified-reference.json', import.meta.url);
    expect(presetDocument('reference')).toEqual(JSON.parse(readFileSync(url, 'utf8')));
  });

  it('gets its defaults', () => {
    expect(parseScenario(byEnergies)).toEqual({
      schemaVersion: 1,
      name: 'unnamed',
      slotSeconds: 1,
      arrivals: { ratePerSlot: 2 },
      tasks: [
        { name: 'task1', weight: 1, energyJoules: 5 },
        { name: 'task2', weight: 1, energyJoules: 7 },
      ],
      routing: { errorRate: 0, overheadJoules: 0, overheadSeconds: 0 },
      accounting: 'lumped',
      harvest: { mean: 'critical', variance: 'matched' },
      battery: { initialJoules: 0 },
    });
    const { fleet } = loadPreset('reference');
    expect(fleet?.scaling).toEqual({ steepness: 12, E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 });
  });

  it.each<unknown>([
    { mean: 2000, variance: 'matched' },
    { mean: { timesDemand: 1.05 }, variance: 1e6 },
    { shape: 0.3, scaleJoules: 40 },
  ])('takes the harvest %j', (harvest) => {
    expect(parseScenario(edited('harvest', harvest)).harvest).toEqual(harvest);
  });

  it('lays a model’s own hardware over the fleet’s', () => {
    const { fleet } = parseScenario(edited('fleet.models.1.hardware', { joulesPerFlop: 3e-12 }));
    if (fleet === undefined) throw new Error('a fleet was given');
    expect(hardwareOf(fleet, fleet.models[1])).toEqual({ ...fleet.hardware, joulesPerFlop: 3e-12 });
    expect(hardwareOf(fleet, fleet.models[0])).toEqual(fleet.hardware);
  });
});

describe('a bad scenario', () => {
  it.each<[string, unknown, string]>([
    ['tasks.2.weight', -1, 'tasks[2].weight: got -1, expected a number > 0'],
    ['tasks.2.weight', '1', 'tasks[2].weight: got "1", expected a number > 0'],
    ['tasks.0.difficulty', NaN, 'tasks[0].difficulty: got NaN, expected a finite number'],
    ['tasks.0.skills', 2.5, 'tasks[0].skills: got 2.5, expected a whole number from 1 to 1000000'],
    ['tasks.0.tolerance', 1, 'tasks[0].tolerance: got 1, expected a number between 0 and 1, both excluded'],
    ['tasks.0.deadlineSeconds', undefined, 'tasks[0].deadlineSeconds: missing, expected a number > 0 (seconds)'],
    [
      'tasks.0',
      7,
      'tasks[0]: got 7, expected an object with name, weight, difficulty, skills, tokensPerSkill, tolerance, deadlineSeconds',
    ],
    ['tasks', [], 'tasks: got an empty list, expected a list of at least one task'],
    ['tasks', undefined, 'tasks: missing, expected a list of at least one task'],
    ['tasks', {}, 'tasks: got an object, expected a list of at least one task'],
    ['arrivals.ratePerSlot', -2, 'arrivals.ratePerSlot: got -2, expected a number > 0 (tasks a slot)'],
    ['arrivals.ratePerSlot', Infinity, 'arrivals.ratePerSlot: got Infinity, expected a number > 0 (tasks a slot)'],
    ['arrivals', undefined, 'arrivals: missing, expected an object with ratePerSlot, dispersion, profile'],
    ['schemaVersion', 2, 'schemaVersion: got 2, expected 1, the version of the format that this release reads'],
    ['schemaVersion', '1', 'schemaVersion: got "1", expected 1, the version of the format that this release reads'],
    ['slotSeconds', undefined, 'slotSeconds: missing, expected a number > 0 (seconds)'],
    ['fleet', undefined, 'fleet: missing, expected an object with hardware, models, scaling'],
    ['fleet.models', [], 'fleet.models: got an empty list, expected a list of at least one model'],
    [
      'fleet.hardware',
      undefined,
      "fleet.hardware.joulesPerParameterAccess: missing, expected a number > 0 in fleet.hardware or in the model's own hardware",
    ],
    [
      'fleet.models.1.name',
      'small',
      'fleet.models[1].name: got "small" a second time, expected each model to have a name of its own',
    ],
    ['fleet.scaling.steepness', 0, 'fleet.scaling.steepness: got 0, expected a number > 0'],
    ['routing.errorRate', 1.5, 'routing.errorRate: got 1.5, expected a number from 0 to 1'],
    ['accounting', 'lumpy', 'accounting: got "lumpy", expected "lumped" or "distributed"'],
    [
      'harvest',
      'critical',
      'harvest: got "critical", expected an object with mean, variance, sizedFor, profile, weather, correlation',
    ],
    [
      'harvest.mean',
      'critcal',
      'harvest.mean: got "critcal", expected "critical", a number > 0 (joules a slot) or {"timesDemand": a number > 0}',
    ],
    [
      'harvest.mean',
      null,
      'harvest.mean: got null, expected "critical", a number > 0 (joules a slot) or {"timesDemand": a number > 0}',
    ],
    ['harvest.mean', { timesDemand: 0 }, 'harvest.mean.timesDemand: got 0, expected a number > 0'],
    ['harvest.variance', -1, 'harvest.variance: got -1, expected "matched" or a number > 0 (joules²)'],
    ['harvest', { shape: 2 }, 'harvest.scaleJoules: missing, expected a number > 0 (joules)'],
    ['battery.initialJoules', -0.5, 'battery.initialJoules: got -0.5, expected a number ≥ 0 (joules)'],
    ['name', '', 'name: got "", expected a non-empty string'],
    // Unknown keys, each with the nearest known one, ahead of what they leave missing.
    ['tasks.2.wieght', 1, 'tasks[2].wieght: unknown key; the nearest known key is "weight"'],
    ['arrivals', { ratePerSlott: 2 }, 'arrivals.ratePerSlott: unknown key; the nearest known key is "ratePerSlot"'],
    [
      'harvest.mean',
      { timesdemand: 2 },
      'harvest.mean.timesdemand: unknown key; the nearest known key is "timesDemand"',
    ],
    ['harvest', { shpae: 2, scaleJoules: 4 }, 'harvest.shpae: unknown key; the nearest known key is "shape"'],
    [
      'harvest.shape',
      2,
      'harvest: got an object, expected either mean and variance or shape and scaleJoules, not some of each',
    ],
    [
      'fleet.models.0.hardware',
      { flopPerSecond: 1 },
      'fleet.models[0].hardware.flopPerSecond: unknown key; the nearest known key is "flopsPerSecond"',
    ],
    ['seeds', 1, 'seeds: unknown key; the nearest known key is "fleet"'],
  ])('%s = %j', (path, value, line) => {
    const error = errorOf(edited(path, value));
    expect(error.message.split('\n')[0]).toBe(line);
    expect(line.startsWith(`${error.field ?? ''}:`)).toBe(true);
  });

  it.each<[Json, string]>([
    [
      { routing: { errorRate: 0.1 } },
      'routing.errorRate: got 0.1, expected 0, because tasks that give energyJoules have no other model to go to',
    ],
    [
      { routing: { overheadSeconds: 1 } },
      'routing.overheadSeconds: got 1, expected 0, because tasks that give energyJoules have no deadline',
    ],
    [
      { accounting: 'distributed' },
      'accounting: got "distributed", expected "lumped", because tasks that give energyJoules have no service time',
    ],
    [{ fleet: {} }, 'fleet: got an object, expected no fleet where tasks give energyJoules: leave it out'],
    [{ tasks: [{ energyJoules: NaN }] }, 'tasks[0].energyJoules: got NaN, expected a number > 0 (joules)'],
    [
      { tasks: [{ energyJoules: 1 }, { weight: 2 }] },
      'tasks[1]: got a task with no energyJoules, expected energyJoules as in tasks[0]: either every task gives its energy or none does',
    ],
    [
      { tasks: [{ energyJoules: 1, difficulty: 2 }] },
      'tasks[0].difficulty: unknown key; the nearest known key is "weight"',
    ],
  ])('given energies, %j', (parts, line) => {
    expect(errorOf({ ...byEnergies, ...parts }).message.split('\n')[0]).toBe(line);
  });

  it.each([null, 3, 'reference', [], undefined])('which is %j at the top', (document) => {
    expect(errorOf(document).message).toMatch(/^got .*, expected a scenario: a JSON object/);
  });

  it('lists several problems, the first on the first line, and counts those past eight', () => {
    const tasks = Array.from({ length: 12 }, () => ({ energyJoules: -1 }));
    const lines = errorOf({ ...byEnergies, tasks }).message.split('\n');
    expect(lines).toHaveLength(9);
    expect(lines[0]).toBe('tasks[0].energyJoules: got -1, expected a number > 0 (joules)');
    expect(lines[8].trim()).toBe('and 4 more');
  });

  it('is never changed by being read', () => {
    const document = edited('tasks.2.weight', -1);
    const before = structuredClone(document);
    errorOf(document);
    expect(document).toEqual(before);
  });
});

describe('names', () => {
  it('suggest the nearest, and only what could be meant', () => {
    expect(nearestOf('WEIGTH', ['weight', 'name'])).toBe('weight');
    expect(nearestOf('x', [])).toBeUndefined();
    expect(likelyMeant('referense', presetNames())).toBe('reference');
    expect(likelyMeant('zzzzzzzz', presetNames())).toBeUndefined();
  });

  it('of presets are checked', () => {
    expect(() => loadPreset('refrence')).toThrow(
      /^preset: got "refrence" \(did you mean "reference"\?\), expected one of reference, /,
    );
    expect(() => loadPreset('toString')).toThrow(InputError);
  });
});

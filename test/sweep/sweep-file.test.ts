/** Sweep files: what is refused, by its field; what the axes come to. */
import { describe, expect, test } from 'vitest';
import { sha256HexOfParts as inBrowsers } from '../../src/host/browser-sha256.js';
import { sha256HexOfParts as inNode } from '../../src/host/node-sha256.js';
import { InputError } from '../../src/errors.js';
import { canonicalJson, sha256Text } from '../../src/hash.js';
import { valueAt, withValue } from '../../src/scenario/document-path.js';
import { cutShards } from '../../src/sweep/shards.js';
import { axisValues, parseSweepFile } from '../../src/sweep/sweep-file.js';
import { DOCUMENT, sweepOf } from './sweeps.js';

const RANGE = { from: 0.9, to: 1.1, count: 5 };

describe('refusals', () => {
  test.each<[string, Record<string, unknown>, string | undefined, RegExp]>([
    ['no object', [] as never, '', /got an empty list, expected an object with schemaVersion/],
    ['another version', { schemaVersion: 2 }, 'schemaVersion', /got 2, expected 1/],
    ['an unknown key', { axis: {} }, '', /"axis" is an unknown key; the nearest known key is "axes"/],
    ['no trials', { trials: undefined }, 'trials', /missing, expected a whole number from 1/],
    ['half a trial', { trials: 0.5 }, 'trials', /got 0\.5/],
    ['descending horizons', { horizons: [64, 16] }, 'horizons', /ascending/],
    ['no horizon', { horizons: [] }, 'horizons', /expected 1 to 1024 whole numbers/],
    ['a seed that is no text', { seed: 5 }, 'seed', /got 5, expected a non-empty string/],
    ['seeds of no kind', { seeds: 'own' }, 'seeds', /"shared" or "apart"/],
    ['an empty axis', { axes: { 'harvest.mean': [] } }, 'axes["harvest.mean"]', /got an empty list, expected a list/],
    ['an axis that is a number', { axes: { 'harvest.mean': 5 } }, 'axes["harvest.mean"]', /got 5, expected a list/],
    ['a range without end', { axes: { a: { from: 1, count: 2 } } }, 'axes["a"].to', /missing, expected a number/],
    ['a range of no values', { axes: { a: { ...RANGE, count: 0 } } }, 'axes["a"].count', /got 0, expected a whole/],
    ['a range with a slip', { axes: { a: { ...RANGE, step: 1 } } }, 'axes["a"]', /"step" is an unknown key/],
    ['a logarithm of zero', { axes: { a: { ...RANGE, from: 0, scale: 'log' } } }, 'axes["a"]', /expected both above 0/],
    ['a name that is no path', { axes: { 'a..b': [1] } }, 'axes["a..b"]', /expected a path within a scenario/],
    ['a name that begins with an index', { axes: { '[0].b': [1] } }, 'axes["[0].b"]', /expected a path/],
    [
      'a zip of an unknown axis',
      { zip: [['arrivals.ratePerSlot', 'b']] },
      'zip[0]',
      /got "b", expected the name of an axis/,
    ],
    ['a zip of one', { zip: [['arrivals.ratePerSlot']] }, 'zip', /a list of lists of axes/],
    [
      'a zip of unequal axes',
      { zip: [['harvest.mean.timesDemand', 'arrivals.ratePerSlot']] },
      'zip[0]',
      /got axes of 2 and 3 values, expected equally many/,
    ],
    [
      'an axis in two zips',
      {
        axes: { a: [1], b: [1], c: [1] },
        zip: [
          ['a', 'b'],
          ['c', 'b'],
        ],
      },
      'zip[1]',
      /"b" a second time/,
    ],
    ['half a character in the seed', { seed: 'a\ud800' }, 'seed', /got "a\\ud800", expected .*Unicode/],
    [
      'an axis that is a part of another',
      { axes: { 'harvest.mean.timesDemand': [1], 'harvest.mean': ['critical', 5000] } },
      'axes["harvest.mean.timesDemand"]',
      /got "harvest\.mean" and "harvest\.mean\.timesDemand", of which one is a part of the other/,
    ],
    [
      'an axis written in two ways',
      { axes: { 'tasks[0].weight': [1], 'tasks[00].weight': [2] } },
      'axes["tasks[00].weight"]',
      /got "tasks\[0\]\.weight" and "tasks\[00\]\.weight"/,
    ],
    [
      'an axis of the name that every object has',
      { axes: JSON.parse('{"__proto__": [1]}') as object },
      'axes["__proto__"]',
      /axes: got the name "__proto__", expected another/,
    ],
    [
      'an axis within such a name',
      { axes: { 'battery.__proto__.x': [1] } },
      'axes["battery.__proto__.x"]',
      /another than/,
    ],
    ['a certain risk', { risks: [1] }, 'risks', /between 0 and 1/],
    ['an exact law of no kind', { exact: 'yes' }, 'exact', /"auto", "none", "moments", "law"/],
  ])('%s', (_, changes, field, message) => {
    const document = Array.isArray(changes) ? changes : { ...DOCUMENT, ...changes };
    const attempt = (): unknown => parseSweepFile(document);
    expect(attempt).toThrow(InputError);
    expect(attempt).toThrow(message);
    try {
      attempt();
    } catch (error) {
      expect((error as InputError).field).toBe(field);
    }
  });

  test('every point is checked before any is run, and the message names the point and its values', () => {
    const wrong =
      (changes: Record<string, unknown>): (() => unknown) =>
      () =>
        sweepOf(changes);
    expect(wrong({ axes: { 'arrivals.ratePerSlot': [1, 2, -3] } })).toThrow(
      /point 2 \(arrivals\.ratePerSlot = -3\): arrivals\.ratePerSlot: got -3, expected a number > 0/,
    );
    expect(wrong({ axes: { 'harvest.men': [1] } })).toThrow(/point 0 .*harvest\.men: unknown key.*"mean"/);
    expect(wrong({ axes: { 'tasks[9].weight': [1] } })).toThrow(/got index 9 into a list of 3/);
    expect(wrong({ base: 'surplos' })).toThrow(/did you mean "surplus"/);
    expect(wrong({ base: { name: 'x' } })).toThrow(/base\.schemaVersion: missing/);
    // What 32-bit integers cannot hold is refused as well, without a law being made.
    expect(wrong({ horizons: [1e9], axes: { 'harvest.mean.timesDemand': [1, 40] } })).toThrow(
      /point 1 .*slots: got 1000000000.*32-bit/,
    );
    expect(wrong({ risks: [1e-3] })).toThrow(/risks\[0\]: got 0\.001 with 3000 trials, expected at least 10000/);
    expect(wrong({ axes: { a: { from: 0, to: 1, count: 2000 }, b: { from: 0, to: 1, count: 2000 } } })).toThrow(
      /got 4000000 points, expected at most 100000 in one sweep: take fewer values, or several sweeps/,
    );
  });
});

describe('points', () => {
  const plan = sweepOf({ axes: { 'harvest.mean.timesDemand': [1, 1.1, 1.2] } });

  test('hold equal parts of their scenarios together, so that a hundred thousand fit', () => {
    const [{ scenario: first }, ...others] = plan.points;
    for (const { scenario } of others) {
      expect(scenario.tasks).toBe(first.tasks);
      expect(scenario.arrivals).toBe(first.arrivals);
      expect(scenario.harvest).not.toEqual(first.harvest);
    }
  });

  test('are hashed one by one, to the hash of the whole document, in Node and in browsers', () => {
    const { trials, horizons, risks, exact } = plan.file;
    const points = plan.points.map(({ values, scenario, seed }) => ({ values, scenario, seed }));
    const whole = canonicalJson({ trials, horizons, risks, exact, axes: Object.keys(plan.file.axes), points });
    expect(plan.sha256).toBe(sha256Text(whole));
    const parts = [whole.slice(0, 7), '', 'µ', whole.slice(7)];
    for (const ofParts of [inNode, inBrowsers]) expect(ofParts(parts)).toBe(sha256Text(parts.join('')));
  });
});

describe('axes', () => {
  test('ranges hold both ends and equal steps, of sums or of ratios, as a person would write them', () => {
    expect(axisValues({ ...RANGE, scale: 'linear' })).toEqual([0.9, 0.95, 1, 1.05, 1.1]);
    expect(axisValues({ from: 1, to: 1000, count: 4, scale: 'log' })).toEqual([1, 10, 100, 1000]);
    expect(axisValues({ from: 7, to: 9, count: 1, scale: 'linear' })).toEqual([7]);
    expect(axisValues([3, 'critical'])).toEqual([3, 'critical']);
  });

  test('axes multiply, the last fastest', () => {
    const { points, axes } = sweepOf();
    expect(axes).toEqual(['harvest.mean.timesDemand', 'arrivals.ratePerSlot']);
    expect(points.map(({ index, values }) => [index, ...axes.map((axis) => values[axis])])).toEqual([
      [0, 0.98, 1],
      [1, 0.98, 2],
      [2, 0.98, 3],
      [3, 1.05, 1],
      [4, 1.05, 2],
      [5, 1.05, 3],
    ]);
    expect(points[4].scenario.arrivals.ratePerSlot).toBe(2);
    expect(points[4].scenario.harvest).toMatchObject({ mean: { timesDemand: 1.05 } });
  });

  test('zipped axes walk together, in the place of the first', () => {
    const { points, axes } = sweepOf({
      axes: { 'tasks[0].weight': [1, 2], 'arrivals.ratePerSlot': [5, 6], 'tasks[1].weight': [3, 4] },
      zip: [['tasks[1].weight', 'tasks[0].weight']],
    });
    expect(points.map(({ values }) => axes.map((axis) => values[axis]))).toEqual([
      [1, 5, 3],
      [1, 6, 3],
      [2, 5, 4],
      [2, 6, 4],
    ]);
    expect(points[3].scenario.tasks.map(({ weight }) => weight).slice(0, 2)).toEqual([2, 4]);
  });

  test('one seed for all points, or one for each that depends on its values alone', () => {
    expect(new Set(sweepOf().points.map(({ seed }) => seed))).toEqual(new Set(['s']));
    const apart = sweepOf({ seeds: 'apart' }).points;
    expect(new Set(apart.map(({ seed }) => seed)).size).toBe(6);
    const fewer = sweepOf({ seeds: 'apart', axes: { ...DOCUMENT.axes, 'arrivals.ratePerSlot': [2] } }).points;
    expect(fewer[1].seed).toBe(apart[4].seed);
  });

  test('a value that comes twice makes runs of their own, which keep their results in a longer sweep', () => {
    const rates = (...own: number[]) => ({ axes: { 'arrivals.ratePerSlot': own }, seeds: 'apart', risks: [] });
    const hashes = (...own: number[]): string[] => cutShards(sweepOf(rates(...own))).map(({ hash }) => hash);
    const seeds = sweepOf(rates(2, 3, 2, 2)).points.map(({ seed }) => seed);
    expect(seeds[0]).toBe(sweepOf(rates(2)).points[0].seed);
    expect(new Set(seeds).size).toBe(4);
    const few = hashes(2, 3, 2);
    expect(new Set(few).size).toBe(3);
    // Wherever more are put, nothing that is finished is run again.
    for (const more of [hashes(2, 3, 2, 2, 5), hashes(2, 2, 3, 2), hashes(1, 2, 2, 2, 3)]) {
      expect(new Set(more).size).toBe(more.length);
      for (const hash of few) expect(more).toContain(hash);
    }
    // With one seed for all, such points are one run twice.
    const shared = cutShards(sweepOf({ ...rates(2, 2), seeds: 'shared' }));
    expect(shared[1].hash).toBe(shared[0].hash);
  });

  test('a value replaces what is no object on its way, and the document stays as it was', () => {
    const document = { harvest: { mean: 'critical' }, tasks: [{ weight: 1 }, { weight: 2 }] };
    const before = structuredClone(document);
    expect(withValue(document, 'harvest.mean.timesDemand', 2)).toEqual({
      ...document,
      harvest: { mean: { timesDemand: 2 } },
    });
    expect(withValue(document, 'tasks[1].weight', 5)).toEqual({ ...document, tasks: [{ weight: 1 }, { weight: 5 }] });
    expect(withValue(document, 'fleet', null)).toEqual({ ...document, fleet: null });
    // Names that every object has from its making are no values of a document.
    expect(valueAt(document, 'constructor.name')).toBeUndefined();
    expect(withValue(document, 'constructor.x', 1)).toEqual({ ...document, constructor: { x: 1 } });
    expect(() => withValue(document, '__proto__.polluted', 1, '--set')).toThrow(
      /--set: got the name "__proto__\.polluted"/,
    );
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect(document).toEqual(before);
  });
});

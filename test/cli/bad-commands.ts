/** Command lines, sweep files and folders to merge that no command can use. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { put, QUICK } from './bad-input.js';
import type { BadInput, Json } from './bad-input.js';

/** Options: missing, unknown, contradictory, out of range. */
function wrongOptions(): BadInput[] {
  const cases: [string[], RegExp][] = [
    [['run', '--trial', '5'], /unknown option '--trial'.*--trials/],
    [['rnu'], /unknown command 'rnu'.*run/],
    [['run', '--trials'], /--trials.*argument missing/],
    [['run', '--trials', '0'], /--trials: got "0"/],
    [['run', '--trials', '-5'], /--trials/],
    [['run', '--trials', '1.5'], /--trials: got "1\.5"/],
    [['run', '--trials', 'many'], /--trials: got "many"/],
    [['run', '--trials', 'NaN'], /--trials: got "NaN"/],
    [['run', '--trials', '1e400'], /--trials: got "1e400"/],
    [['run', '--trials', '1e13'], /trials.*at most 1099511627776/],
    [['run', '--slots', '0'], /--slots: got "0"/],
    [['run', '--slots', '1e15', '--trials', '1'], /slots.*32-bit/],
    [['run', '--slots', '5 parsecs'], /--slots: got "5 parsecs"/],
    [['run', '--horizons', '64,16'], /--horizons: got 16 after 64/],
    [['run', '--horizons', '16,16'], /--horizons: got 16 twice/],
    [['run', '--horizons', ''], /--horizons/],
    [['run', '--horizons', '16,,64'], /--horizons/],
    [['run', '--horizons', '16', '--slots', '64'], /--horizons: got 16 .* --slots 64/],
    [['run', '--backend', 'cuda'], /--backend: got "cuda"/],
    [['run', '--adapter', 'soft'], /--adapter: got "soft".*software/],
    [['run', '--seed', ''], /--seed: got an empty text/],
    [['run', '--out', ''], /--out: got an empty text/],
    [['run', '--out', '/dev/null/x', ...QUICK], /--out: cannot write/],
    [['run', '--until', 'soon'], /--until: got "soon"/],
    [['run', '--kernel', 'lumpd'], /--kernel: got "lumpd".*lumped/],
    [['run', '--set', 'harvest'], /--set: got "harvest", expected PATH=VALUE/],
    [['run', '--set', 'a..b=1'], /--set: got the name "a\.\.b"/],
    [['run', '--set', '__proto__.x=1'], /--set: got the name "__proto__\.x"/],
    [['run', '--set', 'tasks[99].weight=1'], /--set: got index 99 into a list of 10/],
    [['run', '--set', 'harvest={"mean":1,"mean":2}'], /--set: mean: got this key a second time/],
    [['run', '--set', 'routing.errorRate=5'], /routing\.errorRate: got 5/],
    [['run', '--set', `name=${'x'.repeat(1e5)}`, '--set', 'nam=1'], /nam: unknown key/],
    [['run', '--csv', '--json'], /--csv|--json/],
    [['validate', '--trials', '1e13'], /trials/],
    [['reserve', '--risk', '2'], /risk/],
    [['reserve', '--risk', '0'], /risk/],
    [['reserve', '--risk', '1e-9', '--trials', '100', '--backend', 'cpu', '--quiet'], /risk/],
    [['exact', '--at', 'here'], /--at: got "here"/],
    [['exact', '--at', '-5'], /--at/],
    [['tail', '--at', '1,x'], /--at/],
    [['figure'], /missing required argument/],
    [['figure', '5'], /figure: got "5"/],
    [['preset', 'refrence'], /did you mean "reference"/],
    [['compare', 'reference', '--policy', 'myopic,myopc'], /myopc/],
    [['compare', '--seconds', '1'], /--seconds: got it without --break-even/],
    [['compare', 'reference', 'solar-site', ...QUICK], /slotSeconds: got 10 .* and 300/],
    [['design', '--vary', 'battery.capacity'], /--risk: missing/],
    [['sweep'], /FILE: missing/],
    [['merge'], /missing required argument/],
    [['worker'], /--queue/],
    [['worker', '--quiet', '--queue', 'redis:/bw:secret@x'], /--queue: got "redis:\/+…@x/],
    [['worker', '--quiet', '--queue', 'http://h'], /--queue: got "http:\/\/h/],
    [['worker', '--quiet', '--queue', 'redis://u:%zz@h'], /--queue: got a % with no two/],
    [['worker', '--quiet', '--queue', 'redis://h/x'], /database "x"/],
    [['worker', '--quiet', '--queue', 'rediss://h?ca=/nowhere.pem'], /\?ca= names \/nowhere\.pem: is not there/],
    [['worker', '--quiet', '--queue', 'rediss://h?ca=/dev/zero'], /\?ca= names \/dev\/zero: is a device/],
    [['worker', '--quiet', '--queue', 'redis://h?db=1'], /\?db=/],
    [
      ['worker', '--quiet', '--queue', 'redis://h', '--queue-key', '/dev/zero'],
      /--queue-key: \/dev\/zero: is a device/,
    ],
  ];
  return cases.map(([args, says]) => ({ name: args.join(' ').slice(0, 60), args: () => args, says, status: 2 }));
}

/** Sweep files, and folders to merge. */
function wrongSweeps(): BadInput[] {
  const whole: Json = {
    schemaVersion: 1,
    base: 'surplus',
    trials: 100,
    horizons: [16],
    axes: { 'harvest.mean.timesDemand': [1, 1.1] },
  };
  const cases: [string, Json | string, RegExp][] = [
    [
      'an axis within another',
      { ...whole, axes: { 'harvest.mean': ['critical'], 'harvest.mean.timesDemand': [1] } },
      /"harvest\.mean" and "harvest\.mean\.timesDemand"/,
    ],
    [
      'an axis in two ways',
      { ...whole, axes: { 'tasks[0].weight': [1], 'tasks[00].weight': [1] } },
      /one is a part of the other/,
    ],
    [
      'an axis __proto__',
      '{"schemaVersion":1,"base":"surplus","trials":9,"horizons":[1],"axes":{"__proto__":[1]}}',
      /__proto__/,
    ],
    [
      'an axis twice',
      '{"schemaVersion":1,"base":"surplus","trials":9,"horizons":[1],"axes":{"name":["a"],"name":["b"]}}',
      /axes\.name: got this key a second/,
    ],
    ['an axis of no values', { ...whole, axes: { 'battery.initialJoules': [] } }, /got an empty list/],
    ['an axis with a slip', { ...whole, axes: { 'harvest.maen': [1] } }, /maen/],
    ['a range without an end', { ...whole, axes: { 'battery.initialJoules': { from: 1, count: 3 } } }, /\.to: missing/],
    [
      'a range of a million millions',
      { ...whole, axes: { 'battery.initialJoules': { from: 1, to: 2, count: 1e12 } } },
      /count: got 1000000000000/,
    ],
    [
      'four million points',
      { ...whole, axes: { a: { from: 0, to: 1, count: 2000 }, b: { from: 0, to: 1, count: 2000 } } },
      /got 4000000 points/,
    ],
    [
      'a hundred million shards',
      { ...whole, trials: 1e8, shardPathSlots: 16 },
      /shardPathSlots: got 16, which makes \d+ shards/,
    ],
    ['no trials', { ...whole, trials: undefined }, /trials: missing/],
    ['horizons backwards', { ...whole, horizons: [64, 16] }, /horizons/],
    ['an unknown key', { ...whole, axis: {} }, /"axis" is an unknown key; .*"axes"/],
    ['an unknown base', { ...whole, base: 'surplos' }, /surplos/],
    ['a base that is a device', { ...whole, base: '/dev/zero' }, /is a device/],
    ['a risk above 1', { ...whole, risks: [2] }, /risks/],
    ['a zip of one axis', { ...whole, zip: [['harvest.mean.timesDemand']] }, /zip/],
    [
      'a value out of range',
      { ...whole, axes: { 'arrivals.ratePerSlot': [1, -1] } },
      /point 1 .*arrivals\.ratePerSlot: got -1/,
    ],
    ['a list', '[]', /expected an object with schemaVersion/],
    ['no JSON', 'base: surplus', /expected JSON/],
  ];
  const ofFile = ([name, document, says]: (typeof cases)[number]): BadInput => ({
    ...{ name: `a sweep: ${name}`, says, status: 2 },
    args: (folder) => [
      'sweep',
      put(folder, 'given.json', typeof document === 'string' ? document : JSON.stringify(document)),
      ...['--out', join(folder, 'out'), '--backend', 'cpu', '--quiet'],
    ],
  });
  const merged = (name: string, make: (folder: string) => string, says: RegExp): BadInput => ({
    ...{ name: `a merge: ${name}`, says, status: 2 },
    args: (folder) => ['merge', make(folder)],
  });
  const holding = (folder: string, contents: string): string => {
    const own = join(folder, `merge${Math.random()}`);
    mkdirSync(own);
    writeFileSync(join(own, 'sweep.json'), contents);
    return own;
  };
  return [
    ...cases.map(ofFile),
    merged('of nothing', (folder) => join(folder, 'nowhere'), /without sweep\.json/),
    merged('of a file', (folder) => put(folder, 'plain', '{}'), /not a folder/),
    merged(
      'of an empty folder',
      (folder) => (mkdirSync(join(folder, 'empty'), { recursive: true }), join(folder, 'empty')),
      /without sweep\.json/,
    ),
    merged(
      'of half a sweep.json',
      (folder) => holding(folder, '{"schemaVersion":'),
      /sweep\.json: got the end of the text/,
    ),
    merged(
      'of another sweep.json',
      (folder) => holding(folder, '{"schemaVersion":2}'),
      /sweep\.json: .*schemaVersion: got 2/,
    ),
  ];
}

export const badCommands = (): BadInput[] => [...wrongOptions(), ...wrongSweeps()];

/**
 * Bad inputs by kind: what a user may type or have in a file that no command can use. Each case makes its own files in
 * a folder and says which words the one line on stderr must have. Not valid inputs whose results are wrong.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { presetDocument } from '../../src/scenario/presets.js';

export interface BadInput {
  readonly name: string;
  /** Arguments; files are made when it is called. */
  readonly args: (folder: string) => string[];
  readonly says: RegExp;
  readonly status: 1 | 2 | 3;
}

type Json = Record<string, unknown>;
const QUICK = ['--quiet', '--backend', 'cpu', '--trials', '16', '--slots', '16'];

/** A file in a folder of its own. */
function put(folder: string, name: string, contents: string | Uint8Array): string {
  const own = join(folder, 'case');
  mkdirSync(own, { recursive: true });
  const path = join(own, name);
  writeFileSync(path, contents);
  return path;
}

const SITE: Json = {
  schemaVersion: 1,
  slotSeconds: 10,
  arrivals: { ratePerSlot: 2, profile: { values: [1, 2], slotsPerValue: 4 } },
  tasks: [{ energyJoules: 2400 }, { energyJoules: 9000, weight: 2 }],
  harvest: {
    mean: { timesDemand: 1.2 },
    variance: 'matched',
    weather: {
      slotsPerStep: 2,
      states: [
        { name: 'a', factor: 1 },
        { name: 'b', factor: 0.5 },
      ],
      transitions: [
        [0.9, 0.1],
        [0.2, 0.8],
      ],
    },
  },
  battery: { initialJoules: 20000, capacityJoules: 40000, chargeEfficiency: 0.95 },
};
const reference = (): Json => structuredClone(presetDocument('reference')) as Json;

/** A copy with a value at a path of keys; undefined takes the key away. */
function edited(document: Json, path: readonly (string | number)[], value: unknown): Json {
  const copy = structuredClone(document);
  let at = copy as Record<string | number, unknown>;
  for (const step of path.slice(0, -1)) at = at[step] as Record<string | number, unknown>;
  const last = path[path.length - 1];
  if (value === undefined) Reflect.deleteProperty(at, last);
  else at[last] = value;
  return copy;
}

const ofScenario = (name: string, text: (() => string) | string, says: RegExp): BadInput => ({
  name,
  says,
  status: 2,
  args: (folder) => ['run', put(folder, 'scenario.json', typeof text === 'string' ? text : text()), ...QUICK],
});

const field = (path: readonly (string | number)[]): string =>
  path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`)).join('');
const quoted = (text: string): RegExp => new RegExp(text.replaceAll(/[[\].*+?()$^|{}\\/]/g, '\\$&'));

/** Numbers that a key cannot take, each in its place. */
function wrongNumbers(): BadInput[] {
  const paths: [document: () => Json, path: (string | number)[], least: string][] = [
    [() => SITE, ['slotSeconds'], '0'],
    [() => SITE, ['arrivals', 'ratePerSlot'], '-1'],
    [() => SITE, ['tasks', 1, 'energyJoules'], '0'],
    [() => SITE, ['tasks', 0, 'weight'], '-2'],
    [() => SITE, ['battery', 'capacityJoules'], '0'],
    [() => SITE, ['battery', 'initialJoules'], '-5'],
    [() => SITE, ['battery', 'chargeEfficiency'], '1.5'],
    [() => SITE, ['harvest', 'mean', 'timesDemand'], '0'],
    [() => SITE, ['harvest', 'weather', 'slotsPerStep'], '0.5'],
    [() => SITE, ['harvest', 'weather', 'states', 1, 'factor'], '-0.1'],
    [() => SITE, ['arrivals', 'profile', 'slotsPerValue'], '0'],
    [reference, ['routing', 'errorRate'], '1.01'],
    [reference, ['tasks', 2, 'tolerance'], '1'],
    [reference, ['tasks', 3, 'skills'], '2.5'],
    [reference, ['fleet', 'models', 1, 'parameters'], '-70000000000'],
  ];
  const values = (outside: string): [string, string][] => [
    [outside, outside],
    ['NaN', 'NaN'],
    ['1e400', 'Infinity'],
    ['"much"', '"much"'],
    ['null', 'null'],
    ['[1]', 'a list'],
  ];
  return paths.flatMap(([document, path, outside]) =>
    values(outside).map(([json, shown]) => {
      const text = (): string => JSON.stringify(edited(document(), path, '@@')).replace('"@@"', json);
      // What is no JSON is told by its place, what is, by its field.
      const says = json === 'NaN' ? /got "NaN" at line 1, column \d+, expected JSON/ : quoted(field(path));
      const line = json === 'NaN' ? says : new RegExp(`${says.source}.*${quoted(shown).source}`);
      return ofScenario(`${field(path)} = ${json}`, text, line);
    }),
  );
}

/** Keys that are missing, unknown, given twice, or that every object has. */
function wrongKeys(): BadInput[] {
  const site = JSON.stringify(SITE);
  const missing = [
    ['schemaVersion'],
    ['arrivals'],
    ['tasks'],
    ['arrivals', 'ratePerSlot'],
    ['tasks', 1, 'energyJoules'],
  ];
  const slips: [(string | number)[], string, string][] = [
    [[], 'slotSecond', 'slotSeconds'],
    [[], 'batery', 'battery'],
    [['battery'], 'capacityJoule', 'capacityJoules'],
    [['battery'], 'constructor', '[A-Za-z]+'],
    [['harvest'], 'varianc', 'variance'],
    [['arrivals'], 'rate', 'ratePerSlot'],
    [['tasks', 0], 'energy', 'energyJoules'],
    [['harvest', 'weather'], 'state', 'states'],
  ];
  return [
    ...missing.map((path) =>
      ofScenario(
        `no ${field(path)}`,
        () => JSON.stringify(edited(SITE, path, undefined)),
        new RegExp(`scenario\\.json: ${quoted(field([path[0]])).source}`),
      ),
    ),
    ...slips.map(([at, key, nearest]) =>
      ofScenario(
        `${field([...at, key])} for ${nearest}`,
        () => JSON.stringify(edited(SITE, [...at, key], 1)),
        new RegExp(`${key}: unknown key; the nearest known key is "(${nearest})"`),
      ),
    ),
    ofScenario(
      'a key twice',
      site.replace('{', '{"slotSeconds":5,'),
      /slotSeconds: got this key a second time at line 1/,
    ),
    ofScenario(
      'a key twice within',
      site.replace('"ratePerSlot"', '"ratePerSlot":9,"ratePerSlot"'),
      /arrivals\.ratePerSlot: got this key a second/,
    ),
    ofScenario(
      'a key twice, once escaped',
      site.replace('{', '{"n\\u0061me":"x","name":"y",'),
      /name: got this key a second/,
    ),
    ofScenario('a key __proto__', site.replace('{', '{"__proto__":{},'), /__proto__: got this key at line 1/),
    ofScenario(
      'a key __proto__ within',
      site.replace('"battery":{', '"battery":{"__proto__":1,'),
      /battery\.__proto__/,
    ),
    ofScenario(
      'a key of ten million letters',
      () => site.replace('{', `{"${'k'.repeat(1e7)}":1,`),
      /kkk….*unknown key/,
    ),
    ofScenario('a key with control codes', site.replace('{', '{"a\\u001b[31m":1,'), /a\\\\u001b\[31m/),
    ofScenario(
      'a hundred thousand unknown keys',
      () => site.replace('{', `{${Array.from({ length: 1e5 }, (_, i) => `"k${i}":1`).join()},`),
      /k0: unknown key/,
    ),
  ];
}

/** What is no JSON, and what is no file. */
function wrongFiles(): BadInput[] {
  const scenario = (name: string, args: BadInput['args'], says: RegExp): BadInput => ({
    ...{ name, says, status: 2 },
    args: (folder) => ['run', ...args(folder), ...QUICK],
  });
  const texts: [string, string | Uint8Array, RegExp][] = [
    ['an empty file', '', /an empty file at line 1/],
    ['blanks', ' \n\n', /an empty file at line 3/],
    ['half a file', JSON.stringify(SITE).slice(0, 99), /the end of the text/],
    ['a comment', '// mine\n{}', /got "\/\/" at line 1/],
    ['a comma too many', '{"schemaVersion": 1,\n}', /got "}" at line 2, column 1/],
    ['single quotes', "{'a': 1}", /at line 1, column 2/],
    ['two documents', '{}\n{}', /at line 2, column 1/],
    ['YAML', 'schemaVersion: 1\n', /got "schemaVersion:" at line 1/],
    ['a list', '[]', /expected a scenario: a JSON object/],
    ['a text', '"reference"', /got "reference", expected a scenario/],
    ['null', 'null', /got null, expected a scenario/],
    ['a number', '5', /got 5, expected a scenario/],
    ['nesting without end', '['.repeat(1e6), /65 deep/],
    ['objects without end', '{"a":'.repeat(1e5), /65 deep/],
    ['UTF-16', Buffer.from('\uFEFF{}', 'utf16le'), /no text \(UTF-16 or a binary file/],
    ['Latin-1', Buffer.from('{"name": "W\xe4rme"}', 'latin1'), /no UTF-8 in line 1/],
    ['a program', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0, 0), /no text/],
    ['other bytes', Uint8Array.of(0xff, 0xfe, 0xfd), /no UTF-8/],
  ];
  return [
    ...texts.map(([name, contents, says]) => scenario(name, (folder) => [put(folder, 'file.json', contents)], says)),
    scenario('nothing there', (folder) => [join(folder, 'nowhere.json')], /neither a file nor a preset/),
    scenario('a preset with a slip', () => ['refrence'], /did you mean "reference"/),
    scenario('a folder', (folder) => [folder], /is a folder, expected a JSON file/),
    scenario('a path through a file', (folder) => [join(put(folder, 'f', '{}'), 'x')], /not a folder/),
    scenario('a name of 5000 letters', () => ['n'.repeat(5000)], /too long for a name/),
    scenario('a name with control codes', () => ['\u001b[31mred\nline'], /neither a file nor a preset/),
    scenario('an empty name', () => [''], /neither a file nor a preset|expected/),
    scenario('two scenarios', () => ['reference', 'surplus'], /too many arguments/),
    scenario(
      'a terabyte',
      (folder) => {
        const path = put(folder, 'huge.json', '');
        truncateSync(path, 2 ** 40);
        return [path];
      },
      /got 1099511627776 bytes/,
    ),
    scenario('a device without end', () => ['/dev/zero'], /is a device/),
    scenario('random bytes without end', () => ['/dev/urandom'], /is a device/),
    scenario(
      'a pipe that nobody writes to',
      (folder) => {
        const path = join(folder, `pipe${Math.random()}`);
        execFileSync('mkfifo', [path]);
        return [path];
      },
      /a pipe that nobody writes to/,
    ),
    ...(process.getuid?.() === 0
      ? []
      : [
          scenario(
            'a file of others',
            (folder) => {
              const path = put(folder, 'secret.json', '{}');
              chmodSync(path, 0);
              return [path];
            },
            /may not be read/,
          ),
        ]),
  ];
}

/** Traces, each with a defect. */
function wrongTraces(): BadInput[] {
  const rows = Array.from({ length: 24 }, (_, i) => `2026-01-01T${String(i).padStart(2, '0')}:00Z,${i}`);
  const csv = (...lines: string[]): string => ['time,power_W', ...lines].join('\n');
  const cases: [string, string | Uint8Array, Json, RegExp][] = [
    ['empty', '', {}, /got no rows/],
    ['a header alone', 'time,power_W\n', {}, /a header and no values/],
    ['a text among numbers', csv(...rows.slice(0, 5), '2026-01-01T05:00Z,many'), {}, /line 7.*"many"/],
    ['a negative value', csv(rows[0], '2026-01-01T01:00Z,-5'), {}, /line 3.*never negative/],
    ['an infinite value', csv(rows[0], '2026-01-01T01:00Z,inf'), {}, /a finite number/],
    ['a value of 1e400', csv(rows[0], '2026-01-01T01:00Z,1e400'), {}, /a finite number/],
    ['a missing value', csv(rows[0], '2026-01-01T01:00Z,', rows[2]), {}, /line 3.*got nothing/],
    ['a gap', csv(rows[0], rows[1], rows[2], rows[4], rows[5]), {}, /a gap of 1 row/],
    ['a time twice', csv(rows[0], rows[1], rows[1], rows[2]), {}, /twice/],
    ['times backwards', csv(rows[3], rows[2], rows[1]), {}, /ascending|expected/],
    ['a day of no calendar', csv('2026-02-30T00:00Z,1', rows[1]), {}, /day of the calendar/],
    ['a time of no kind', csv('yesterday,1', rows[1]), {}, /column|a time such as/],
    ['an open quote', csv('"2026-01-01T00:00Z,1'), {}, /a quote that is not closed/],
    ['a field too many', csv(rows[0], `${rows[1]},9`), {}, /got 3 fields, expected 2/],
    ['zeros alone', csv(...rows.slice(0, 4).map((row) => row.replace(/,.*/, ',0'))), {}, /all 0/],
    [
      'no unit',
      rows
        .slice(0, 4)
        .map((row) => row)
        .join('\n'),
      {},
      /unit: missing/,
    ],
    ['an unknown unit', csv(...rows), { unit: 'horsepower' }, /unit: got "horsepower"/],
    ['another unit than the header', csv(...rows), { unit: 'kWh' }, /unit: got "kWh", expected "W"/],
    ['an unknown column', csv(...rows), { column: 'powr_W' }, /did you mean "power_W"/],
    ['a column too far', csv(...rows), { column: 9 }, /expected a column from 1 to 2/],
    ['an unknown key', csv(...rows), { colum: 1 }, /colum: unknown key; .*"column"/],
    ['gaps of no rule', csv(...rows), { gaps: 'ignore' }, /gaps: got "ignore"/],
    ['a binary file', Uint8Array.of(1, 0, 2, 0), {}, /no text/],
  ];
  const made = (trace: Json): string => JSON.stringify({ ...SITE, slotSeconds: 3600, harvest: { trace } });
  const ofFile = (name: string, csvName: (folder: string) => string, keys: Json, says: RegExp): BadInput => ({
    ...{ name: `a trace: ${name}`, says, status: 2 },
    args: (folder) => ['run', put(folder, 'traced.json', made({ csv: csvName(folder), ...keys })), ...QUICK],
  });
  return [
    ...cases.map(([name, contents, keys, says]) =>
      ofFile(name, (folder) => put(folder, 'trace.csv', contents), keys, says),
    ),
    ofFile('not there', () => 'nowhere.csv', {}, /nowhere\.csv: is not there, expected a CSV file/),
    ofFile('a device without end', () => '/dev/zero', {}, /is a device, expected a CSV file/),
    ofFile('a folder', () => '.', {}, /is a folder/),
    ofFile(
      'a terabyte',
      (folder) => {
        const path = put(folder, 'huge.csv', '');
        truncateSync(path, 2 ** 40);
        return path;
      },
      {},
      /got 1099511627776 bytes, expected a CSV file/,
    ),
    { ...ofScenario('a trace of two sources', made({ sample: 'sun', csv: 'a.csv' }), /one of values, csv and sample/) },
    { ...ofScenario('a sample of no name', made({ sample: 'moon' }), /harvest\.trace\.sample: got "moon"/) },
  ];
}

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

/** All of them, the same in every run. */
export function badInputs(): readonly BadInput[] {
  return [...wrongNumbers(), ...wrongKeys(), ...wrongFiles(), ...wrongTraces(), ...wrongOptions(), ...wrongSweeps()];
}

/** What is wrong with how a bad input was told; empty where nothing is. */
export function faultsOf(bad: BadInput, came: { status: number | null; stdout: string; stderr: string }): string[] {
  const faults: string[] = [];
  if (came.status !== bad.status) faults.push(`status ${came.status}, expected ${bad.status}`);
  if (came.stdout !== '') faults.push(`stdout has ${came.stdout.length} characters`);
  if (!/^batterywalk: [^\n]+\n$/.test(came.stderr))
    faults.push(`not one line: ${JSON.stringify(came.stderr.slice(0, 300))}`);
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  if (/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.test(came.stderr)) faults.push('control codes');
  if (came.stderr.length > 1300) faults.push(`${came.stderr.length} characters`);
  if (/ at \S+:\d+:\d+|unexpected/.test(came.stderr)) faults.push('a stack, or unforeseen');
  if (!bad.says.test(came.stderr))
    faults.push(`expected ${String(bad.says)} in ${JSON.stringify(came.stderr.slice(0, 300))}`);
  return faults;
}

/** Scenarios that no command can use: numbers, keys, files and traces with a defect each. */
import { execFileSync } from 'node:child_process';
import { chmodSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { edited, field, ofScenario, put, QUICK, quoted, reference, SITE } from './bad-input.js';
import type { BadInput, Json } from './bad-input.js';

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

const unknownKeys = (count: number): string => Array.from({ length: count }, (_, i) => `"k${i}":1`).join();

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
      'five thousand unknown keys',
      () => site.replace('{', `{${unknownKeys(5000)},`),
      /k0: unknown key; .* \(and 4999 more/,
    ),
    ofScenario(
      'a hundred thousand unknown keys',
      () => site.replace('{', `{${unknownKeys(1e5)},`),
      /scenario\.json: got an object of more than 10000 keys at line 1, column \d+, expected at most 10000/,
    ),
    ofScenario(
      'a hundred thousand unknown keys within',
      () => site.replace('"battery":{', `"battery":{${unknownKeys(1e5)},`),
      /scenario\.json: battery: got an object of more than 10000 keys at line 1, column \d+/,
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
    ['times out of order', csv(rows[3], rows[1], rows[2]), {}, /ascending|expected/],
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

export const badScenarios = (): BadInput[] => [...wrongNumbers(), ...wrongKeys(), ...wrongFiles(), ...wrongTraces()];

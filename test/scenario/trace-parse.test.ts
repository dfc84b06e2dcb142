/** Traces from CSV: what is read, and what every malformed file is told. */
import seedrandom from 'seedrandom';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { parseTrace, type TraceOptions } from '../../src/scenario/trace/parse-trace.js';

const lines = (...rows: string[]): string => rows.join('\n') + '\n';

function errorOf(text: string, options: TraceOptions = {}): InputError {
  try {
    parseTrace(text, { name: 'a.csv', ...options });
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return error as InputError;
  }
  throw new Error('expected an InputError, got a trace');
}

/** `time,power_W` with one row for each time. */
const timed = (...times: string[]): string => lines('time,power_W', ...times.map((time, i) => `${time},${i + 1}`));
/** Local times from a start, each so many minutes after the last. */
const clock = (start: string, ...minutes: number[]): string[] => {
  let at = Date.parse(`${start}Z`);
  return [0, ...minutes].map((more) => new Date((at += more * 60_000)).toISOString().slice(0, 16));
};

describe('a good trace', () => {
  const hourly = { unit: 'W', secondsPerValue: 3600 };
  it.each<[string, string, TraceOptions, object]>([
    [
      'header and times',
      timed('2026-01-01T00:00Z', '2026-01-01T01:00Z'),
      {},
      { ...hourly, firstTime: '2026-01-01T00:00Z' },
    ],
    [
      'offsets that change',
      timed('2026-10-25T02:00+02:00', '2026-10-25T02:00+01:00'),
      {},
      { ...hourly, firstTime: '2026-10-25T00:00Z' },
    ],
    [
      'local times',
      timed('2026-01-01 00:00:00', '2026-01-01 01:00:00'),
      {},
      { ...hourly, firstTime: '2026-01-01T00:00' },
    ],
    ['midnight as 24:00', timed('2026-12-31T23:00', '2026-12-31T24:00'), {}, hourly],
    ['days', timed('2026-02-28', '2026-03-01'), {}, { secondsPerValue: 86_400 }],
    [
      'Unix milliseconds',
      timed('1767225600000', '1767225660000'),
      {},
      { secondsPerValue: 60, firstTime: '2026-01-01T00:00Z' },
    ],
    [
      'days before months',
      timed('31/12/2026', '01/01/2027'),
      {},
      { secondsPerValue: 86_400, firstTime: '2026-12-31T00:00' },
    ],
    [
      'months before days',
      timed('12/31/2026', '01/01/2027'),
      {},
      { secondsPerValue: 86_400, firstTime: '2026-12-31T00:00' },
    ],
    [
      'rows that come newest first',
      lines('time,power_W', '2026-01-01T01:00Z,2', '2026-01-01T00:00Z,1'),
      {},
      { ...hourly, firstTime: '2026-01-01T00:00Z' },
    ],
    ['Unix seconds', timed('1767225600', '1767226500'), {}, { secondsPerValue: 900, firstTime: '2026-01-01T00:00Z' }],
    ['tenths of a second', timed('0.1', '0.2'), {}, { secondsPerValue: 0.1 }],
    [
      'no times',
      '1\n2\n',
      { unit: 'kWh', secondsPerValue: 60 },
      { unit: 'kWh', secondsPerValue: 60, firstTime: undefined },
    ],
    ['no header', '2026-01-01T00:00Z;1\n2026-01-01T01:00Z;2\n', { unit: 'W' }, hourly],
    ['CRLF and a byte-order mark', '\uFEFFtime,power_W\r\n2026-01-01T00:00Z,1\r\n2026-01-01T01:00Z,2\r\n', {}, hourly],
    ['carriage returns alone', 'power_W\r1\r2\r', { secondsPerValue: 3600 }, hourly],
    ['no end of the last line', 'power_W\n1\n2', { secondsPerValue: 3600 }, hourly],
    [
      'comments and blank lines',
      lines('# a, "b', '', 'power_W', '1', ' # c', '2', ''),
      { secondsPerValue: 3600 },
      hourly,
    ],
    ['quotes', lines('"time, UTC","P [kW]"', '"2026-01-01T00:00Z","1"', '2026-01-01T01:00Z, "2"'), {}, { unit: 'kW' }],
    ['a quote within quotes', lines('"a ""b"" (kWh)"', '1', '2'), { secondsPerValue: 60 }, { unit: 'kWh' }],
    ['decimal commas', lines('time;P [kW]', '2026-01-01T00:00Z;1,0', '2026-01-01T01:00Z;2,0'), {}, { unit: 'kW' }],
    [
      'tabs, an empty column at the end',
      'time\tpower_W\t\n2026-01-01T00:00Z\t1e0\t\n2026-01-01T01:00Z\t+2.\t\n',
      {},
      hourly,
    ],
    ['a column by name', lines('a,b', '9,1', '9,2'), { column: 'B', ...hourly } as TraceOptions, hourly],
    ['a column by number', lines('9,1', '9,2'), { column: 2, ...hourly } as TraceOptions, hourly],
    ['the one column with a unit', lines('n,load,power_W', '9,9,1', '9,9,2'), { secondsPerValue: 3600 }, hourly],
    [
      'times that are not looked at',
      lines('time,power_W', '1/2/26,1', '3/2/26,2'),
      { timeColumn: 'none', secondsPerValue: 3600 },
      hourly,
    ],
    ['seconds given and right', timed('2026-01-01T00:00Z', '2026-01-01T01:00Z'), { secondsPerValue: 3600 }, hourly],
  ])('%s', (_, text, options, expected) => {
    const trace = parseTrace(text, options);
    expect(trace).toMatchObject({ ...expected, filled: 0 });
    expect([...trace.values]).toEqual([1, 2]);
  });

  it('of a million rows is read, every one', () => {
    const start = Date.UTC(2026, 0, 1);
    const rows = Array.from({ length: 1e6 }, (_, i) => `${new Date(start + i * 60_000).toISOString()},${i % 1000}`);
    const trace = parseTrace(`time,power_W\n${rows.join('\n')}\n`);
    expect(trace.values).toHaveLength(1e6);
    expect(trace.values.reduce((a, b) => a + b, 0)).toBe(499_500_000);
    expect(trace.secondsPerValue).toBe(60);
    rows[765_432] = rows[765_432].replace(/,.*/, ',x');
    expect(errorOf(`time,power_W\n${rows.join('\n')}\n`).message).toMatch(/line 765434, column "power_W": got "x"/);
  });
});

it('thousands marks are read where they can be nothing else', () => {
  const text = lines('time,power_W', '0,1', '60,"1,234.5"', '120,3');
  const { values, warnings } = parseTrace(text);
  expect([...values]).toEqual([1, 1234.5, 3]);
  expect(warnings.map(({ code, key }) => `${code} ${key}`)).toEqual(['thousands thousands']);
});

describe('gaps', () => {
  const text = timed('2026-01-01T00:00Z', '2026-01-01T01:00Z', '2026-01-01T04:00Z');
  const holes = lines('power_W', '4', '', 'NaN', '1');
  it('are filled with zeros', () => {
    const trace = parseTrace(text, { gaps: 'zero' });
    expect([...trace.values]).toEqual([1, 2, 0, 0, 3]);
    expect(trace.filled).toBe(2);
    // A blank line is no row, in a file of one column as well.
    expect([...parseTrace(holes, { gaps: 'zero', secondsPerValue: 60 }).values]).toEqual([4, 0, 1]);
  });
  it('are filled with a line', () => {
    expect([...parseTrace(text, { gaps: 'interpolate' }).values]).toEqual([1, 2, 2 + 1 / 3, 2 + 2 / 3, 3]);
    const joined = lines('time,power_W', '0,4', '60,', '180,1');
    expect([...parseTrace(joined, { gaps: 'interpolate' }).values]).toEqual([4, 3, 2, 1]);
  });
  it.each<[RegExp, string, TraceOptions]>([
    [
      /^a\.csv: line 4: got a gap of 2 rows, from 2026-01-01T02:00Z up to 2026-01-01T04:00Z, expected a row every 3600 s; give "gaps": "zero"/,
      text,
      {},
    ],
    [/got a gap of 1 row, .*; 1 more gap follows/, timed('0', '1', '3', '4', '5', '7', '8', '9', '10'), {}],
    [
      /line 4: got a gap of 2 rows \(7200 s\) before 2026-01-01T04:00Z, expected at most largestGapSeconds 3600/,
      text,
      { gaps: 'zero', largestGapSeconds: 3600 },
    ],
    [
      /gap of 2 values \(120 s\) at 60 s, expected at most largestGapSeconds 60/,
      lines('time,power_W', '0,4', '60,', '120,', '180,1'),
      { gaps: 'zero', largestGapSeconds: 60 },
    ],
    [
      /gap of 1 value \(60 s\) at 0 s, expected a value on either side/,
      lines('time,power_W', '0,', '60,1'),
      { gaps: 'interpolate' },
    ],
    [
      /gap of 1 value \(60 s\) at 60 s, expected a value on either side/,
      lines('time,power_W', '0,1', '60,'),
      { gaps: 'interpolate' },
    ],
    [
      /gap of 4382\d* rows .* expected at most largestGapSeconds 86400/,
      timed('2026-01-01T00:00Z', '2026-01-01T01:00Z', '2526-01-01T00:00Z'),
      { gaps: 'zero' },
    ],
  ])('%s', (message, csv, options) => {
    expect(errorOf(csv, options).message).toMatch(message);
  });
});

describe('daylight saving', () => {
  const words = 'times look like local time with daylight saving; give them in UTC or with offsets';
  const hour = [60, 60, 60, 60, 60, 60];
  const quarters = Array<number>(12).fill(15);
  it.each([
    ['spring, hourly', clock('2026-03-28T22:00', ...hour.slice(0, 3), 120, ...hour), 'skipped'],
    ['autumn, hourly', clock('2026-10-24T23:00', ...hour.slice(0, 3), 0, ...hour), 'repeated'],
    ['spring, quarters', clock('2026-03-29T01:00', 15, 15, 15, 75, ...quarters), 'skipped'],
    ['autumn, quarters', clock('2026-10-25T02:00', 15, 15, 15, -45, ...quarters), 'repeated'],
    ['autumn in America', clock('2026-11-01T00:00', 60, 0, ...hour), 'repeated'],
    ['spring in Australia', clock('2026-10-04T00:00', 60, 120, ...hour), 'skipped'],
  ])('%s', (_, times, change) => {
    for (const gaps of ['refuse', 'zero'] as const) {
      expect(errorOf(timed(...times), { gaps }).message).toContain(`so an hour is ${change}: ${words}`);
    }
  });
  it('is not seen where times have offsets, nor on another day', () => {
    const zoned = clock('2026-03-28T22:00', ...hour.slice(0, 3), 120, ...hour).map((time) => `${time}Z`);
    expect(errorOf(timed(...zoned)).message).toMatch(/got a gap of 1 row/);
    expect(errorOf(timed(...clock('2026-03-24T22:00', 60, 60, 60, 120, 60))).message).toMatch(/got a gap of 1 row/);
    expect(errorOf(timed(...clock('2026-10-21T23:00', 60, 60, 0, 60))).message).toMatch(/got 2026-10-22T01:00 twice/);
  });
});

describe('a bad trace', () => {
  const t = (i: number): string => `2026-01-01T0${i}:00Z`;
  const second = (value: string): string => lines('time,power_W', `${t(0)},1`, `${t(1)},${value}`, `${t(2)},3`);
  it.each<[string, RegExp, string, TraceOptions?]>([
    ['text', /^a\.csv: line 3, column "power_W": got "abc", expected a number ≥ 0/, second('abc')],
    ['a unit', /got "5 kW", expected a number ≥ 0 such as 12.5, without unit/, second('5 kW')],
    ['hexadecimal', /got "0x10", expected a number/, second('0x10')],
    ['infinity', /got "inf", expected a finite number/, second('inf')],
    ['overflow', /got "1e999", expected a finite number/, second('1e999')],
    ['NaN', /got "NaN", expected a number ≥ 0; or give "gaps"/, second('NaN')],
    ['nothing', /line 3, column "power_W": got nothing, expected a number ≥ 0; or give "gaps"/, second('')],
    ['negative', /got "-0.5", expected a number ≥ 0: a harvest is never negative/, second('-0.5')],
    ['text, without a header', /line 2, column 1: got "x"/, '1\nx\n', { unit: 'W', secondsPerValue: 1 }],
    [
      'a lost field',
      /line 3: got 1 field, expected 2 as in line 1, separated by ","/,
      lines('time,power_W', `${t(0)},1`, t(1)),
    ],
    ['an open quote', /line 3: got a quote that is not closed/, second('"2')],
    ['text after a quote', /line 3: got "x" after a closing quote/, second('"2"x')],
    ['no rows', /got no rows, expected a CSV/, '\n# nothing\n'],
    ['no text', /got no rows/, ''],
    ['a header alone', /got a header and no values/, 'time,power_W\n'],
    ['zeros', /got 2 values, all 0/, 'power_W\n0\n-0\n', { secondsPerValue: 1 }],
    ['UTF-16', /UTF-16 or a binary file/, 'p\0o\0w\0'],
    [
      'a twice-given time',
      /line 4: got 2026-01-01T01:00Z twice \(before in line 3\), expected each time once/,
      timed(t(0), t(1), t(1), t(2)),
    ],
    [
      'rows out of order',
      /line 4: got 2026-01-01T01:00Z after 2026-01-01T02:00Z \(line 3\), expected times in ascending order/,
      timed(t(0), t(2), t(1), t(3), t(4)),
    ],
    [
      'an odd step',
      /line 4: got 2026-01-01T01:10Z after 2026-01-01T01:00Z \(line 3\), 10 min \(600 s\) later, expected a step of 1 h \(3600 s\) as in most rows/,
      timed(t(0), t(1), '2026-01-01T01:10Z', t(2), t(3), t(4), t(5)),
    ],
    ['no step', /expected one step between all rows/, timed('0', '1', '3', '6', '10', '15')],
    ['two steps', /steps differ from|expected one step/, timed('0', '1', '2', '3', '4', '6', '8', '10')],
    [
      'another step than given',
      /line 3: .*15 min \(900 s\) later, expected steps of secondsPerValue 3600 s/,
      timed('0', '900', '1800'),
      { secondsPerValue: 3600 },
    ],
    ['one row', /got one row, expected secondsPerValue/, timed(t(0))],
    ['no step and no times', /secondsPerValue: missing, and the file has no column of times/, 'power_W\n1\n'],
    [
      'a day that is none',
      /line 3, column "time": got "2026-02-30", expected a day of the calendar/,
      timed('2026-02-28', '2026-02-30'),
    ],
    ['an hour that is none', /got "2026-01-01T25:00Z", expected hours to 23/, timed(t(0), '2026-01-01T25:00Z')],
    ['a leap second', /expected no leap seconds/, timed('2016-12-31T23:59:59Z', '2016-12-31T23:59:60Z')],
    [
      'days and months that cannot be told apart',
      /line 2, column "time": got "01\/02\/2026 00:00", where day and month cannot be told apart .*"dateOrder"/,
      timed('01/02/2026 00:00', '01/02/2026 01:00'),
    ],
    [
      'hours as numbers',
      /column "time_h": got numbers whose header names another unit/,
      lines('time_h,power_W', '0,1', '1,2'),
      { timeColumn: 'time_h' },
    ],
    [
      'mixed times',
      /line 3, column "time": got "2026-01-01T01:00", which is a time without offset, expected a time with offset/,
      timed(t(0), '2026-01-01T01:00'),
    ],
    [
      'no unit',
      /from: missing, and column "ghi \[W\/m2\]" is in W\/m², irradiance and no power; expected "irradiance"/,
      lines('ghi [W/m2]', '1'),
      { secondsPerValue: 1 },
    ],
    ['no header, no unit', /unit: missing, expected one of W/, '1\n2\n', { secondsPerValue: 1 }],
    ['two units', /unit: got "kW", expected "W" as the header "power_W" says/, second('2'), { unit: 'kW' }],
    [
      'columns to choose from',
      /2 columns that could hold the values, expected column to be given: one of "time", "a_W", "b_W"/,
      lines('time,a_W,b_W', '0,1,2'),
    ],
    [
      'a column that is not there',
      /column: got "powr_W" \(did you mean "power_W"\?\), expected one of "time", "power_W"/,
      second('2'),
      { column: 'powr_W' },
    ],
    ['a column past the last', /column: got 3, expected a column from 1 to 2/, second('2'), { column: 3 }],
    [
      'a name without header',
      /column: got "a", and the file has no header/,
      '1\n2\n',
      { column: 'a', unit: 'W', secondsPerValue: 1 },
    ],
  ])('%s', (_, message, text, options) => {
    const error = errorOf(text, options);
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/^a\.csv: /);
    expect(error.field).toBe('a.csv');
  });

  it('of any shape ends in a trace or an InputError', () => {
    const random = seedrandom('malformed');
    const good = timed(...clock('2026-10-24T22:00', ...Array<number>(20).fill(60)));
    const bits = [',', ';', '"', '\n', '\r', '\t', '#', '-', 'e', '.', '\uFEFF', '9', ' ', 'Z', 'NaN', '\u2028', '😀'];
    let refused = 0;
    for (let trial = 0; trial < 3000; trial++) {
      let text = good;
      for (let edits = 1 + Math.floor(random() * 4); edits > 0; edits--) {
        const at = Math.floor(random() * text.length);
        const cut = Math.floor(random() * 4);
        text =
          text.slice(0, at) + (random() < 0.7 ? bits[Math.floor(random() * bits.length)] : '') + text.slice(at + cut);
      }
      const gaps = (['refuse', 'zero', 'interpolate'] as const)[trial % 3];
      try {
        const { values } = parseTrace(text, { gaps });
        expect(values.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(1500);
  });
});

/**
 * Files of weather as power: each layout, its place and its columns; what is refused, and by which key. Powers are
 * those of pvlib-python (commit 6382338): SPA, Perez, De Soto's cover, Sandia's cells, PVWatts' array and inverter.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/errors.js';
import { inspectText } from '../../../src/scenario/trace/inspect.js';
import { TraceRefusal } from '../../../src/scenario/trace/refusal.js';
import { resolveTrace } from '../../../src/scenario/trace/resolve.js';

const NSRDB = [
  'Source,Location ID,City,State,Country,Latitude,Longitude,Time Zone,Elevation,Local Time Zone,DHI Units,DNI Units',
  'NSRDB,1,-,-,-,40.5,-108.5,-7,2168,-7,w/m2,w/m2',
  'Year,Month,Day,Hour,Minute,DHI,DNI,GHI,Temperature,Wind Speed,,',
];
/** Hour, DHI, DNI, GHI, °C, m/s. */
const ROWS = [
  [7, 45, 310, 112, 14.2, 1.6],
  [8, 70, 560, 318, 16, 2.2],
  [9, 85, 700, 528, 18.1, 2.9],
  [12, 110, 860, 930, 24, 4.1],
  [16, 180, 420, 565, 26.3, 5],
  [19, 14, 20, 18, 21, 3.2],
] as const;
/** One file a row: rows are not neighbours. */
const nsrdb = ([hour, ...values]: (typeof ROWS)[number]): string =>
  [...NSRDB, `2017,6,1,${hour},30,${values.join(',')},,`].join('\n');

const wattsOf = (text: string, keys: object, name = 'psm3.csv'): readonly (number | null)[] =>
  inspectText(text, name, keys).inspection.values;

function refusalOf(act: () => unknown): { readonly message: string; readonly key: string | undefined } {
  try {
    act();
  } catch (error) {
    if (error instanceof TraceRefusal) return { message: error.message, key: error.key };
    if (error instanceof InputError) return { message: error.message, key: error.field };
    throw error;
  }
  throw new Error('expected a refusal, got none');
}

const south = { peakWatts: 5000, tiltDegrees: 30, azimuthDegrees: 180 };
const one = { from: 'irradiance', unit: 'W/m2', secondsPerValue: 3600 };

describe('irradiance of the horizontal', () => {
  /** Of pvlib; the sun's place is ours to 0.01°, which low sun on a plane shows most. */
  const within = (found: number | null, want: number): void => {
    expect(Math.abs((found ?? NaN) / want - 1)).toBeLessThan(2e-3);
  };
  // The last row's sun sets at 19:37: it is taken in the middle of what is left of its hour, at 19:18:30.
  it.each(ROWS.map((row, i) => [row, [614.214, 1619.399, 2477.586, 3584.924, 1411.333, 25.201][i]] as const))(
    'and its parts in %j make %f W on a rack that looks south',
    (row, watts) => {
      within(wattsOf(nsrdb(row), { ...one, pv: south })[0], watts);
    },
  );
  it.each(ROWS.map((row, i) => [row, [254.701, 993.613, 1823.165, 3000, 2112.207, 76.468][i]] as const))(
    'and its parts in %j make %f W on a roof that looks west, by area, behind a small inverter',
    (row, watts) => {
      const roof = { areaSquareMetres: 25, moduleEfficiency: '20%', tiltDegrees: 20, azimuthDegrees: 255 };
      const pv = { ...roof, mount: 'roof', losses: '10%', inverterWatts: '3kW' };
      within(wattsOf(nsrdb(row), { ...one, pv })[0], watts);
    },
  );
  it('says what power was made of', () => {
    const { inspection } = inspectText(nsrdb(ROWS[2]), 'psm3.csv', { ...one, pv: south });
    expect(inspection).toMatchObject({
      unit: 'W',
      kind: 'weather',
      column: 'GHI',
      firstInterval: '2017-06-01T09:00-07:00',
    });
    expect(inspection.power).toBe(
      'PV of 5000 W peak at 30°, azimuth 180°, inverter 4545 W, losses 14 %, beam "DNI", diffuse "DHI", ' +
        'air "Temperature", wind "Wind Speed"',
    );
    expect(inspection.warnings).toEqual([]);
  });
  it('alone is parted by Erbs, and that is said', () => {
    const text = 'time (UTC),ghi_W_m2\n2024-06-01T11:00Z,700\n2024-06-01T12:00Z,650\n';
    const pv = { ...south, latitude: 52.5, longitude: 13.4 };
    const { inspection } = inspectText(text, 'ghi.csv', { from: 'irradiance', unit: 'W/m2', pv });
    expect(inspection.power).toContain('beam and diffuse estimated (Erbs), no temperature');
    // Flat modules have no beam to turn towards: with it tilted there is more by noon in June at 52.5°.
    const flat = wattsOf(text, { from: 'irradiance', unit: 'W/m2', pv: { ...pv, tiltDegrees: 0 } }, 'ghi.csv');
    expect(inspection.values[0]).toBeGreaterThan(flat[0] ?? NaN);
  });
  it('is warned of where it shines by night there', () => {
    const hour = (h: number): string => `2024-06-01T${String(h).padStart(2, '0')}:00Z`;
    const rows = Array.from(
      { length: 24 },
      (_, h) => `${hour(h)},${Math.max(0, Math.round(600 * Math.sin(((h - 6) * Math.PI) / 12)))}`,
    );
    const text = ['time,ghi [W/m2]', ...rows].join('\n');
    const codes = (longitude: number): readonly string[] =>
      inspectText(text, 'g.csv', {
        from: 'irradiance',
        pv: { ...south, latitude: 45, longitude },
      }).inspection.warnings.map(({ code }) => code);
    expect(codes(0)).toEqual([]);
    expect(codes(180)).toContain('sunAtNight');
  });
});

describe('irradiance in the plane of the modules', () => {
  const text = readFileSync(new URL('../files/pvgis.csv', import.meta.url), 'utf8');
  it('needs no place and no clock', () => {
    const pv = {
      peakWatts: 1000,
      losses: 0,
      temperatureColumn: 'none',
      inverterEfficiency: 0.9637,
      inverterWatts: 1000,
    };
    const { inspection } = inspectText(text, 'pvgis.csv', { from: 'irradiance', pv });
    // PVWatts' inverter: 130 W of 1000 kW·0.9637 is a load of 0.125281.
    const load = (130 * 0.9637) / 1000;
    expect(inspection.values[2]).toBeCloseTo(130 * (-0.0162 * load - 0.0059 / load + 0.9858), 9);
    expect(inspection).toMatchObject({ column: 'G(i)', firstInterval: '2020-06-01T05:00Z' });
    expect(inspection.power).toContain('in the plane of the file');
  });
  it('takes temperature and wind of a format that has them', () => {
    const pv = { peakWatts: 1000 };
    const { power } = inspectText(text, 'pvgis.csv', { from: 'irradiance', pv }).inspection;
    expect(power).toContain('air "T2m", wind "WS10m"');
  });
  it('is a harvest of a scenario', () => {
    const document = {
      harvest: { trace: { csv: 'pvgis.csv', from: 'irradiance', pv: { peakWatts: '1 kW' } } },
    };
    const { harvest } = resolveTrace(document, () => text) as {
      harvest: { trace: { values: number[]; unit: string } };
    };
    expect(harvest.trace.unit).toBe('W');
    expect(harvest.trace.values).toHaveLength(8);
    expect(Math.max(...harvest.trace.values)).toBeGreaterThan(500);
  });
});

describe('EPW', () => {
  const text = readFileSync(new URL('../files/weather.epw', import.meta.url), 'utf8');
  it('has place, parts, temperature and wind', () => {
    const keys = { from: 'irradiance', gaps: 'interpolate', pv: south };
    const { inspection } = inspectText(text, 'weather.epw', keys);
    expect(inspection.power).toContain(
      'beam "Direct normal radiation (Wh/m2)", diffuse "Diffuse horizontal radiation (Wh/m2)", ' +
        'air "Dry bulb temperature (°C)", wind "Wind speed (m/s)"',
    );
    expect(inspection).toMatchObject({ filled: 1, unit: 'W' });
    expect(inspection.values[4]).toBeNull();
  });
  it('makes power of wind by a curve', () => {
    const turbine = { powerCurve: { metresPerSecond: [3, 13], watts: [0, 1000] }, hubMetres: 80, measuredMetres: 10 };
    const { inspection } = inspectText(text, 'weather.epw', { from: 'wind', turbine });
    // 6.7 m/s at 10 m is 6.7·8^(1/7) at 80 m.
    expect(inspection.values[0]).toBeCloseTo(100 * (6.7 * 8 ** (1 / 7) - 3), 6);
    expect(inspection).toMatchObject({ column: 'Wind speed (m/s)', unit: 'W', count: 6 });
  });
});

describe('wind', () => {
  const turbine = { powerCurve: { metresPerSecond: [3, 13], watts: [0, 1000] } };
  const text = (unit: string): string => `time,wind_speed${unit}\n2024-01-01T00:00Z,28.8\n2024-01-01T01:00Z,3.6\n`;
  it.each([
    ['km/h', [500, 0]],
    ['m/s', [0, 60]],
    // 28.8 and 3.6 knots are 14.816 and 1.852 m/s; 28.8 miles an hour are 12.874752 m/s.
    ['kn', [0, 0]],
    ['mph', [987.4752, 0]],
  ])('in %s is read', (unit, watts) => {
    const found = wattsOf(text(` (${unit})`), { from: 'wind', turbine });
    expect(found).toEqual(watts.map((x): unknown => expect.closeTo(x, 6)));
  });
  it('without a unit is refused, and read with one', () => {
    expect(refusalOf(() => wattsOf(text(''), { from: 'wind', turbine })).key).toBe('unit');
    expect(wattsOf(text(''), { from: 'wind', turbine, unit: 'km/h' })[0]).toBeCloseTo(500, 6);
  });
});

describe('what is refused names the key that mends it', () => {
  const psm3 = readFileSync(new URL('../files/psm3.csv', import.meta.url), 'utf8');
  it('irradiance as a harvest', () => {
    const document = { harvest: { trace: { csv: 'psm3.csv', column: 'GHI' } } };
    expect(refusalOf(() => resolveTrace(document, () => psm3)).message).toMatch(/from: missing.*"irradiance"/);
  });
  it.each([
    [{ from: 'irradiance', pv: { peakWatts: 1000 } }, 'pv.tiltDegrees', /is of the horizontal/],
    [{ from: 'irradiance', pv: { ...south }, column: 'DNI' }, 'column', /a part of irradiance/],
    [{ from: 'irradiance', pv: { ...south }, column: 'Temperature' }, 'unit', /expected one of W\/m²/],
    [{ from: 'irradiance', pv: { ...south, beamColumn: 'DNJ' } }, 'pv.beamColumn', /did you mean "DNI"/],
  ])('%j: %s', (keys, key, message) => {
    const refused = refusalOf(() => wattsOf(psm3, keys));
    expect(refused.key).toBe(key);
    expect(refused.message).toMatch(message);
  });
  it('a tilt on what is in the plane already, a place and a zone that are nowhere', () => {
    const pvgis = readFileSync(new URL('../files/pvgis.csv', import.meta.url), 'utf8');
    expect(refusalOf(() => wattsOf(pvgis, { from: 'irradiance', column: 'G(i)', pv: south })).key).toBe(
      'pv.tiltDegrees',
    );
    const bare = 'time,ghi [W/m2]\n2024-06-01T11:00,700\n2024-06-01T12:00,650\n';
    expect(refusalOf(() => wattsOf(bare, { from: 'irradiance', pv: south })).key).toBe('pv.latitude');
    const pv = { ...south, latitude: 50, longitude: 10 };
    expect(refusalOf(() => wattsOf(bare, { from: 'irradiance', pv })).key).toBe('timeZone');
    expect(wattsOf(bare, { from: 'irradiance', pv, timeZone: 'UTC' })).toHaveLength(2);
  });
  const T = 'harvest.trace';
  const good = { powerCurve: { metresPerSecond: [3, 13], watts: [0, 1000] } };
  it.each([
    [{ from: 'irradiance' }, `${T}.pv`, 'missing, expected it with "from": "irradiance"'],
    [{ pv: south }, `${T}.from`, 'missing, expected "irradiance" beside pv'],
    [{ unit: 'm/s' }, `${T}.from`, 'missing, expected "wind" and a turbine beside "unit": "m/s"'],
    [{ from: 'wind', turbine: good, pv: south }, `${T}.pv`, 'expected turbine alone'],
    [{ from: 'wind', turbine: good, unit: 'W/m2' }, `${T}.unit`, 'expected one of m/s, km/h, kn, mph'],
    [{ from: 'irradiance', pv: south, unit: 'kW' }, `${T}.unit`, 'expected one of W/m²'],
    [{ from: 'irradiance', pv: south, counter: true }, `${T}.counter`, 'which no meter counts'],
    [{ from: 'irradiance', pv: { tiltDegrees: 0 } }, `${T}.pv.peakWatts`, 'or areaSquareMetres with moduleEfficiency'],
    [{ from: 'irradiance', pv: { areaSquareMetres: 9 } }, `${T}.pv.moduleEfficiency`, 'beside areaSquareMetres'],
    [{ from: 'irradiance', pv: { ...south, areaSquareMetres: 9 } }, `${T}.pv.peakWatts`, 'one way to say the size'],
    [{ from: 'irradiance', pv: { peakWatts: 9, tiltDegrees: 9 } }, `${T}.pv.azimuthDegrees`, '180 is south'],
    [{ from: 'irradiance', pv: { peakWatts: 9, azimuthDegrees: 9 } }, `${T}.pv.azimuthDegrees`, 'without tiltDegrees'],
    [{ from: 'irradiance', pv: { ...south, tilt: 3 } }, `${T}.pv.tilt`, 'the nearest known key is "tiltDegrees"'],
    [{ from: 'wind', turbine: {} }, `${T}.turbine.powerCurve`, 'missing'],
    [
      { from: 'wind', turbine: { powerCurve: { metresPerSecond: [3, 13], watts: [1] } } },
      `${T}.turbine.powerCurve.watts`,
      'got 1 powers, expected 2',
    ],
    [
      { from: 'wind', turbine: { powerCurve: { metresPerSecond: [13, 3], watts: [1, 2] } } },
      `${T}.turbine.powerCurve.metresPerSecond`,
      'that ascend',
    ],
    [{ from: 'wind', turbine: { ...good, hubMetres: 80 } }, `${T}.turbine.measuredMetres`, 'go together'],
  ])('%j', (keys, field, message) => {
    const refused = refusalOf(() => wattsOf(psm3, keys));
    expect(refused.key).toBe(field);
    expect(refused.message).toContain(message);
  });
});

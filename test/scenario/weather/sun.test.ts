/**
 * Solar position, transposition and PVWatts' sub-models against values of other programs: SPA's worked example, and
 * pvlib-python (commit 6382338) for the rest, whose sub-models are coded from the same papers by other hands.
 */
import { describe, expect, it } from 'vitest';
import {
  cellTemperature,
  coverModifier,
  directPower,
  inverterPower,
} from '../../../src/scenario/trace/weather/pv-power.js';
import { solarPosition, type SolarPosition } from '../../../src/scenario/trace/weather/solar-position.js';
import { onPlane, parted } from '../../../src/scenario/trace/weather/transposition.js';
import { hubFactor, turbinePower } from '../../../src/scenario/trace/weather/wind-power.js';

/** What Michalsky states for 1950 to 2050, degrees. */
const STATED = 0.01;
/** SPA is of the place's surface, which the sun's parallax moves by up to so much. */
const PARALLAX = 0.0025;

/** Seconds of arc along the circle of the azimuth count less the higher the sun is. */
const aside = (a: number, b: number, elevation: number): number => (a - b) * Math.cos((elevation * Math.PI) / 180);

describe('solarPosition', () => {
  // Reda and Andreas, NREL/TP-560-34302 (2008), table A5.1: e0 = 39.872046°, azimuth 194.34024°.
  it("agrees with the worked example of NREL's SPA to the accuracy that it states", () => {
    const sun = solarPosition(Date.UTC(2003, 9, 17, 19, 30, 30), { latitude: 39.742476, longitude: -105.1786 });
    expect(Math.abs(sun.trueElevation - 39.872046)).toBeLessThan(STATED + PARALLAX);
    expect(Math.abs(aside(sun.azimuth, 194.34024, 39.87))).toBeLessThan(STATED);
  });
  // SPA as pvlib has it, with refraction at 1013.25 hPa and 12 °C in the last but one column.
  it.each([
    ['2024-06-21T12:00:00Z', 52.5, 13.4, 59.30923, 59.31922, 203.69861],
    ['2024-12-21T08:15:00Z', 52.5, 13.4, 5.55605, 5.70419, 141.56491],
    ['2019-03-20T22:40:00Z', -33.9, 151.2, 31.7381, 31.76518, 65.42045],
    ['2035-09-01T04:05:00Z', 1.3, 103.8, 73.48824, 73.49322, 64.24421],
    ['1960-02-10T16:00:00Z', -54.8, -68.3, 48.6695, 48.68429, 17.56835],
  ])('agrees with SPA at %s', (time, latitude, longitude, elevation, apparent, azimuth) => {
    const sun = solarPosition(Date.parse(time), { latitude, longitude });
    expect(Math.abs(sun.trueElevation - elevation)).toBeLessThan(STATED + PARALLAX);
    expect(Math.abs(aside(sun.azimuth, azimuth, elevation))).toBeLessThan(STATED);
    expect(Math.abs(sun.elevation - sun.trueElevation - (apparent - elevation))).toBeLessThan(STATED);
  });
});

describe('onPlane', () => {
  const at = (elevation: number, azimuth: number): SolarPosition => ({
    ...{ elevation, azimuth, trueElevation: elevation, distance: 1 },
  });
  it.each([
    [
      [600, 700, 120, 42, 160, 30, 180],
      [650.053571, 155.525116, 8.038476, 21.774972],
    ],
    [
      [250, 50, 220, 35, 220, 40, 135],
      [24.263805, 188.820955, 5.848889, 60.969437],
    ],
    [
      [100, 0, 100, 12, 100, 30, 180],
      [0, 93.805914, 1.339746, 74.634023],
    ],
    [
      [80, 400, 30, 7, 95, 25, 90],
      [211.329225, 64.517147, 0.749538, 58.107779],
    ],
    [
      [900, 900, 80, 65, 185, 10, 200],
      [867.082706, 84.941149, 1.367302, 15.543939],
    ],
    [
      [150, 300, 70, 15, 250, 60, 90],
      [0, 43.874705, 7.5, 131.045539],
    ],
    [
      [300, 250, 200, 25, 120, 90, 180],
      [113.288473, 128.975352, 30, 63.053785],
    ],
  ] as const)('of %j is %j, as by Perez in pvlib', ([global, beam, diffuse, elevation, azimuth, tilt, looks], want) => {
    const plane = { tilt, azimuth: looks, groundReflectance: 0.2 };
    const found = onPlane({ global, beam, diffuse }, at(elevation, azimuth), plane);
    [found.beam, found.sky, found.ground, found.incidence].forEach((x, i) => {
      expect(x).toBeCloseTo(want[i], 5);
    });
  });
  it('leaves a flat plane what falls on the horizontal', () => {
    const sun = at(30, 120);
    const flat = { tilt: 0, azimuth: 90, groundReflectance: 0.2 };
    const { beam, sky, ground } = onPlane({ global: 500, beam: 600, diffuse: 200 }, sun, flat);
    // Circumsolar light and all of the rest of the sky are seen as they are.
    expect([beam, sky, ground].map((x) => Math.round(x * 1e9) / 1e9)).toEqual([300, 200, 0]);
  });
});

describe('parted', () => {
  // Distance at which pvlib's irradiance above the air, 1321.458 W/m², is ours: both then see one clearness.
  const distance = Math.sqrt(1367 / 1321.4584229751329);
  const at = (zenith: number): SolarPosition => ({
    ...{ elevation: 90 - zenith, trueElevation: 90 - zenith, azimuth: 180, distance },
  });
  it.each([
    [100, 50, 1.648367383, 98.94044987],
    [500, 50, 416.423661947, 232.32802972],
    [900, 30, 867.80474010327, 148.459049546],
  ])('of %f W/m² at a zenith angle of %f° is that of Erbs', (global, zenith, beam, diffuse) => {
    const found = parted({ global, beam: NaN, diffuse: NaN }, at(zenith));
    expect(found.beam).toBeCloseTo(beam, 6);
    expect(found.diffuse).toBeCloseTo(diffuse, 6);
  });
  it('takes what two of the three leave for the third', () => {
    const sun = at(60);
    expect(parted({ global: 400, beam: 500, diffuse: NaN }, sun).diffuse).toBeCloseTo(150, 9);
    expect(parted({ global: 400, beam: NaN, diffuse: 150 }, sun).beam).toBeCloseTo(500, 9);
    // At the horizon the beam cannot be told from the rest.
    expect(parted({ global: 40, beam: NaN, diffuse: 10 }, at(88))).toEqual({ global: 40, beam: 0, diffuse: 40 });
  });
});

describe('PVWatts', () => {
  it.each([
    [0.001, 1],
    [30, 0.997886863],
    [55, 0.966803926],
    [75, 0.774060675],
    [85, 0.40087915],
    [90, 0],
    [130, 0],
  ])('cover at %f° lets through %f', (incidence, share) => {
    expect(coverModifier(incidence)).toBeCloseTo(share, 8);
  });
  it.each([
    [800, 20, 3, 'openRack', 40.56709],
    [800, 20, 3, 'roof', 56.079841],
    [300, -5, 8, 'openRack', 0.582267],
  ] as const)('cells in %f W/m², %f °C, %f m/s on %s are at %f °C', (light, air, wind, mount, celsius) => {
    expect(cellTemperature(light, air, wind, mount)).toBeCloseTo(celsius, 5);
  });
  it.each([
    [800, 45, 4545.454545454545, 3116.64, 2999.652975],
    [800, 45, 3000, 3116.64, 2992.059816],
    [1000, 25, 4545.454545454545, 4300, 4131.817256],
    [1000, 25, 3000, 4300, 3000],
    [50, 5, 4545.454545454545, 235.21, 202.962872],
    [1100, 60, 4545.454545454545, 3951.915, 3799.782415],
  ])('%f W/m² at %f °C behind an inverter of %f W are %f W, then %f W', (light, celsius, limit, direct, power) => {
    const array = {
      ...{ peakWatts: 5000, losses: 0.14, temperatureCoefficient: -0.0047, mount: 'openRack' as const },
      ...{ inverterWatts: limit, inverterEfficiency: 0.96 },
    };
    expect(directPower(light, celsius, array)).toBeCloseTo(direct, 6);
    expect(inverterPower(direct, array)).toBeCloseTo(power, 5);
    expect(inverterPower(0, array)).toBe(0);
  });
});

describe('turbinePower', () => {
  const curve = { metresPerSecond: [3, 5, 12], watts: [0, 100, 1000] };
  const own = { powerCurve: curve, shearExponent: 1 / 7, count: 2, losses: 0.1 };
  it('lies on lines between the points of the curve, and is 0 beyond it', () => {
    expect([0, 2.9, 3, 4, 5, 8.5, 12, 12.1].map((speed) => turbinePower(speed, own))).toEqual(
      [0, 0, 0, 90, 180, 990, 1800, 0].map((x): unknown => expect.closeTo(x, 9)),
    );
  });
  it('begins at cut-in, and holds its last power up to cut-out', () => {
    const cut = { ...own, cutInMetresPerSecond: 4.5, cutOutMetresPerSecond: 25 };
    expect([4, 4.5, 20, 25, 25.1].map((speed) => turbinePower(speed, cut))).toEqual(
      [0, 135, 1800, 1800, 0].map((x): unknown => expect.closeTo(x, 9)),
    );
  });
  it('takes the speed to the hub by the power law', () => {
    // 80 m over 10 m with 1/7: 8^(1/7).
    expect(hubFactor({ ...own, hubMetres: 80, measuredMetres: 10 })).toBeCloseTo(1.345900193, 8);
    expect(hubFactor(own)).toBe(1);
  });
});

/**
 * Where the sun stands: the Astronomical Almanac's low-precision formulas as Michalsky gives them (Solar Energy 40(3),
 * 227–235, 1988, with the erratum of 41(1), 113), good to 0.01° from 1950 to 2050. PVWatts takes the same. NREL's SPA,
 * which is better by a factor of 30, is no better here: weather files give means of an hour.
 */

const RADIAN = Math.PI / 180;
const DAY = 86_400_000;
/** 2000-01-01T12:00 UTC. */
const J2000 = 946_728_000_000;

/** Degrees. */
export interface SolarPosition {
  /** Above the horizon, as refraction lifts it in a standard atmosphere. */
  readonly elevation: number;
  /** Above the horizon without refraction. */
  readonly trueElevation: number;
  /** Clockwise from north. */
  readonly azimuth: number;
  /** Distance of the sun in astronomical units. */
  readonly distance: number;
}

export interface Place {
  /** Degrees north. */
  readonly latitude: number;
  /** Degrees east. */
  readonly longitude: number;
}

/** @param instant milliseconds since 1970, UTC */
export function solarPosition(instant: number, { latitude, longitude }: Place): SolarPosition {
  const days = (instant - J2000) / DAY;
  const anomaly = RADIAN * (357.528 + 0.9856003 * days);
  const meanLongitude = 280.46 + 0.9856474 * days;
  const ecliptic = RADIAN * (meanLongitude + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly));
  const obliquity = RADIAN * (23.439 - 0.0000004 * days);
  const ascension = Math.atan2(Math.cos(obliquity) * Math.sin(ecliptic), Math.cos(ecliptic));
  const declination = Math.asin(Math.sin(obliquity) * Math.sin(ecliptic));
  const hours = (((instant % DAY) + DAY) % DAY) / 3_600_000;
  const siderealHours = 6.697375 + 0.0657098242 * days + hours;
  const hourAngle = RADIAN * (15 * siderealHours + longitude) - ascension;
  const [sin, cos] = [Math.sin(RADIAN * latitude), Math.cos(RADIAN * latitude)];
  const height = sin * Math.sin(declination) + cos * Math.cos(declination) * Math.cos(hourAngle);
  const trueElevation = Math.asin(Math.min(1, Math.max(-1, height))) / RADIAN;
  const south = Math.atan2(Math.sin(hourAngle), Math.cos(hourAngle) * sin - Math.tan(declination) * cos);
  return {
    elevation: trueElevation + refraction(trueElevation),
    trueElevation,
    azimuth: (south / RADIAN + 540) % 360,
    distance: 1.00014 - 0.01671 * Math.cos(anomaly) - 0.00014 * Math.cos(2 * anomaly),
  };
}

/** Degrees by which air lifts the sun (Michalsky 1988); none below the horizon. */
function refraction(elevation: number): number {
  if (elevation <= -0.56) return 0;
  const above = 0.1594 + 0.0196 * elevation + 0.00002 * elevation ** 2;
  return (3.51561 * above) / (1 + 0.505 * elevation + 0.0845 * elevation ** 2);
}

/**
 * From irradiance of the horizontal to that of a tilted plane: beam by geometry, the sky's diffuse light by Perez et
 * al. (Solar Energy 44(5), 271–289, 1990; coefficients of all sites), as PVWatts takes it, the ground's as grey. Where
 * a file has global irradiance alone, Erbs, Klein and Duffie (Solar Energy 28(4), 293–302, 1982) part it.
 */
import type { SolarPosition } from './solar-position.js';

const RADIAN = Math.PI / 180;
/** W/m² above the air at one astronomical unit. */
const SOLAR_CONSTANT = 1367;
/** Below it horizontal values say nothing of the beam. */
const LEAST_ELEVATION = 3;
/** Perez bounds the cosine of the zenith angle: at 85°. */
const LEAST_COSINE = Math.cos(85 * RADIAN);

/** A plane; degrees. */
interface Plane {
  readonly tilt: number;
  /** Clockwise from north: the way it looks. */
  readonly azimuth: number;
  /** Share of what falls on it that the ground gives back. */
  readonly groundReflectance: number;
}

/** W/m². */
interface Irradiance {
  /** On the horizontal. */
  readonly global: number;
  /** Square to the sun. */
  readonly beam: number;
  /** Of the sky, on the horizontal. */
  readonly diffuse: number;
}

/** What falls on a plane, W/m², and at which angle the beam does, degrees. */
interface OnPlane {
  readonly beam: number;
  readonly sky: number;
  readonly ground: number;
  readonly incidence: number;
}

/** Irradiance above the air, square to the sun. */
const extraterrestrial = ({ distance }: SolarPosition): number => SOLAR_CONSTANT / distance ** 2;

/** Upper edges of clearness, and F11 F12 F13 F21 F22 F23 of each bin (Perez et al. 1990, tables 1 and 6). */
const BINS: readonly (readonly [below: number, ...coefficients: readonly number[]])[] = [
  [1.065, -0.008, 0.588, -0.062, -0.06, 0.072, -0.022],
  [1.23, 0.13, 0.683, -0.151, -0.019, 0.066, -0.029],
  [1.5, 0.33, 0.487, -0.221, 0.055, -0.064, -0.026],
  [1.95, 0.568, 0.187, -0.295, 0.109, -0.152, -0.014],
  [2.8, 0.873, -0.392, -0.362, 0.226, -0.462, 0.001],
  [4.5, 1.132, -1.237, -0.412, 0.288, -0.823, 0.056],
  [6.2, 1.06, -1.6, -0.359, 0.264, -1.127, 0.131],
  [Infinity, 0.678, -0.327, -0.25, 0.156, -1.377, 0.251],
];

/** Air that the beam goes through, over that at the zenith (Kasten and Young, Applied Optics 28, 4735, 1989). */
function airMass(zenith: number): number {
  return 1 / (Math.cos(zenith * RADIAN) + 0.50572 * (96.07995 - zenith) ** -1.6364);
}

/** Cosine of the angle between the beam and a plane's normal. */
function cosineOfIncidence({ elevation, azimuth }: SolarPosition, plane: Plane): number {
  const [tilt, height] = [plane.tilt * RADIAN, elevation * RADIAN];
  const cosine =
    Math.sin(height) * Math.cos(tilt) +
    Math.cos(height) * Math.sin(tilt) * Math.cos((azimuth - plane.azimuth) * RADIAN);
  return Math.min(1, Math.max(-1, cosine));
}

/** What falls on a plane while the sun is up. */
export function onPlane({ global, beam, diffuse }: Irradiance, sun: SolarPosition, plane: Plane): OnPlane {
  const cosine = cosineOfIncidence(sun, plane);
  const tilt = plane.tilt * RADIAN;
  return {
    beam: beam * Math.max(0, cosine),
    sky: diffuse > 0 ? skyOnPlane(beam, diffuse, sun, cosine, tilt) : 0,
    ground: (global * plane.groundReflectance * (1 - Math.cos(tilt))) / 2,
    incidence: Math.acos(cosine) / RADIAN,
  };
}

function skyOnPlane(beam: number, diffuse: number, sun: SolarPosition, cosine: number, tilt: number): number {
  const zenith = Math.min(90, 90 - sun.elevation);
  const z = zenith * RADIAN;
  const cube = 1.041 * z ** 3;
  const clearness = ((diffuse + beam) / diffuse + cube) / (1 + cube);
  const brightness = (diffuse * airMass(zenith)) / extraterrestrial(sun);
  const bin = BINS.find(([below]) => clearness < below) ?? BINS[BINS.length - 1];
  const [, f11, f12, f13, f21, f22, f23] = bin;
  const circumsolar = Math.max(0, f11 + f12 * brightness + f13 * z);
  const horizon = f21 + f22 * brightness + f23 * z;
  const ratio = Math.max(0, cosine) / Math.max(LEAST_COSINE, Math.cos(z));
  const isotropic = 0.5 * (1 - circumsolar) * (1 + Math.cos(tilt));
  return Math.max(0, diffuse * (isotropic + circumsolar * ratio + horizon * Math.sin(tilt)));
}

/** What is known of a moment's irradiance; NaN where it is not. */
interface Measured {
  readonly global: number;
  readonly beam: number;
  readonly diffuse: number;
}

/** Beam and diffuse of a moment: as measured, by what the other two leave, or by Erbs. */
export function parted({ global, beam, diffuse }: Measured, sun: SolarPosition): Irradiance {
  const vertical = Math.sin(Math.max(0, sun.elevation) * RADIAN);
  const isLow = sun.elevation < LEAST_ELEVATION;
  if (!Number.isNaN(beam) && !Number.isNaN(diffuse)) return { global, beam, diffuse };
  if (!Number.isNaN(beam)) return { global, beam, diffuse: Math.max(0, global - beam * vertical) };
  const own = Number.isNaN(diffuse) ? global * erbs(global, sun, vertical) : Math.min(diffuse, global);
  if (isLow) return { global, beam: 0, diffuse: global };
  return { global, beam: Math.min(extraterrestrial(sun), (global - own) / vertical), diffuse: own };
}

/** Share of global irradiance that is diffuse, by clearness. */
function erbs(global: number, sun: SolarPosition, vertical: number): number {
  const k = Math.min(1, global / (extraterrestrial(sun) * Math.max(vertical, LEAST_COSINE)));
  if (k <= 0.22) return 1 - 0.09 * k;
  if (k > 0.8) return 0.165;
  return 0.9511 - 0.1604 * k + 4.388 * k ** 2 - 16.638 * k ** 3 + 12.336 * k ** 4;
}

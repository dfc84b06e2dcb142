/**
 * From irradiance in the plane of the modules to alternating-current power, as PVWatts does (Dobos, PVWatts Version 5
 * Manual, NREL/TP-6A20-62641, 2014): cover, cells, losses, inverter. The cover is that of De Soto et al. (Solar Energy
 * 80, 78–88, 2006); the cells' temperature is Sandia's (King et al., SAND2004-3535, 2004), which needs no state from
 * hour to hour, where PVWatts takes Fuentes' thermal model.
 */
const RADIAN = Math.PI / 180;
/** Standard test conditions. */
const REFERENCE_IRRADIANCE = 1000;
const REFERENCE_CELSIUS = 25;

/** What modules stand on: a, b of eq. 11 and ΔT of eq. 12 (King et al. 2004, table 1). */
export const MOUNTS = {
  /** Glass and polymer back, open rack. */
  openRack: { a: -3.56, b: -0.075, rise: 3 },
  /** Glass and glass, close above a roof. */
  roof: { a: -2.98, b: -0.0471, rise: 1 },
} as const;

export type Mount = keyof typeof MOUNTS;

/** What turns light to power. */
export interface PvArray {
  /** Direct current at standard test conditions, watts. */
  readonly peakWatts: number;
  /** Share of direct-current power that wires, dirt, mismatch and the like take. */
  readonly losses: number;
  /** Share of power a kelvin; negative. */
  readonly temperatureCoefficient: number;
  readonly mount: Mount;
  /** Most alternating-current power. */
  readonly inverterWatts: number;
  /** At its nominal load. */
  readonly inverterEfficiency: number;
}

/** Index of refraction, extinction a metre and thickness in metres of a glass cover. */
const GLASS = { index: 1.526, extinction: 4, thickness: 0.002 };

/** What a cover lets through at an angle of incidence, over what it does of light that falls square to it. */
export function coverModifier(incidence: number): number {
  if (incidence >= 90) return 0;
  return transmittance(incidence * RADIAN) / transmittance(0);
}

function transmittance(incidence: number): number {
  const { index, extinction, thickness } = GLASS;
  const refracted = Math.asin(Math.sin(incidence) / index);
  const through = Math.exp((-extinction * thickness) / Math.cos(refracted));
  if (incidence < 1e-9) return through * (1 - ((1 - index) / (1 + index)) ** 2);
  const [less, more] = [refracted - incidence, refracted + incidence];
  const reflected = (Math.sin(less) / Math.sin(more)) ** 2 + (Math.tan(less) / Math.tan(more)) ** 2;
  return through * (1 - reflected / 2);
}

/** Degrees Celsius of the cells. @param wind metres a second */
export function cellTemperature(irradiance: number, air: number, wind: number, mount: Mount): number {
  const { a, b, rise } = MOUNTS[mount];
  return air + irradiance * Math.exp(a + b * wind) + (irradiance / REFERENCE_IRRADIANCE) * rise;
}

/** Watts of direct current. @param transmitted irradiance that reaches the cells @param celsius of the cells */
export function directPower(transmitted: number, celsius: number, array: PvArray): number {
  const { peakWatts, temperatureCoefficient, losses } = array;
  const factor = Math.max(0, 1 + temperatureCoefficient * (celsius - REFERENCE_CELSIUS));
  return (transmitted / REFERENCE_IRRADIANCE) * peakWatts * factor * (1 - losses);
}

/** Efficiency of the inverter that PVWatts' curve is drawn from. */
const REFERENCE_EFFICIENCY = 0.9637;

/** Watts of alternating current (manual, eqs. 13 to 15). */
export function inverterPower(direct: number, { inverterWatts, inverterEfficiency }: PvArray): number {
  if (direct <= 0) return 0;
  const load = (direct * inverterEfficiency) / inverterWatts;
  if (load >= 1) return inverterWatts;
  const efficiency = (inverterEfficiency / REFERENCE_EFFICIENCY) * (-0.0162 * load - 0.0059 / load + 0.9858);
  return Math.max(0, Math.min(inverterWatts, efficiency * direct));
}

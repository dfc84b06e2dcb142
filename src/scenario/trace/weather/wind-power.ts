/** From wind speed to power by a turbine's curve, with the speed carried to the hub by the power law. */

export interface Turbine {
  /** Speeds ascend; powers between them lie on lines. Metres a second, watts. */
  readonly powerCurve: { readonly metresPerSecond: readonly number[]; readonly watts: readonly number[] };
  /** Below it there is none; left out, the curve's first speed. */
  readonly cutInMetresPerSecond?: number | undefined;
  /** Above it there is none; left out, the curve's last speed. Up to it the curve's last power is held. */
  readonly cutOutMetresPerSecond?: number | undefined;
  /** Heights above ground of the hub and of what measured; left out, the speed is that at the hub. */
  readonly hubMetres?: number | undefined;
  readonly measuredMetres?: number | undefined;
  /** α of v = v₀ (h/h₀)^α (IEC 61400-1 has 0.2, open land is about 1/7). */
  readonly shearExponent: number;
  /** How many stand there. */
  readonly count: number;
  /** Share of power that wakes, wires and standstill take. */
  readonly losses: number;
}

/** Factor from the speed that was measured to that at the hub. */
export const hubFactor = ({ hubMetres, measuredMetres, shearExponent }: Turbine): number =>
  hubMetres === undefined || measuredMetres === undefined ? 1 : (hubMetres / measuredMetres) ** shearExponent;

/** Watts at a speed at the hub. */
export function turbinePower(speed: number, turbine: Turbine): number {
  const { metresPerSecond: speeds, watts } = turbine.powerCurve;
  const last = speeds.length - 1;
  const { cutInMetresPerSecond = speeds[0], cutOutMetresPerSecond = speeds[last] } = turbine;
  if (speed < Math.max(cutInMetresPerSecond, speeds[0]) || speed > cutOutMetresPerSecond) return 0;
  const i = speeds.findIndex((x) => x >= speed);
  const one =
    i < 0
      ? watts[last]
      : i === 0
        ? watts[0]
        : watts[i - 1] + ((watts[i] - watts[i - 1]) * (speed - speeds[i - 1])) / (speeds[i] - speeds[i - 1]);
  return one * turbine.count * (1 - turbine.losses);
}

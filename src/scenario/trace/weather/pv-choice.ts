/** What a trace says of its PV array, read and with its defaults (docs/files.md). */
import type { Mount } from './pv-power.js';

/** A column by the text of its header or its number from 1; `"none"`. */
type ColumnName = string | number;

export interface PvChoice {
  readonly peakWatts?: number | undefined;
  readonly areaSquareMetres?: number | undefined;
  readonly moduleEfficiency?: number | undefined;
  /** From the horizontal; left out, irradiance is in the plane of the modules. */
  readonly tiltDegrees?: number | undefined;
  /** Clockwise from north. */
  readonly azimuthDegrees?: number | undefined;
  readonly latitude?: number | undefined;
  readonly longitude?: number | undefined;
  readonly groundReflectance: number;
  readonly beamColumn?: ColumnName | undefined;
  readonly diffuseColumn?: ColumnName | undefined;
  readonly temperatureColumn?: ColumnName | undefined;
  readonly windColumn?: ColumnName | undefined;
  /** Share of power a kelvin. */
  readonly temperatureCoefficient: number;
  readonly mount: Mount;
  /** Share of direct-current power. */
  readonly losses: number;
  readonly inverterWatts?: number | undefined;
  readonly inverterEfficiency: number;
}

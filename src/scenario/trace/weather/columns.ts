/** Which columns of a weather file are irradiance of the horizontal or of the modules, beam, diffuse, air, wind. */
import type { Described } from '../columns.js';
import { TraceRefusal } from '../refusal.js';
import type { FileFormat, Table } from '../table.js';
import { columnLabel } from '../table.js';
import { findColumn, listed, type ColumnName } from '../time-columns.js';
import { isIrradiance, speedUnitOf } from '../units.js';

const GLOBAL = /\bghi\b|global.?horiz|^g\(h\)|globalstrahlung|\bssrd\b|\bswdown\b/i;
const IN_PLANE = /\bpoa\b|\bgti\b|plane.?of|in.?plane|inclined|tilted|^g\(i\)/i;
const BEAM = /\bdni\b|\bbni\b|direct.?normal|beam.?normal|^gb\(n\)/i;
const DIFFUSE = /\bdhi\b|diffuse.?horiz|^gd\(h\)/i;

/** Columns of air's temperature (°C) and of wind (m/s) in formats that fix their names. */
const KNOWN: Partial<Readonly<Record<FileFormat, readonly [air: RegExp, wind: RegExp]>>> = {
  epw: [/^dry bulb temperature/i, /^wind speed/i],
  tmy3: [/^dry-bulb/i, /^wspd/i],
  nsrdb: [/^temperature$/i, /^wind speed$/i],
  pvgis: [/^t2m$/i, /^ws10m$/i],
};

const spaced = (header: string): string => header.replaceAll('_', ' ');
const bears = (column: Described, pattern: RegExp): boolean =>
  column.isNumeric && (pattern.test(column.header) || pattern.test(spaced(column.header)));
/** Clear skies, uncertainties and the like are no irradiance. */
const ofSun = (columns: readonly Described[], pattern: RegExp): readonly Described[] =>
  columns.filter((column) => column.meaning !== 'other' && bears(column, pattern));

interface WeatherTable {
  readonly table: Table;
  readonly columns: readonly Described[];
  readonly name: string;
}

/** The column that a key names. @throws {TraceRefusal} */
function named({ table, columns, name }: WeatherTable, key: string, wanted: ColumnName): Described {
  const index = findColumn(key, wanted, table, name);
  const found = columns.find((column) => column.index === index);
  if (found !== undefined) return found;
  const expected = listed(table.headers, table.width);
  const message = `${key}: got ${JSON.stringify(wanted)}, which holds the times, expected ${expected}`;
  throw new TraceRefusal(name, message, key);
}

const optional = (weather: WeatherTable, key: string, wanted: ColumnName | undefined, usual: readonly Described[]) =>
  wanted === 'none' ? undefined : wanted === undefined ? usual[0] : named(weather, key, wanted);

/** The column of irradiance. @param isTilted whether it is to be that of the horizontal @throws {TraceRefusal} */
export function irradianceColumn(weather: WeatherTable, wanted: ColumnName | undefined, isTilted: boolean): Described {
  const { columns, table, name } = weather;
  if (wanted !== undefined) return checkedPlane(named(weather, 'column', wanted), isTilted, name);
  const [best, other] = isTilted ? [GLOBAL, IN_PLANE] : [IN_PLANE, GLOBAL];
  const sure = ofSun(columns, best);
  const suns = columns.filter(
    (c) =>
      c.isNumeric &&
      c.meaning !== 'other' &&
      (c.unit === undefined ? c.meaning === 'irradiance' : isIrradiance(c.unit)),
  );
  const found = sure.length > 0 ? sure : suns.filter((c) => !bears(c, BEAM) && !bears(c, DIFFUSE));
  if (found.length === 1) return checkedPlane(found[0], isTilted, name);
  const shown = found.map(({ index }) => columnLabel(index, table.headers)).join(', ');
  const came = found.length === 0 ? 'no column of irradiance' : `${found.length} columns of irradiance, ${shown}`;
  const which = other === GLOBAL ? 'in the plane of the modules' : 'of the horizontal';
  const expected = `expected the one ${which} to be given: ${listed(table.headers, table.width)}`;
  throw new TraceRefusal(name, `column: got ${came}, ${expected}`, 'column');
}

/** @throws {TraceRefusal} where a header says that a column is of another plane than is asked for */
function checkedPlane(column: Described, isTilted: boolean, name: string): Described {
  const header = JSON.stringify(column.header);
  if (isTilted && bears(column, IN_PLANE)) {
    const message = `pv.tiltDegrees: got it with column ${header}, in the plane of the modules already: leave it out`;
    throw new TraceRefusal(name, message, 'pv.tiltDegrees');
  }
  if (!isTilted && bears(column, GLOBAL)) {
    const message =
      `pv.tiltDegrees: missing, and column ${header} is of the horizontal; ` +
      'expected tilt and azimuth (0 where modules lie flat)';
    throw new TraceRefusal(name, message, 'pv.tiltDegrees');
  }
  if (bears(column, BEAM) || bears(column, DIFFUSE)) {
    const message =
      `column: got ${header}, a part of irradiance, expected all of it; ` +
      'pv.beamColumn and pv.diffuseColumn name parts';
    throw new TraceRefusal(name, message, 'column');
  }
  return column;
}

/** Whether a column's header says which plane it is of. */
export const isPlaneSaid = (column: Described): boolean => bears(column, IN_PLANE) || bears(column, GLOBAL);

/** What the keys of `pv` name. */
type BesideNames = {
  readonly [K in 'beamColumn' | 'diffuseColumn' | 'temperatureColumn' | 'windColumn']?: ColumnName | undefined;
};

/** Columns beside irradiance that a PV array takes, as they are named or as the format has them. */
interface Beside {
  readonly beam: Described | undefined;
  readonly diffuse: Described | undefined;
  readonly air: Described | undefined;
  readonly wind: Described | undefined;
}

/** @throws {TraceRefusal} */
export function columnsBeside(weather: WeatherTable, names: BesideNames, isTilted: boolean): Beside {
  const { columns, table } = weather;
  const [air, wind] = KNOWN[table.format] ?? [];
  const known = (pattern: RegExp | undefined): readonly Described[] =>
    pattern === undefined ? [] : columns.filter((column) => bears(column, pattern));
  const part = (key: 'beamColumn' | 'diffuseColumn', pattern: RegExp): Described | undefined =>
    isTilted ? optional(weather, `pv.${key}`, names[key], ofSun(columns, pattern)) : undefined;
  return {
    beam: part('beamColumn', BEAM),
    diffuse: part('diffuseColumn', DIFFUSE),
    air: optional(weather, 'pv.temperatureColumn', names.temperatureColumn, known(air)),
    wind: optional(weather, 'pv.windColumn', names.windColumn, known(wind)),
  };
}

/** The column of wind speed. @throws {TraceRefusal} */
export function speedColumn(weather: WeatherTable, wanted: ColumnName | undefined): Described {
  const { columns, table, name } = weather;
  if (wanted !== undefined) return named(weather, 'column', wanted);
  const found = columns.filter(
    (c) =>
      c.isNumeric &&
      !/gust|\bmax|\bmin\b|std|dev/i.test(c.header) &&
      (speedUnitOf(c.unitText ?? '') !== undefined ||
        /wind.?speed|\bws\d*m?\b|\bwspd\b|windgeschw/i.test(spaced(c.header))),
  );
  if (found.length === 1) return found[0];
  const shown = found.map(({ index }) => columnLabel(index, table.headers)).join(', ');
  const came = found.length === 0 ? 'no column of wind speed' : `${found.length} columns of wind speed, ${shown}`;
  const expected = `expected column to be given: ${listed(table.headers, table.width)}`;
  throw new TraceRefusal(name, `column: got ${came}, ${expected}`, 'column');
}

/**
 * Layouts that have no header of columns in the usual place, or whose zone, stamps and missing values stand elsewhere
 * in the file or in the format's own description: EPW, TMY3, NSRDB, PVGIS, AEMO, CAMS, renewables.ninja, ENTSO-E,
 * SMARD.
 */
import { csvRows, type Rows } from './csv.js';
import { tableOf } from './layout.js';
import type { About, FileFormat, Table } from './table.js';
import { offsetName } from './zones.js';

/** Columns of an EPW file (EnergyPlus, Auxiliary Programs, "EPW CSV Format"), after year … minute and the flags. */
const EPW_COLUMNS = [
  ...[
    'Year',
    'Month',
    'Day',
    'Hour',
    'Minute',
    'Source flags',
    'Dry bulb temperature (°C)',
    'Dew point temperature (°C)',
  ],
  ...['Relative humidity (%)', 'Atmospheric pressure (Pa)', 'Extraterrestrial horizontal radiation (Wh/m2)'],
  ...['Extraterrestrial direct normal radiation (Wh/m2)', 'Horizontal infrared intensity (Wh/m2)'],
  ...['Global horizontal radiation (Wh/m2)', 'Direct normal radiation (Wh/m2)', 'Diffuse horizontal radiation (Wh/m2)'],
  ...['Global horizontal illuminance (lx)', 'Direct normal illuminance (lx)', 'Diffuse horizontal illuminance (lx)'],
  ...['Zenith luminance (Cd/m2)', 'Wind direction (deg)', 'Wind speed (m/s)', 'Total sky cover', 'Opaque sky cover'],
  ...['Visibility (km)', 'Ceiling height (m)', 'Present weather observation', 'Present weather codes'],
  ...['Precipitable water (mm)', 'Aerosol optical depth', 'Snow depth (cm)', 'Days since last snow', 'Albedo'],
  ...['Rain depth (mm)', 'Rain quantity (h)'],
];

const hours = (text: string | undefined): string | undefined => {
  const value = Number(text);
  return text === undefined || text === '' || !Number.isFinite(value) ? undefined : offsetName(Math.round(value * 60));
};

const numberOf = (text: string | undefined): number | undefined =>
  text === undefined || text === '' || !Number.isFinite(Number(text)) ? undefined : Number(text);

function slice(rows: Rows, from: number, keep?: (row: readonly string[]) => boolean): Rows {
  const kept: number[] = [];
  for (let i = from; i < rows.fields.length; i++) if (keep === undefined || keep(rows.fields[i])) kept.push(i);
  return { ...rows, fields: kept.map((i) => rows.fields[i]), lines: Uint32Array.from(kept, (i) => rows.lines[i]) };
}

/** The rows from `from` on, under headers that the file does not write there. */
function withHeaders(headers: readonly string[], rows: Rows, from: number): Rows {
  const body = slice(rows, from);
  const line = from === 0 ? 0 : rows.lines[from - 1];
  return { ...body, fields: [headers, ...body.fields], lines: Uint32Array.from([line, ...body.lines]) };
}

function epw(rows: Rows, name: string): Table {
  const place = rows.fields[0];
  const from = rows.fields.findIndex(([first]) => /^data periods/i.test(first)) + 1;
  const width = rows.fields[from].length;
  const headers = Array.from({ length: width }, (_, i) => EPW_COLUMNS[i] ?? `Column ${i + 1}`);
  return tableOf(withHeaders(headers, rows, from), name, 'epw', {
    timeZone: hours(place[8]),
    latitude: numberOf(place[6]),
    longitude: numberOf(place[7]),
    stamp: 'end',
    isTypicalYear: true,
    missingIn: (header) =>
      /radiation|infrared/i.test(header)
        ? (x) => x >= 9999
        : /speed/i.test(header)
          ? (x) => x >= 999
          : /temperature/i.test(header)
            ? (x) => x >= 99.9
            : undefined,
  });
}

function tmy3(rows: Rows, name: string): Table {
  const [place] = rows.fields;
  return tableOf(slice(rows, 1), name, 'tmy3', {
    timeZone: hours(place[3]),
    latitude: numberOf(place[4]),
    longitude: numberOf(place[5]),
    ...{ stamp: 'end', dateOrder: 'monthFirst', isTypicalYear: true, missingIn: () => (x: number) => x <= -9900 },
  });
}

function nsrdb(rows: Rows, name: string): Table {
  const [keys, values] = rows.fields;
  const at = (key: string): string | undefined => values[keys.findIndex((text) => text.toLowerCase() === key)];
  const unitIn = (header: string): string | undefined => at(`${header.toLowerCase()} units`);
  return tableOf(slice(rows, 2), name, 'nsrdb', {
    timeZone: hours(at('time zone')),
    latitude: numberOf(at('latitude')),
    longitude: numberOf(at('longitude')),
    ...{ stamp: 'middle', unitIn, missingIn: () => (x: number) => x <= -999 },
    isTypicalYear: /tmy|tgy|tdy/i.test(name) || /tmy/i.test(at('source') ?? ''),
  });
}

function pvgis(rows: Rows, name: string): Table {
  const text = rows.fields.map((row) => row.join(rows.separator));
  const degrees = (pattern: RegExp): number | undefined =>
    numberOf(text.map((line) => pattern.exec(line)?.[1]).find((found) => found));
  const offset = text
    .map((line) => /irradiance time offset.*?:\s*(-?\d+\.?\d*)/i.exec(line)?.[1])
    .find((found) => found);
  const from = rows.fields.findIndex(([first]) => /^time/i.test(first));
  return tableOf(from < 0 ? rows : slice(rows, from), name, 'pvgis', {
    timeZone: 'UTC',
    stamp: offset === undefined ? 'middle' : 'start',
    latitude: degrees(/^latitude.*?:\s*[,\t]?\s*(-?\d+\.?\d*)/i),
    longitude: degrees(/^longitude.*?:\s*[,\t]?\s*(-?\d+\.?\d*)/i),
    isTypicalYear: text.some((line) => /^month,year|irradiance time offset/i.test(line)),
    unitIn: pvgisUnit,
  });
}

/** Units of PVGIS's columns, which its footer tells. */
export const pvgisUnit = (header: string): string | undefined =>
  header === 'P' ? 'W' : /^G[bdr]?\([inhd]\)$/.test(header) ? 'W/m²' : undefined;

/** C rows are comments, an I row names the columns of the D rows after it. The first table is read. */
function aemo(rows: Rows, name: string): Table {
  const [header] = rows.fields.filter(([kind]) => kind === 'I');
  const isOfFirst = (row: readonly string[]): boolean =>
    row[0] === 'I' ? row === header : row[0] === 'D' && row[1] === header[1] && row[2] === header[2];
  const isScada = /scada/i.test(header[2]);
  const kept = slice(rows, 0, isOfFirst);
  // The version of the table stands among its headers.
  const headed = {
    ...kept,
    fields: kept.fields.map((row) => (row === header ? row.map((text) => (/^\d+$/.test(text) ? '' : text)) : row)),
  };
  return tableOf(headed, name, 'aemo', {
    ...{ timeZone: '+10:00', stamp: 'end', dateOrder: 'dayFirst' },
    secondsPerValue: /dispatch/i.test(header[1]) || isScada ? 300 : undefined,
    unitIn: (text) => (/scadavalue|initialmw|totalcleared|power|availability/i.test(text) ? 'MW' : undefined),
  });
}

/** CAMS radiation: the header is a comment, and stamps are ISO intervals. */
function cams(rows: Rows, name: string): Table {
  const header = rows.comments.findLast((line) => line.includes(';')) ?? '';
  const headed = withHeaders(
    header.split(';').map((text) => text.trim()),
    rows,
    0,
  );
  const isLocal = rows.comments.some((line) => /time reference.*solar/i.test(line));
  return tableOf(headed, name, 'cams', {
    timeZone: isLocal ? undefined : 'UTC',
    unitIn: (text) => (/\b(?:ghi|bhi|dhi|bni|gni|toa)\b/i.test(text) ? 'Wh/m²' : undefined),
  });
}

/** renewables.ninja: `# Units: time in UTC, local_time in Europe/Paris, electricity in kW`. */
function ninja(rows: Rows, name: string): Table {
  const said = rows.comments.find((line) => /^units:/i.test(line)) ?? '';
  const unitIn = (header: string): string | undefined => {
    const escaped = header.replaceAll(/[^\w]/g, String.raw`\$&`);
    return new RegExp(String.raw`(?:^|[ ,:])${escaped} in ([^,]+)`, 'i').exec(said)?.[1].trim();
  };
  const degrees = (key: string): number | undefined =>
    numberOf(new RegExp(String.raw`"${key}":\s*(-?\d+\.?\d*)`).exec(rows.comments.join('\n'))?.[1]);
  return tableOf(rows, name, 'renewables.ninja', { unitIn, latitude: degrees('lat'), longitude: degrees('lon') });
}

const head = (rows: Rows): string =>
  rows.fields
    .slice(0, 3)
    .map((row) => row.join('|'))
    .join('\n');

/** What a format is known by, and how it is read. */
const FORMATS: readonly (readonly [(rows: Rows) => boolean, (rows: Rows, name: string) => Table])[] = [
  [({ fields }) => /^location$/i.test(fields[0][0]) && fields.some(([x]) => /^data periods/i.test(x)), epw],
  [
    ({ fields }) =>
      fields.length > 1 &&
      fields[0].length === 7 &&
      /^\d+$/.test(fields[0][0]) &&
      /^date \(mm\/dd\/yyyy\)/i.test(fields[1][0]),
    tmy3,
  ],
  [
    ({ fields }) =>
      fields.length > 2 && /^source$/i.test(fields[0][0]) && fields[0].some((x) => /^time zone$/i.test(x)),
    nsrdb,
  ],
  [({ fields }) => /^latitude \(decimal degrees\)/i.test(fields[0][0]), pvgis],
  [
    ({ fields }) => /^[CI]$/.test(fields[0][0]) && fields.some(([x]) => x === 'I') && fields.some(([x]) => x === 'D'),
    aemo,
  ],
  [
    ({ comments }) =>
      comments.some((line) => /cams|copernicus|observation period/i.test(line) && true) &&
      comments.some((line) => /^observation period;/i.test(line)),
    cams,
  ],
  [({ comments }) => comments.some((line) => /^units: .* in /i.test(line)), ninja],
  [(rows) => /mtu|bzn\|/i.test(head(rows)) && /cet/i.test(head(rows)), known('entsoe', { dateOrder: 'dayFirst' })],
  [
    (rows) => /^(?:datum von|start date|datum;anfang|datum\|anfang)/im.test(head(rows)),
    known('smard', { timeZone: 'Europe/Berlin', dateOrder: 'dayFirst' }),
  ],
  [
    (rows) => /delivery ?date\|(?:hour|time) ?ending|deliverydate\|.*hour/i.test(head(rows)),
    known('csv', { timeZone: 'America/Chicago', dateOrder: 'monthFirst', stamp: 'end' }),
  ],
  [(rows) => /opr_dt|interval ?start ?time ?_?gmt/i.test(head(rows)), known('csv', { timeZone: 'UTC' })],
];

function known(format: FileFormat, about: About) {
  return (rows: Rows, name: string): Table => tableOf(rows, name, format, about);
}

/** The table of a delimited text, in a layout that is known or in any other. @throws {TraceRefusal} */
export function textTable(text: string, name: string): Table {
  const rows = csvRows(text, name);
  const read = rows.fields.length === 0 ? undefined : FORMATS.find(([isIt]) => isIt(rows))?.[1];
  return read === undefined ? tableOf(rows, name) : read(rows, name);
}

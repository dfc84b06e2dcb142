/**
 * Tables in JSON: PVGIS's answers, a list of records, records a line, columns beside each other (Open-Meteo). The
 * longest list of records, or the object with most lists of one length, is the table.
 */
import { isObject } from '../schema-parts.js';
import { pvgisUnit } from './formats.js';
import { TraceRefusal } from './refusal.js';
import type { About, FileFormat, Table } from './table.js';

type Json = Record<string, unknown>;

const cell = (value: unknown): string =>
  typeof value === 'string'
    ? value.trim()
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : '';

/** Lists of records and objects of lists within a document, with the object that each stands in. */
function* tablesIn(
  value: unknown,
  parent: Json,
  depth = 0,
): Generator<{ rows: readonly Json[]; beside: Json; key: string }> {
  if (depth > 6) return;
  if (Array.isArray(value)) {
    const records = value.filter(isObject);
    if (records.length > 0 && records.length === value.length) yield { rows: records, beside: parent, key: '' };
    return;
  }
  if (!isObject(value)) return;
  const lists = Object.entries(value).filter(
    (entry): entry is [string, unknown[]] => Array.isArray(entry[1]) && !entry[1].some(isObject),
  );
  const length = lists.reduce((most, [, list]) => Math.max(most, list.length), 0);
  const columns = [...lists, ...named(value)].filter(([, list]) => list.length === length && length > 0);
  if (columns.length > 1) {
    const rows = Array.from({ length }, (_, i) => Object.fromEntries(columns.map(([key, list]) => [key, list[i]])));
    yield { rows, beside: parent, key: '' };
  }
  for (const [key, inner] of Object.entries(value)) {
    for (const found of tablesIn(inner, value, depth + 1)) yield { ...found, key: found.key || key };
  }
}

/** Lists that stand with their names beside other lists: `{"name": "Solar", "data": [0, 1]}` (energy-charts). */
function named(value: Json): [string, unknown[]][] {
  return Object.values(value).flatMap((list) =>
    Array.isArray(list)
      ? list.filter(isObject).flatMap((item): [string, unknown[]][] => {
          const [name, data] = [item['name'], item['data'] ?? item['values']];
          return typeof name === 'string' && Array.isArray(data) ? [[name, data]] : [];
        })
      : [],
  );
}

/** Records with records within, such as `{"usage": {"tokens": 3}}`, get names such as `usage.tokens`. */
function flat(record: Json, prefix = ''): Json {
  return Object.fromEntries(
    Object.entries(record).flatMap(([key, value]) =>
      isObject(value) ? Object.entries(flat(value, `${prefix}${key}.`)) : [[`${prefix}${key}`, value]],
    ),
  );
}

function made(
  records: readonly Json[],
  lineOf: (i: number) => number,
  format: FileFormat,
  about: About,
  units?: Json,
): Table {
  const rows = records.map((record) => flat(record));
  const headers = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return {
    ...{ format, headers, headerLine: 1, separator: ',', width: headers.length, comments: [], about, warnings: [] },
    units: headers.map((header) => (typeof units?.[header] === 'string' ? units[header] : undefined)),
    rows: rows.map((row) => headers.map((header) => cell(row[header]))),
    lines: Uint32Array.from(rows, (_, i) => lineOf(i)),
  };
}

/**
 * The table of a JSON text or of JSON lines; undefined where the text is none.
 * @throws {TraceRefusal} where it holds no table
 */
export function jsonTable(text: string, name: string): Table | undefined {
  const start = text.replace('\uFEFF', '').trimStart();
  if (!/^[{[]/.test(start)) return undefined;
  let document: unknown;
  try {
    document = JSON.parse(start);
  } catch {
    return jsonLines(start, name);
  }
  if (isObject(document) && !start.includes('\n{') && !start.includes('[')) return jsonLines(start, name);
  let best: { rows: readonly Json[]; beside: Json; key: string } | undefined;
  for (const found of tablesIn(document, {})) if (found.rows.length > (best?.rows.length ?? 0)) best = found;
  if (best === undefined) {
    if (isObject(document)) return jsonLines(start, name);
    throw new TraceRefusal(name, 'got JSON without a list of records, expected one record a value', undefined);
  }
  const { rows, beside, key } = best;
  const root = isObject(document) ? document : {};
  const isPvgis = isObject(root['inputs']) && isObject(root['outputs']);
  const place = isPvgis && isObject(root['inputs']) ? root['inputs']['location'] : root;
  const longitude = isObject(place) && typeof place['longitude'] === 'number' ? place['longitude'] : undefined;
  const zone = isPvgis ? 'UTC' : openMeteoZone(root);
  const about: About = {
    ...{ timeZone: zone, longitude, unitIn: isPvgis ? pvgisUnit : undefined },
    stamp: isPvgis ? 'middle' : undefined,
  };
  const units = beside[`${key}_units`] ?? root[`${key}_units`];
  return made(rows, (i) => i + 1, isPvgis ? 'pvgis' : 'json', about, isObject(units) ? units : undefined);
}

function openMeteoZone(root: Json): string | undefined {
  const zone = root['timezone'] ?? root['time_zone'] ?? root['timeZone'];
  return typeof zone === 'string' && zone !== '' ? zone : undefined;
}

function jsonLines(text: string, name: string): Table {
  const lines = text.split('\n');
  const at: number[] = [];
  const records: Json[] = [];
  lines.forEach((line, i) => {
    if (line.trim() === '') return;
    let record: unknown;
    try {
      record = JSON.parse(line);
    } catch {
      record = undefined;
    }
    if (!isObject(record))
      throw new TraceRefusal(name, `line ${i + 1}: got text that is no JSON, expected a JSON object a line`, undefined);
    records.push(record);
    at.push(i + 1);
  });
  return made(records, (i) => at[i], 'jsonl', {});
}

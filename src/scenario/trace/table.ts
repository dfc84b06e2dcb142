/** A file as a table: headers, units and rows, and what the file's own metadata say of them. */
import type { TraceWarning } from './refusal.js';

/** Layouts that are known by their marks. */
export type FileFormat =
  | 'csv'
  | 'epw'
  | 'tmy3'
  | 'nsrdb'
  | 'pvgis'
  | 'aemo'
  | 'cams'
  | 'renewables.ninja'
  | 'entsoe'
  | 'smard'
  | 'json'
  | 'jsonl';

export type StampPlace = 'start' | 'middle' | 'end';

/** What metadata or the format itself say; a key of `trace` wins over each. */
export interface About {
  /** For `zoneOf`. */
  readonly timeZone?: string | undefined;
  readonly stamp?: StampPlace | undefined;
  readonly dateOrder?: 'dayFirst' | 'monthFirst' | undefined;
  readonly secondsPerValue?: number | undefined;
  /** Values of a column that mean none, by its header. */
  readonly missingIn?: (header: string) => ((value: number) => boolean) | undefined;
  /** The unit of a column, where neither its header nor a row of units has it. */
  readonly unitIn?: ((header: string) => string | undefined) | undefined;
  /** Degrees north. */
  readonly latitude?: number | undefined;
  /** Degrees east. */
  readonly longitude?: number | undefined;
  /** Months of several years: the year of a stamp is not looked at. */
  readonly isTypicalYear?: boolean | undefined;
}

export interface Table {
  readonly format: FileFormat;
  /** Undefined where the first row is data. */
  readonly headers: readonly string[] | undefined;
  /** The line that headers stand in. */
  readonly headerLine: number;
  /** By column, from a row of units. */
  readonly units: readonly (string | undefined)[];
  readonly rows: readonly (readonly string[])[];
  /** Line of each row, from 1. */
  readonly lines: Uint32Array;
  readonly separator: string;
  readonly width: number;
  readonly comments: readonly string[];
  readonly about: About;
  readonly warnings: readonly TraceWarning[];
}

/** What to call a column in messages: `column 2` or `column "power_W"`. */
export function columnLabel(index: number, headers: readonly string[] | undefined): string {
  const header = headers?.[index] ?? '';
  return header === '' ? `column ${index + 1}` : `column ${JSON.stringify(header)}`;
}

/** The rows of a table that hold, with their lines. */
export function keepRows(table: Table, holds: (row: readonly string[]) => boolean): Table {
  const kept: number[] = [];
  table.rows.forEach((row, i) => {
    if (holds(row)) kept.push(i);
  });
  return { ...table, rows: kept.map((i) => table.rows[i]), lines: Uint32Array.from(kept, (i) => table.lines[i]) };
}

/** What a series is made of, and what it is. */
import type { RowTimes } from './steps.js';
import type { StampPlace } from './table.js';
import type { FileUnit } from './units.js';

/** Values in equal steps. */
export interface Series {
  /** As measured: NaN where a value is missing. */
  readonly measured: Float64Array;
  /** With gaps filled. */
  readonly values: Float64Array;
  readonly unit: FileUnit | undefined;
  readonly secondsPerValue: number;
  /** Start of the first interval; undefined without times. */
  readonly first: number | undefined;
  readonly filled: number;
}

/** The rows of a column, with their times. */
export interface SeriesRows {
  readonly values: Float64Array;
  readonly lines: Uint32Array;
  readonly times: RowTimes | undefined;
  readonly stamp: StampPlace;
  /** Milliseconds, where the file gives intervals or the format has one. */
  readonly interval: number | undefined;
  readonly unit: FileUnit | undefined;
  readonly header: string;
  /** Suggests a row filter where a long table repeats its times. */
  readonly whereHint: string;
}

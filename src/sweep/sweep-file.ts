/**
 * The sweep file (docs/contract.md, schemaVersion 1): a base scenario, what to run, and the axes. Checked here as far
 * as it goes without a scenario; every point is checked by points.ts.
 */
import * as z from 'zod';
import { InputError } from '../errors.js';
import { MAXIMUM_HORIZONS, MAXIMUM_TRIALS } from '../engine/job-request.js';
import { isSeedText } from '../engine/stream-key.js';
import { nearestOf } from '../scenario/nearest.js';
import { chosenBy, isObject, mismatch, text, where } from '../scenario/schema-parts.js';
import { overlapping, parsePath } from '../scenario/document-path.js';
import { sweepInBaseUnits } from './sweep-units.js';

/** What the exact law is asked for. */
export const EXACT_CHOICES = ['auto', 'none', 'moments', 'law'] as const;
export type ExactChoice = (typeof EXACT_CHOICES)[number];

/** A value of an axis: whatever a scenario may hold at its path. */
export type AxisValue = number | string | boolean | null | { readonly [key: string]: unknown } | readonly unknown[];

/** A range as it is written. */
export interface AxisRange {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly scale: 'linear' | 'log';
}

/** The checked file; it is itself a valid sweep file. */
export interface SweepFile {
  readonly schemaVersion: 1;
  readonly name: string;
  /** A preset's name or a scenario document. */
  readonly base: string | Readonly<Record<string, unknown>>;
  /** Paths of each point. */
  readonly trials: number;
  readonly horizons: readonly number[];
  readonly seed: string;
  /**
   * `shared`: every point sees the same words, through laws of its own (neighbours.ts measures what that comes to);
   * `apart`: words of its own.
   */
  readonly seeds: 'shared' | 'apart';
  readonly axes: Readonly<Record<string, readonly AxisValue[] | AxisRange>>;
  /** Groups of axes that walk together. */
  readonly zip: readonly (readonly string[])[];
  /** Risks of which the reserve is reported: the charge b with P(D > b) ≤ risk. */
  readonly risks: readonly number[];
  readonly exact: ExactChoice;
  /** Path-slots of one shard, about: the unit that is stored, resumed and handed to other machines. */
  readonly shardPathSlots: number;
}

/** 2^30: about a second of a processor, a hundredth of one of a large GPU. */
const SHARD_PATH_SLOTS = 2 ** 30;
const MOST_VALUES = 1_000_000;

const finite = (v: unknown): v is number => typeof v === 'number' && Number.isFinite(v);
const whole = (v: unknown, least: number, most: number): boolean =>
  typeof v === 'number' && Number.isSafeInteger(v) && v >= least && v <= most;

function strict<S extends z.core.$ZodLooseShape>(shape: S) {
  return z.strictObject(shape, {
    error: (issue) => {
      const known = Object.keys(shape);
      if (issue.code !== 'unrecognized_keys') return mismatch(issue.input, `an object with ${known.join(', ')}`);
      const [key] = issue.keys;
      return `${JSON.stringify(key)} is an unknown key; the nearest known key is ${JSON.stringify(nearestOf(key, known))}`;
    },
  });
}

const range = strict({
  from: where<number>('a number', finite),
  to: where<number>('a number', finite),
  count: where<number>(`a whole number from 1 to ${MOST_VALUES}`, (v) => whole(v, 1, MOST_VALUES)),
  scale: where<'linear' | 'log'>('"linear" or "log"', (v) => v === 'linear' || v === 'log').default('linear'),
}).check((context) => {
  const { from, to, scale } = context.value;
  if (scale === 'log' && !(from > 0 && to > 0)) {
    const message = `got from ${from} to ${to} with scale "log", expected both above 0`;
    context.issues.push({ code: 'custom', input: context.value, message });
  }
});

const axis = chosenBy<readonly AxisValue[] | AxisRange>((input) =>
  isObject(input)
    ? range
    : where<AxisValue[]>(
        'a list of at least one value or {"from": a, "to": b, "count": n, "scale": "linear" or "log"}',
        (v) => Array.isArray(v) && v.length > 0 && v.length <= MOST_VALUES,
      ),
);

const horizons = where<number[]>(
  `1 to ${MAXIMUM_HORIZONS} whole numbers of slots in strictly ascending order, such as [64, 1024]`,
  (v) =>
    Array.isArray(v) &&
    v.length > 0 &&
    v.length <= MAXIMUM_HORIZONS &&
    v.every((slots: unknown, i) => whole(slots, i === 0 ? 1 : (v[i - 1] as number) + 1, Number.MAX_SAFE_INTEGER)),
);

const schema = strict({
  schemaVersion: where<1>('1, the version of the format that this release reads', (v) => v === 1),
  name: text.default('sweep'),
  base: where<string | Record<string, unknown>>(
    'a scenario or the name of a preset',
    (v) => isObject(v) || (typeof v === 'string' && v !== ''),
  ),
  trials: where<number>(`a whole number from 1 to ${MAXIMUM_TRIALS}`, (v) => whole(v, 1, MAXIMUM_TRIALS)),
  horizons,
  seed: where<string>(
    'a non-empty string of whole Unicode characters',
    (v) => typeof v === 'string' && v.trim() !== '' && isSeedText(v),
  ).default('1'),
  seeds: where<'shared' | 'apart'>('"shared" or "apart"', (v) => v === 'shared' || v === 'apart').default('shared'),
  axes: z.record(z.string(), axis, { error: (issue) => mismatch(issue.input, 'an object of axes') }).default({}),
  zip: where<string[][]>(
    'a list of lists of axes, such as [["a.b", "c.d"]]',
    (v) =>
      Array.isArray(v) &&
      v.every((group) => Array.isArray(group) && group.length > 1 && group.every((name) => typeof name === 'string')),
  ).default([]),
  risks: where<number[]>(
    'a list of probabilities between 0 and 1, each once, such as [0.001]',
    (v) => Array.isArray(v) && v.every((risk) => finite(risk) && risk > 0 && risk < 1) && new Set(v).size === v.length,
  ).default([]),
  exact: where<ExactChoice>(EXACT_CHOICES.map((c) => `"${c}"`).join(', '), (v) =>
    EXACT_CHOICES.includes(v as ExactChoice),
  ).default('auto'),
  shardPathSlots: where<number>('a whole number of at least 1', (v) => whole(v, 1, Number.MAX_SAFE_INTEGER)).default(
    SHARD_PATH_SLOTS,
  ),
});

/**
 * Checks a sweep document, puts its quantities into base units and fills in its defaults.
 * @throws {InputError} naming the field.
 */
export function parseSweepFile(json: unknown): SweepFile {
  // Before the schema, which loses an axis "__proto__".
  if (isObject(json) && isObject(json.axes)) for (const path of Object.keys(json.axes)) parsePath(path);
  const { success, data, error } = schema.safeParse(sweepInBaseUnits(json));
  if (!success) {
    const [issue] = error.issues;
    const field = issue.path.map((step, i) => fieldStep(step, i, issue.path[i - 1])).join('');
    throw new InputError(`${field === '' ? '' : `${field}: `}${issue.message}`, field);
  }
  checkZip(data);
  checkPaths(Object.keys(data.axes));
  return data;
}

function fieldStep(step: PropertyKey, i: number, before: PropertyKey | undefined): string {
  if (typeof step === 'number') return `[${step}]`;
  // Names of axes have dots of their own.
  if (before === 'axes' && i === 1) return `[${JSON.stringify(step)}]`;
  return i === 0 ? String(step) : `.${String(step)}`;
}

/**
 * Of two axes of which one is a part of the other, the later would undo the first: `harvest.mean` and
 * `harvest.mean.timesDemand`.
 */
function checkPaths(paths: readonly string[]): void {
  const found = overlapping(paths);
  if (found === undefined) return;
  const [outer, inner] = found.map((path) => JSON.stringify(path));
  throw new InputError(
    `axes: got ${outer} and ${inner}, of which one is a part of the other, expected axes that set different values: ` +
      'leave one out, or put whole values into the lists of one',
    `axes[${inner}]`,
  );
}

function checkZip({ axes, zip }: SweepFile): void {
  const seen = new Set<string>();
  zip.forEach((group, g) => {
    const counts = group.map((name) => {
      const own = Object.hasOwn(axes, name) ? axes[name] : undefined;
      if (own === undefined) {
        const known = Object.keys(axes);
        throw new InputError(
          `zip[${g}]: got ${JSON.stringify(name)}, expected the name of an axis: ${known.join(', ') || 'there are none'}`,
          `zip[${g}]`,
        );
      }
      if (seen.has(name)) {
        throw new InputError(
          `zip[${g}]: got ${JSON.stringify(name)} a second time, expected each axis in one group`,
          `zip[${g}]`,
        );
      }
      seen.add(name);
      return 'count' in own ? own.count : own.length;
    });
    if (counts.some((count) => count !== counts[0])) {
      throw new InputError(
        `zip[${g}]: got axes of ${counts.join(' and ')} values, expected equally many of each, for they walk together`,
        `zip[${g}]`,
      );
    }
  });
}

/** The values of an axis. Both ends of a range are exact. */
export function axisValues(axis: readonly AxisValue[] | AxisRange): readonly AxisValue[] {
  if (!('count' in axis)) return axis;
  const { from, to, count, scale } = axis;
  return Array.from({ length: count }, (_, i) => {
    if (i === 0) return from;
    if (i === count - 1) return to;
    const t = i / (count - 1);
    return tidy(scale === 'log' ? from * (to / from) ** t : from + (to - from) * t);
  });
}

/** Twelve digits: 0.9 + 4·0.005 is 0.92, as a person would write it. */
function tidy(x: number): number {
  return Number(x.toPrecision(12));
}

/**
 * The pieces that schemas of files are made of: leaves, objects and lists whose messages say what came and what was
 * expected.
 */
import * as z from 'zod';
import { nearestOf } from './nearest.js';
import { LISTED } from './problems.js';

/** A short picture of a value that came, for messages. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (value !== null && typeof value !== 'string' && typeof value !== 'boolean')
    return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** What came and what was expected. */
export const mismatch = (input: unknown, expected: string): string =>
  input === undefined ? `missing, expected ${expected}` : `got ${describeValue(input)}, expected ${expected}`;

/** A value that `holds`; `expected` completes the sentence "got …, expected …". */
export function where<T>(expected: string, holds: (value: unknown) => boolean): z.ZodType<T> {
  return z.custom<T>(holds, { error: (issue) => mismatch(issue.input, expected) });
}

export const numberWhere = (expected: string, holds: (x: number) => boolean): z.ZodType<number> =>
  where<number>(expected, (v) => typeof v === 'number' && Number.isFinite(v) && holds(v));

export const positive = (unit?: string): z.ZodType<number> =>
  numberWhere(`a number > 0${unit === undefined ? '' : ` (${unit})`}`, (x) => x > 0);
export const nonNegative = (unit: string): z.ZodType<number> => numberWhere(`a number ≥ 0 (${unit})`, (x) => x >= 0);
export const text = where<string>('a non-empty string', (v) => typeof v === 'string' && v.trim() !== '');
export const oneOf = <T extends string>(...values: readonly T[]): z.ZodType<T> =>
  where<T>(values.map((v) => JSON.stringify(v)).join(' or '), (v) => values.includes(v as T));

/** An object with these keys and no others. */
export function object<S extends z.core.$ZodLooseShape>(shape: S) {
  return z.strictObject(shape, {
    error: (issue) => {
      const known = Object.keys(shape);
      if (issue.code !== 'unrecognized_keys') return mismatch(issue.input, `an object with ${known.join(', ')}`);
      // One line a key, in the order of issue.keys: the reader of issues takes them apart again.
      const line = (key: string) => `unknown key; the nearest known key is ${JSON.stringify(nearestOf(key, known))}`;
      return issue.keys.slice(0, LISTED).map(line).join('\n');
    },
  });
}

/** A list of at least one item. */
export function listOf<T extends z.ZodType>(item: T, what: string) {
  const expected = `a list of at least one ${what}`;
  return z
    .array(item, { error: (issue) => mismatch(issue.input, expected) })
    .min(1, { error: (issue) => mismatch(issue.input, expected) });
}

/** Parses with the schema that `pick` chooses for this input; its issues become this schema's own. */
export function chosenBy<T>(pick: (input: unknown) => z.ZodType<T>) {
  return z.unknown().transform((input, context): T => {
    const result = pick(input).safeParse(input);
    if (result.success) return result.data;
    for (const issue of result.error.issues) context.issues.push({ ...issue, input } as z.core.$ZodRawIssue);
    return z.NEVER;
  });
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

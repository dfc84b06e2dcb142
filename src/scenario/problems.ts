/** What zod finds wrong with a document, as one InputError that names fields. */
import type * as z from 'zod';
import { InputError } from '../errors.js';
import { printable } from '../printable.js';

/** More problems than this are counted, not listed. */
export const LISTED = 8;

export interface Problem {
  readonly field: string;
  readonly message: string;
}

const MOST_OF_KEY = 60;
const PLAIN_KEY = /^[\p{L}\p{N}_$ -]+$/u;

/** `tasks[2].weight` from a path of keys and indices; a key that is no plain word stands in quotes: `axes["a.b"]`. */
export function fieldPath(path: readonly PropertyKey[]): string {
  let text = '';
  for (const step of path) {
    const key = String(step);
    if (typeof step === 'number') text += `[${step}]`;
    else if (key.length > MOST_OF_KEY || !PLAIN_KEY.test(key))
      text += `[${JSON.stringify(printable(key, MOST_OF_KEY))}]`;
    else text += text === '' ? key : `.${key}`;
  }
  return text;
}

/** Unknown keys come first: a mistyped key also leaves its right spelling missing, and the cause should head the list. `at` is where the checked value stands in its document. */
export function problemsOf(error: z.ZodError, at: readonly PropertyKey[] = []): readonly Problem[] {
  const unknown: Problem[] = [];
  const others: Problem[] = [];
  for (const issue of error.issues) {
    if (issue.code === 'unrecognized_keys') {
      const lines = issue.message.split('\n');
      issue.keys.forEach((key, i) =>
        unknown.push({ field: fieldPath([...at, ...issue.path, key]), message: lines[i] ?? '' }),
      );
    } else {
      others.push({ field: fieldPath([...at, ...issue.path]), message: issue.message });
    }
  }
  return [...unknown, ...others];
}

/** All problems in one error, the first of them at its head. */
export function inputError(problems: readonly Problem[]): InputError {
  const lines = problems.slice(0, LISTED).map((p) => (p.field === '' ? p.message : `${p.field}: ${p.message}`));
  if (problems.length > LISTED) lines.push(`and ${problems.length - LISTED} more`);
  return new InputError(lines.join('\n  '), problems[0]?.field);
}

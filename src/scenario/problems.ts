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

/**
 * What zod found wrong, as one error. Unknown keys come first: a mistyped key also leaves its right spelling missing,
 * and the cause should head the list. There may be a hundred thousand of them: only those that are listed are put into
 * words.
 *
 * @param at where the checked value stands in its document.
 */
export function schemaError({ issues }: z.ZodError, at: readonly PropertyKey[] = []): InputError {
  const listed: Problem[] = [];
  let count = 0;
  const add = (path: readonly PropertyKey[], message: string): void => {
    count++;
    if (listed.length < LISTED) listed.push({ field: fieldPath([...at, ...path]), message });
  };
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue;
    const lines = issue.message.split('\n');
    for (const [i, key] of issue.keys.slice(0, LISTED).entries()) add([...issue.path, key], lines[i] ?? '');
    count += Math.max(0, issue.keys.length - LISTED);
  }
  for (const issue of issues) if (issue.code !== 'unrecognized_keys') add(issue.path, issue.message);
  return inputError(listed, count);
}

/** All problems in one error, the first of them at its head. @param count of all, where not all are given */
export function inputError(problems: readonly Problem[], count = problems.length): InputError {
  const lines = problems.slice(0, LISTED).map((p) => (p.field === '' ? p.message : `${p.field}: ${p.message}`));
  if (count > lines.length) lines.push(`and ${count - lines.length} more`);
  return new InputError(lines.join('\n  '), problems[0]?.field);
}

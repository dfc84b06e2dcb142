/** What zod finds wrong with a document, as one InputError that names fields. */
import type * as z from 'zod';
import { InputError } from '../errors.js';

/** More problems than this are counted, not listed. */
const LISTED = 8;

export interface Problem {
  readonly field: string;
  readonly message: string;
}

/** `tasks[2].weight` from a path of keys and indices. */
function fieldPath(path: readonly PropertyKey[]): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += text === '' ? String(step) : `.${String(step)}`;
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

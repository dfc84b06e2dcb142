/** What `validate` and its second thread say to each other. */
import { AccuracyError, BackendError, InputError, PlanError } from '../errors.js';
import type { CsvRow } from '../report/csv.js';
import type { Scenario } from '../scenario/scenario.js';
import type { Outcome } from '../study/finished.js';
import type { RunRequest } from '../study/plan.js';

export type ToValidator =
  /** Begins the laws of every horizon. */
  | { readonly kind: 'prepare'; readonly scenario: Scenario; readonly request: RunRequest }
  /** Judges a run; answered by `file` for each file where they are wanted, then `judged`. */
  | { readonly kind: 'judge'; readonly outcome: Outcome; readonly startedAt: string; readonly wantsFiles: boolean };

export type FromValidator =
  | { readonly kind: 'file'; readonly name: string; readonly contents: string }
  | {
      readonly kind: 'judged';
      readonly pass: boolean;
      readonly document: object;
      readonly rows: readonly CsvRow[];
      readonly text: string;
    }
  | { readonly kind: 'failed'; readonly failure: PlainError };

/** An error as it travels. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly field?: string | undefined;
  readonly stack?: string | undefined;
}

export function plainError(error: unknown): PlainError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message, stack } = error;
  return { name, message, stack, field: error instanceof InputError ? error.field : undefined };
}

/** The error that was sent, of its own class where it is one of ours. */
export function revivedError({ name, message, field, stack }: PlainError): Error {
  const made = classOf(name, message, field);
  if (stack !== undefined) made.stack = stack;
  return made;
}

function classOf(name: string, message: string, field: string | undefined): Error {
  switch (name) {
    case 'InputError':
      return new InputError(message, field);
    case 'PlanError':
      return new PlanError(message, field);
    case 'AccuracyError':
      return new AccuracyError(message);
    case 'BackendError':
      return new BackendError(message);
    default:
      return new Error(message);
  }
}

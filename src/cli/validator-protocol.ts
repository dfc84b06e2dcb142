/** What `validate` and its second thread say to each other. */
import type { PlainError } from '../plain-error.js';
import type { CsvRow } from '../report/csv.js';
import type { Scenario } from '../scenario/scenario.js';
import type { FileRead } from '../scenario/trace/inspect.js';
import type { Outcome } from '../study/finished.js';
import type { RunRequest } from '../study/plan.js';

/** `validate`: laws of every horizon; `reserve`: those of the last one. */
export type Question = 'validate' | 'reserve';

export type ToValidator =
  /** Begins the laws that the question takes. */
  | {
      readonly kind: 'prepare';
      readonly question: Question;
      readonly scenario: Scenario;
      readonly request: RunRequest;
    }
  /** Judges a run; answered by `file` for each file where they are wanted, then `judged`. */
  | {
      readonly kind: 'judge';
      readonly outcome: Outcome;
      readonly startedAt: string;
      /** What was read of files of measured values. */
      readonly read: readonly FileRead[];
      readonly wantsFiles: boolean;
    }
  /** Sets the exact law beside a run's reserves; answered by `judged`. */
  | { readonly kind: 'reserve'; readonly outcome: Outcome; readonly risks: readonly number[] };

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

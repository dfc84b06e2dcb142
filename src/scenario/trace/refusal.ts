/** What a reader of files says: refusals, each with the key of `trace` that mends it, and warnings. */
import { InputError } from '../../errors.js';

/** A file that is not read as it is. */
export class TraceRefusal extends InputError {
  /**
   * @param name what to call the file.
   * @param key of `trace` (or `startTime`) that settles it; undefined where only another file does.
   */
  constructor(
    name: string,
    message: string,
    readonly key: string | undefined,
  ) {
    super(`${name}: ${message}`, name);
    // Between threads it travels as what it is to everyone else.
    this.name = 'InputError';
  }
}

/** What is doubtful in a file that is read all the same. */
export interface TraceWarning {
  /** One word for programs. */
  readonly code: string;
  readonly message: string;
  /** The key of `trace` that settles it. */
  readonly key: string;
}

/** What a reader needs to refuse and to warn: the file's name, and a list that it adds to. */
export interface Teller {
  readonly name: string;
  readonly warnings: TraceWarning[];
}

/** A field as it is quoted in messages. */
export const quoted = (text: string): string => (text === '' ? 'nothing' : JSON.stringify(text));

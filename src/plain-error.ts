/**
 * An error's way between threads, the only one: as plain data, which every channel carries, and back to an error of the
 * class that it had. Structured cloning would leave of a class of ours its message alone.
 */
import {
  AccuracyError,
  BackendError,
  DeviceError,
  DeviceLimitError,
  DeviceLostError,
  InputError,
  KernelError,
  PlanError,
  StoppedError,
  WrongAnswerError,
} from './errors.js';

/** What errors of ours carry beside a message; undefined where one does not. */
interface Carried {
  readonly exitStatus?: number;
  /** What is wrong, where input is: `tasks[2].weight`, `trials`. */
  readonly field?: string;
  readonly reached?: number;
  readonly stage?: string;
  readonly found?: string;
}

const CARRIED = ['exitStatus', 'field', 'reached', 'stage', 'found'] as const;

/** An error as it travels. */
export interface PlainError extends Carried {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: PlainError;
}

/** Each by the name that it gives itself. */
const CLASSES: Readonly<Partial<Record<string, { readonly prototype: Error }>>> = {
  InputError,
  PlanError,
  BackendError,
  DeviceError,
  KernelError,
  DeviceLostError,
  DeviceLimitError,
  WrongAnswerError,
  AccuracyError,
  StoppedError,
};

/** Anything thrown, as data. */
export function plainError(error: unknown): PlainError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message, stack, cause } = error;
  const own = error as Carried;
  return {
    ...{ name, message },
    ...(stack === undefined ? {} : { stack }),
    ...(cause === undefined ? {} : { cause: plainError(cause) }),
    ...Object.fromEntries(CARRIED.filter((key) => own[key] !== undefined).map((key) => [key, own[key]])),
  };
}

/** The error that was sent, of its own class where it is one of ours. */
export function revivedError({ name, message, stack, cause, ...carried }: PlainError): Error {
  const error = new Error(message, cause === undefined ? undefined : { cause: revivedError(cause) });
  // The classes make their messages of other things than they keep: what was made is given its class again.
  Object.setPrototypeOf(error, CLASSES[name]?.prototype ?? Error.prototype);
  if (name !== 'Error') error.name = name;
  if (stack !== undefined) error.stack = stack;
  return Object.assign(error, carried);
}

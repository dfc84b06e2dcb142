/**
 * From anything thrown to one line on stderr and an exit status. Complaints about the command line itself are made so
 * where it is read (program.ts).
 */
import { BatterywalkError } from '../errors.js';
import { clearMessage } from '../printable.js';

export interface Failure {
  /** Text for stderr, with its newline; empty where all has been said. */
  readonly text: string;
  readonly status: number;
}

/** Exit status of what nobody foresaw: no verdict, so not 1. */
const UNEXPECTED = 3;

/** Exit status after Ctrl-C. */
export const INTERRUPTED = 130;

/** @param debug show the stack as well. @param interrupted whether Ctrl-C came before. */
export function failureOf(error: unknown, debug: boolean, interrupted: boolean): Failure {
  if (interrupted && error instanceof Error && error.name === 'AbortError') {
    return { text: 'batterywalk: stopped\n', status: INTERRUPTED };
  }
  const stack = debug && error instanceof Error ? `${stackOf(error)}\n` : '';
  if (error instanceof BatterywalkError) {
    const [first, ...others] = error.message.split('\n');
    const more = others.length === 0 || debug ? '' : ` (and ${problems(others)} more; --debug lists them)`;
    return { text: `batterywalk: ${first}${more}\n${stack}`, status: error.exitStatus };
  }
  const [message] = clearMessage(error instanceof Error ? error.message : String(error)).split('\n');
  const hint = debug ? '' : ' (unexpected; run with --debug for the details)';
  return { text: `batterywalk: ${message}${hint}\n${stack}`, status: UNEXPECTED };
}

/** A list of problems that was cut short ends with "and n more". */
function problems(lines: readonly string[]): number {
  const cut = /^\s*and (\d+) more$/.exec(lines.at(-1) ?? '');
  return cut === null ? lines.length : lines.length - 1 + Number(cut[1]);
}

function stackOf(error: Error): string {
  const own = error.stack ?? error.message;
  return error.cause instanceof Error ? `${own}\nCaused by: ${stackOf(error.cause)}` : own;
}

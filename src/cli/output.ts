/** Where a process's output goes: whole, or with an error. */
import { writeSync } from 'node:fs';
import { InputError } from '../errors.js';
import { asciiText } from '../report/ascii.js';
import { foldText } from '../report/table.js';
import type { TextSink } from './progress.js';

/** Milliseconds that a pipe which takes nothing now is left alone. */
const AGAIN = 10;

/**
 * A process's stream as a sink that writes at once. Node writes to a regular file by one call whose count it does not
 * look at, so that a full disk cuts a text short without a word: here it is written until all is there. It waits for a
 * reader that is slow: call it from a thread that may wait.
 *
 * @param onGone called where the reader went away, as in `| head`
 * @throws {InputError} from `write`, where there is no room.
 */
export function outputSink(name: 'stdout' | 'stderr', onGone: () => never): TextSink {
  const file = name === 'stdout' ? 1 : 2;
  return {
    write(text) {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length;) {
        try {
          at += writeSync(file, bytes, at);
        } catch (cause) {
          const { code } = cause as NodeJS.ErrnoException;
          if (code === 'EPIPE') onGone();
          if (code !== 'EAGAIN') throw unwritable(name, cause as NodeJS.ErrnoException);
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, AGAIN);
        }
      }
    },
  };
}

/**
 * A sink for a locale whose characters are not Unicode's: what it is given becomes ASCII. Only for text that people
 * read; a document is UTF-8 wherever it goes.
 * @param isFolded no wider than a terminal; messages keep their one line
 */
export function asciiSink(sink: TextSink, isFolded = false): TextSink {
  return {
    // Some signs grow.
    write: (text) => sink.write(isFolded ? foldText(asciiText(text)) : asciiText(text)),
    get isTTY() {
      return sink.isTTY;
    },
    get columns() {
      return sink.columns;
    },
  };
}

/**
 * Whether the locale says that text is to be ASCII: LC_ALL before LC_CTYPE before LANG, as POSIX has it. Where none is
 * set, as in containers and on Windows, nothing is said, and terminals there show Unicode.
 */
export function wantsAscii({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv): boolean {
  const locale = [LC_ALL, LC_CTYPE, LANG].find((value) => value !== undefined && value !== '');
  return locale !== undefined && !/utf-?8/i.test(locale);
}

/** What is said of a stream that takes no more. */
const unwritable = (name: 'stdout' | 'stderr', cause: NodeJS.ErrnoException): InputError =>
  new InputError(`${name}: cannot write (${cause.code ?? cause.message}), expected room for the results`, name, {
    cause,
  });

/** Where a process's output goes: whole, or with an error. */
import { fstatSync, writeSync } from 'node:fs';
import { InputError } from '../errors.js';
import { asciiText } from '../report/ascii.js';
import { foldText } from '../report/table.js';
import type { TextSink } from './progress.js';

/**
 * A process's stream as a sink. Node writes to a regular file by one call whose count it does not look at, so that a
 * full disk cuts a text short without a word: files are written here, until all is there.
 *
 * @throws {InputError} from `write`, where there is no room.
 */
export function outputSink(name: 'stdout' | 'stderr', stream: NodeJS.WriteStream & { readonly fd: number }): TextSink {
  if (stream.isTTY || !isFile(stream.fd)) return stream;
  return {
    write(text) {
      const bytes = Buffer.from(text);
      try {
        for (let at = 0; at < bytes.length;) at += writeSync(stream.fd, bytes, at);
      } catch (cause) {
        throw unwritable(name, cause as NodeJS.ErrnoException);
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
export const unwritable = (name: 'stdout' | 'stderr', cause: NodeJS.ErrnoException): InputError =>
  new InputError(`${name}: cannot write (${cause.code ?? cause.message}), expected room for the results`, name, {
    cause,
  });

function isFile(fd: number): boolean {
  try {
    const status = fstatSync(fd);
    return status.isFile() || status.isCharacterDevice();
  } catch {
    return false;
  }
}

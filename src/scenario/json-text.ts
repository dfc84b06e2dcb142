/**
 * JSON text to a value: with the line and column of what is wrong, which `JSON.parse` does not always tell, and without
 * what it lets pass in silence: a key that comes twice, of which the last would win. `jsonc-parser` walks the text.
 */
import { printParseErrorCode, visit } from 'jsonc-parser';
import { InputError } from '../errors.js';
import { fieldPath } from './problems.js';

/** No file of ours nests deeper than a dozen; what walks documents goes by the stack. */
const MOST_NESTED = 64;

/** No object of ours has more than a hundred; JavaScript takes a second over objects of a hundred thousand. */
const MOST_KEYS = 10_000;

/** Where a text stops being JSON. Never a message by itself. */
class SyntaxProblem extends Error {
  constructor(readonly offset: number) {
    super('no JSON');
  }
}

/** Looks at every token; builds no value. @throws {SyntaxProblem | InputError} at the first that is wrong */
function checkText(text: string, name: string): void {
  let depth = 0;
  const keys: Set<string>[] = [];
  const open = (offset: number): void => {
    if (++depth > MOST_NESTED) {
      throw new InputError(
        `${name}: got lists and objects in each other, ${depth} deep, at ${placeOf(text, offset)}, expected at most ${MOST_NESTED}`,
        name,
      );
    }
  };
  visit(
    text,
    {
      onObjectBegin: (offset) => {
        open(offset);
        keys.push(new Set());
      },
      onArrayBegin: open,
      onObjectEnd: () => {
        depth--;
        keys.pop();
      },
      onArrayEnd: () => {
        depth--;
      },
      onObjectProperty: (key, offset, _length, _line, _character, path) => {
        const own = keys[keys.length - 1];
        if (own.size === MOST_KEYS) {
          const object = fieldPath(path());
          const where = object === '' ? name : `${name}: ${object}`;
          const came = `got an object of more than ${MOST_KEYS} keys at ${placeOf(text, offset)}`;
          throw new InputError(`${where}: ${came}, expected at most ${MOST_KEYS}`, object === '' ? name : object);
        }
        if (key !== '__proto__' && !own.has(key)) {
          own.add(key);
          return;
        }
        const field = fieldPath([...path(), key]);
        const wrong =
          key === '__proto__'
            ? `got this key at ${placeOf(text, offset)}, expected another: JavaScript gives it a meaning of its own`
            : `got this key a second time at ${placeOf(text, offset)}, expected each key once`;
        throw new InputError(`${name}: ${field}: ${wrong}`, field);
      },
      onError: (error, offset, length) => {
        throw new SyntaxProblem(printParseErrorCode(error) === 'UnexpectedEndOfString' ? offset + length : offset);
      },
    },
    { disallowComments: true },
  );
}

/** The start of the word or number that an offset lies in: 01 is wrong as a whole, not its second digit. */
function tokenStart(text: string, offset: number): number {
  const isWord = (at: number): boolean => /[\w.+-]/.test(text[at] ?? '');
  let start = offset;
  if (isWord(offset)) while (isWord(start - 1)) start--;
  return start;
}

function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const lines = before.match(/\r\n|\n|\r/g)?.length ?? 0;
  const start = Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1;
  return `line ${lines + 1}, column ${offset - start + 1}`;
}

/**
 * Parses JSON; a byte-order mark is let pass.
 *
 * @param name what to call the text in messages, such as its file.
 * @throws {InputError} with line and column, both from 1.
 */
export function parseJsonText(text: string, name: string): unknown {
  const json = text.replace(/^\uFEFF/, '');
  try {
    checkText(json, name);
    return JSON.parse(json);
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    const offset = cause instanceof SyntaxProblem ? tokenStart(json, cause.offset) : json.length;
    const rest = /^[^\s,\]}]*/.exec(json.slice(offset, offset + 20))?.[0] ?? '';
    let came = JSON.stringify(rest === '' ? json[offset] : rest);
    if (json.trim() === '') came = 'an empty file';
    else if (offset >= json.length) came = 'the end of the text';
    throw new InputError(`${name}: got ${came} at ${placeOf(json, offset)}, expected JSON`, name, { cause });
  }
}

/** JSON text to a value, with the line and column of what is wrong: `JSON.parse` does not always tell. Not a second parser of values. */
import { InputError } from '../errors.js';

const BLANK = /[ \t\n\r]*/y;
const SCALAR =
  // eslint-disable-next-line no-control-regex -- JSON forbids control characters within strings
  /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const KEY = /"/y;

/** Offset of the first character at which the text stops being JSON; its length where it merely ends too soon. */
export function firstSyntaxError(text: string): number {
  let at = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at = pattern.lastIndex;
    return found !== null;
  };
  const open: string[] = [];
  // What may come next: a value; a value or ']'; a key; a key or '}'; or what follows a value.
  let state: 'value' | 'item' | 'key' | 'member' | 'after' = 'value';
  for (;;) {
    take(BLANK);
    const c = text[at];
    if (state === 'after') {
      const inside = open.at(-1);
      if (inside === undefined) return at;
      if (c === ',') state = inside === '{' ? 'key' : 'value';
      else if (c === (inside === '{' ? '}' : ']')) open.pop();
      else return at;
      at++;
    } else if ((state === 'item' && c === ']') || (state === 'member' && c === '}')) {
      open.pop();
      at++;
      state = 'after';
    } else if (state === 'key' || state === 'member') {
      KEY.lastIndex = at;
      if (!KEY.test(text) || !take(SCALAR)) return at;
      take(BLANK);
      if (text[at] !== ':') return at;
      at++;
      state = 'value';
    } else if (c === '{' || c === '[') {
      open.push(c);
      at++;
      state = c === '{' ? 'member' : 'item';
    } else if (take(SCALAR)) {
      state = 'after';
    } else {
      return at;
    }
  }
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
    return JSON.parse(json);
  } catch (cause) {
    const offset = firstSyntaxError(json);
    const before = json.slice(0, offset).split(/\r\n|\n|\r/);
    const place = `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
    const rest = /^[^\s,\]}]*/.exec(json.slice(offset, offset + 20))?.[0] ?? '';
    let came = JSON.stringify(rest === '' ? json[offset] : rest);
    if (json.trim() === '') came = 'an empty file';
    else if (offset >= json.length) came = 'the end of the text';
    throw new InputError(`${name}: got ${came} at ${place}, expected JSON`, name, { cause });
  }
}

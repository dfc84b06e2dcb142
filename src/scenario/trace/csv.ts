/**
 * Rows of a CSV text: separators `,` `;` or tab, quoted fields, comment lines that start with `#`, blank lines, CRLF, a byte-order
 * mark. A field does not go over the end of a line: what a trace holds never needs to, and an unclosed quote is told where it is.
 */
import { InputError } from '../../errors.js';

export interface CsvRow {
  /** From 1, comments and blank lines counted. */
  readonly line: number;
  /** Trimmed, quotes taken off. */
  readonly fields: readonly string[];
}

export type Separator = ',' | ';' | '\t';

/** `;` before tab before `,`: where commas are decimal the separator is another. Quoted parts do not count. */
function separatorOf(line: string): Separator {
  const bare = line.replaceAll(/"[^"]*"/g, '');
  if (bare.includes(';')) return ';';
  return bare.includes('\t') ? '\t' : ',';
}

function quotedFields(text: string, separator: Separator, name: string, line: number): string[] {
  const complain = (problem: string): InputError => new InputError(`${name}: line ${line}: ${problem}`, name);
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    while (text[at] === ' ') at++;
    let field = '';
    if (text[at] === '"') {
      at++;
      for (;;) {
        const end = text.indexOf('"', at);
        if (end < 0)
          throw complain('got a quote that is not closed, expected " at the end of the field, on the same line');
        field += text.slice(at, end);
        at = end + 1;
        if (text[at] !== '"') break;
        field += '"';
        at++;
      }
      while (text[at] === ' ') at++;
      if (at < text.length && text[at] !== separator) {
        throw complain(
          `got ${JSON.stringify(text[at])} after a closing quote, expected a separator or the end of the line`,
        );
      }
    } else {
      const end = text.indexOf(separator, at);
      field = text.slice(at, end < 0 ? text.length : end);
      at += field.length;
    }
    fields.push(field.trim());
    if (at >= text.length) return fields;
    at++;
  }
}

/**
 * The rows in order, every one with as many fields as the first.
 *
 * @param name what to call the text in messages, such as its file.
 * @throws {InputError} on a quote that is not closed, on a row with more or fewer fields, on what is not text.
 */
export function* csvRows(text: string, name: string): Generator<CsvRow> {
  if (text.slice(0, 4096).includes('\0')) {
    throw new InputError(`${name}: got bytes that are no text (UTF-16 or a binary file?), expected CSV in UTF-8`, name);
  }
  const end = text.includes('\n') ? '\n' : '\r';
  let separator: Separator | undefined;
  let first: CsvRow | undefined;
  let line = 0;
  for (let at = text.startsWith('\uFEFF') ? 1 : 0; at <= text.length; line++) {
    const found = text.indexOf(end, at);
    const stop = found < 0 ? text.length : found;
    // Not trimmed as a whole: a tab at either end parts fields.
    const raw = text.slice(at, text[stop - 1] === '\r' ? stop - 1 : stop);
    at = stop + 1;
    const start = raw.trimStart();
    if (start === '' || start.startsWith('#')) continue;
    separator ??= separatorOf(raw);
    const quoted = raw.includes('"');
    const fields = quoted ? quotedFields(raw, separator, name, line + 1) : raw.split(separator);
    if (!quoted) for (let i = 0; i < fields.length; i++) fields[i] = fields[i].trim();
    const row = { line: line + 1, fields };
    first ??= row;
    if (fields.length !== first.fields.length) {
      throw new InputError(
        `${name}: line ${row.line}: got ${fields.length} ${fields.length === 1 ? 'field' : 'fields'}, expected ${first.fields.length} as in line ${first.line}, ` +
          `separated by ${separator === '\t' ? 'tabs' : JSON.stringify(separator)}`,
        name,
      );
    }
    yield row;
  }
}

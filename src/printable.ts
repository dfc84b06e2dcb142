/**
 * Text of others, as it may be printed: a terminal obeys control codes, and a log reads a new line as a new message.
 */

/** C0, DEL and C1 controls, line separators, and marks that turn the direction of writing. */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

const escaped = (text: string): string =>
  text.replace(UNPRINTABLE, (c) => `\\u${(c.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);

/** Every control character as its code; no more than `most` characters. */
export function printable(text: string, most = 300): string {
  const safe = escaped(text.slice(0, most));
  return text.length > most ? `${safe}…` : safe;
}

/** Lines of a message and characters of a line: what a person reads, whatever was quoted from a file. */
const MOST_LINES = 16;
const MOST_OF_LINE = 1000;

/**
 * A message as it may be shown: a long line loses its middle, for its start names a field and its end what was
 * expected.
 */
export function clearMessage(message: string): string {
  const lines = message.split('\n', MOST_LINES).map((line) => {
    if (line.length <= MOST_OF_LINE) return escaped(line);
    const half = MOST_OF_LINE / 2;
    return `${escaped(line.slice(0, half))} … ${escaped(line.slice(-half))}`;
  });
  return lines.join('\n');
}

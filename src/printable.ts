/**
 * Text of others, as it may be printed: a terminal obeys control codes, and a log reads a new line as a new message.
 */

/** C0, DEL and C1 controls, line separators, and marks that turn the direction of writing. */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Every control character as its code; no more than `most` characters. */
export function printable(text: string, most = 300): string {
  const safe = text
    .slice(0, most)
    .replace(UNPRINTABLE, (c) => `\\u${(c.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
  return text.length > most ? `${safe}…` : safe;
}

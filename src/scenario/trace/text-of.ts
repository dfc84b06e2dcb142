/**
 * From the bytes of a file to its text: UTF-8 and UTF-16 with or without a byte-order mark, and Windows-1252 as the
 * last resort. What is packed, or no text at all, is told by its name. Unpacking is the host's business.
 */
import { TraceRefusal, type Teller } from './refusal.js';

/** First bytes of files that are no text, and what to do about them. */
const FOREIGN: readonly (readonly [start: string, what: string])[] = [
  ['PK\x03\x04', 'a zip archive or a workbook (xlsx): unpack it, or save the sheet as CSV'],
  ['\xD0\xCF\x11\xE0', 'an old workbook (xls): save the sheet as CSV'],
  ['PAR1', 'a Parquet file: write it as CSV'],
  ['\x89HDF', 'an HDF5 or NetCDF file: write the series as CSV'],
  ['CDF', 'a NetCDF file: write the series as CSV'],
  ['%PDF', 'a PDF document: ask for the data as CSV'],
  ['BZh', 'packed by bzip2: unpack it'],
  ['\xFD7zXZ', 'packed by xz: unpack it'],
  ['\x28\xB5\x2F\xFD', 'packed by zstd: unpack it'],
  ['\x1F\x8B', 'packed by gzip: unpack it'],
];

/** So many bytes say which encoding it is. */
const HEAD_BYTES = 4096;

/** Whether bytes are packed by gzip. */
export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** UTF-16 without a mark has a zero in most characters: the high byte of what is Latin. */
function utf16Of(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  let [even, odd] = [0, 0];
  const end = Math.min(bytes.length, HEAD_BYTES);
  for (let i = 0; i < end; i++) {
    if (bytes[i] !== 0) continue;
    if (i % 2 === 0) even++;
    else odd++;
  }
  if (Math.max(even, odd) * 4 < end || Math.min(even, odd) > 0) return undefined;
  return odd > 0 ? 'utf-16le' : 'utf-16be';
}

/** Bytes 0x80 to 0x9F of Windows-1252, as the Encoding Standard has them; all others are as in Latin-1. */
const FROM_0X80 =
  '\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D\u017D\u008F' +
  '\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D\u017E\u0178';

/** Some versions of Node take Latin-1 for it: files are to read alike everywhere. */
function windows1252(bytes: Uint8Array): string {
  // Latin-1 as UTF-16: each byte with a zero above it.
  const text = new TextDecoder('utf-16le').decode(Uint16Array.from(bytes));
  return text.replaceAll(/[\u0080-\u009F]/g, (character) => FROM_0X80[character.charCodeAt(0) - 0x80]);
}

/**
 * The text of a file.
 *
 * @throws {TraceRefusal} where it is packed, or no text.
 */
export function textOf(bytes: Uint8Array, { name, warnings }: Teller): string {
  const head = Array.from(bytes.subarray(0, 8), (byte) => String.fromCharCode(byte)).join('');
  const foreign = FOREIGN.find(([start]) => head.startsWith(start));
  if (foreign !== undefined) throw new TraceRefusal(name, `is ${foreign[1]}; expected a CSV file`, undefined);
  const text = decoded(bytes, warnings);
  if (CONTROLS.test(text.slice(0, HEAD_BYTES))) {
    throw new TraceRefusal(name, 'got bytes that are no text (a binary file?), expected a CSV file', undefined);
  }
  return text;
}

/** Control characters that no text has; tabs, ends of line, form feeds and the end mark of DOS are left. */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const CONTROLS = /[\0-\x08\x0b\x0e-\x19\x1b-\x1f]/;

function decoded(bytes: Uint8Array, warnings: Teller['warnings']): string {
  const utf16 = utf16Of(bytes);
  if (utf16 !== undefined) return new TextDecoder(utf16).decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const message = 'the bytes are no UTF-8 and are read as Windows-1252 (Latin-1): see that headers are right';
    warnings.push({ code: 'encoding', message, key: 'csv' });
    return windows1252(bytes);
  }
}

/** From bytes to text: encodings with and without their marks, and what is no text. Every file then reads the same. */
import { describe, expect, it } from 'vitest';
import { inspectText } from '../../src/scenario/trace/inspect.js';
import { TraceRefusal, type TraceWarning } from '../../src/scenario/trace/refusal.js';
import { isGzip, textOf } from '../../src/scenario/trace/text-of.js';

// A header that only the right encoding gives, and a line in which UTF-16 has no zero bytes.
const CSV = 'Zeit (UTC),Übergabe Süd [kW]\r\n2024-06-01T00:00Z,1.5\r\n2024-06-01T01:00Z,2.5\r\n';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
function utf16(text: string, isLittle: boolean): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(2 * text.length));
  for (let i = 0; i < text.length; i++) bytes.setUint16(2 * i, text.charCodeAt(i), isLittle);
  return new Uint8Array(bytes.buffer);
}
/** Latin-1, of which Windows-1252 differs from 0x80 to 0x9F alone. */
const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
const joined = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

function read(bytes: Uint8Array): { readonly text: string; readonly warnings: readonly TraceWarning[] } {
  const warnings: TraceWarning[] = [];
  return { text: textOf(bytes, { name: 'roof.csv', warnings }), warnings };
}

describe('textOf', () => {
  it.each([
    ['UTF-8', utf8(CSV)],
    ['UTF-8 with a byte-order mark', joined(Uint8Array.of(0xef, 0xbb, 0xbf), utf8(CSV))],
    ['UTF-16 LE', utf16(CSV, true)],
    ['UTF-16 LE with a mark', joined(Uint8Array.of(0xff, 0xfe), utf16(CSV, true))],
    ['UTF-16 BE', utf16(CSV, false)],
    ['UTF-16 BE with a mark', joined(Uint8Array.of(0xfe, 0xff), utf16(CSV, false))],
  ])('reads %s', (_, bytes) => {
    expect(read(bytes)).toEqual({ text: CSV, warnings: [] });
  });
  it('takes what is no UTF-8 for Windows-1252, and says so', () => {
    const { text, warnings } = read(latin1(CSV));
    expect(text).toBe(CSV);
    expect(warnings).toMatchObject([{ code: 'encoding', key: 'csv' }]);
    // The euro sign is 0x80 in Windows-1252, and a control character in Latin-1.
    expect(read(joined(latin1('Preis \xfc '), Uint8Array.of(0x80))).text).toBe('Preis ü €');
  });
  it('reads a file alike in every encoding', () => {
    for (const bytes of [utf8(CSV), utf16(CSV, true), utf16(CSV, false), latin1(CSV)]) {
      const { inspection } = inspectText(read(bytes).text, 'roof.csv', { column: 'Übergabe Süd' });
      expect(inspection).toMatchObject({ column: 'Übergabe Süd [kW]', timeZone: 'UTC', values: [1500, 2500] });
    }
  });
  it.each([
    ['PK\x03\x04 and the rest', /a zip archive or a workbook \(xlsx\): unpack it, or save the sheet as CSV/],
    ['\xD0\xCF\x11\xE0', /an old workbook/],
    ['PAR1', /a Parquet file/],
    ['\x89HDF', /NetCDF/],
    ['\x1F\x8B\x08', /packed by gzip: unpack it/],
    ['a\x00b\x01\x00c,d', /bytes that are no text/],
  ])('refuses what begins with %j by its name', (start, message) => {
    expect(() => read(latin1(start))).toThrow(TraceRefusal);
    expect(() => read(latin1(start))).toThrow(message);
  });
  it('knows gzip by its first bytes', () => {
    expect([isGzip(Uint8Array.of(0x1f, 0x8b, 8)), isGzip(utf8(CSV)), isGzip(new Uint8Array(0))]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

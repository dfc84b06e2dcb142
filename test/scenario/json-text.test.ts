import { describe, expect, it } from 'vitest';
import { firstSyntaxError, parseJsonText } from '../../src/scenario/json-text.js';
import { InputError } from '../../src/errors.js';
import { presetDocument } from '../../src/scenario/presets.js';

describe('JSON text', () => {
  it('is parsed, byte-order mark or none', () => {
    expect(parseJsonText('\uFEFF{"a": [1, 2e3, "x\\u0041"]}', 'f')).toEqual({ a: [1, 2000, 'xA'] });
  });

  it.each([
    ['{"a": NaN}', 'got "NaN" at line 1, column 7'],
    ['{\n  "a": 1,\n}', 'got "}" at line 3, column 1'],
    ['[1, 2,]', 'got "]" at line 1, column 7'],
    ['{"a" 1}', 'got "1" at line 1, column 6'],
    ["{'a': 1}", `got "'a':" at line 1, column 2`],
    ['{"a": 01}', 'got "01" at line 1, column 7'],
    ['{"a": 1}\r\nrest', 'got "rest" at line 2, column 1'],
    ['{"a": [1', 'got the end of the text at line 1, column 9'],
    ['// note\n{}', 'got "//" at line 1, column 1'],
    [' \n', 'got an empty file at line 2, column 1'],
  ])('which is none tells where: %j', (text, place) => {
    expect(() => parseJsonText(text, 'file.json')).toThrow(InputError);
    expect(() => parseJsonText(text, 'file.json')).toThrow(`file.json: ${place}, expected JSON`);
  });

  it('is judged as JSON.parse judges it, for every cut and every single-character damage of a document', () => {
    const whole = JSON.stringify(presetDocument('surplus'), null, 1);
    const damages = ['', '}', ',', '"', '0', '\\', '-', '.'];
    const cuts = Array.from(whole, (_, i) => whole.slice(0, i));
    const cases = cuts.flatMap((cut, i) => [cut, ...damages.map((c) => cut + c + whole.slice(i + 1))]);
    const accepts = (text: string): boolean => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    };
    const wrong = cases.filter((text) => {
      const at = firstSyntaxError(text);
      // Where the text is good the scan ends at its end, after a value; a text cut short also ends there.
      return accepts(text) ? at !== text.length : at > text.length;
    });
    expect(wrong).toEqual([]);
    expect(cases.some(accepts)).toBe(true);
    // Damage is never reported before the token that it is in: an open string (where the cut text fails) or the number that it touches.
    cuts.forEach((cut, i) => {
      const token = Math.min(firstSyntaxError(cut), cut.replace(/[\w.+-]*$/, '').length);
      for (const c of damages) {
        const text = cut + c + whole.slice(i + 1);
        expect(firstSyntaxError(text), text).toBeGreaterThanOrEqual(token);
      }
    });
  });
});

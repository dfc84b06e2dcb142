import { describe, expect, it } from 'vitest';
import { parseJsonText } from '../../src/scenario/json-text.js';
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
    const damages = ['', '}', ',', '"', '0', '\\', '-', '.', '\n', '\u0001', 'e', ':', '/'];
    const cuts = Array.from(whole, (_, i) => whole.slice(0, i));
    const cases = cuts.flatMap((cut, i) => [cut, ...damages.map((c) => cut + c + whole.slice(i + 1))]);
    const refusal = (parse: (text: string) => unknown, text: string): Error | undefined => {
      try {
        parse(text);
        return undefined;
      } catch (error) {
        return error as Error;
      }
    };
    const ours = (text: string): unknown => parseJsonText(text, 'f');
    const wrong = cases.filter((text) => {
      const own = refusal(ours, text);
      // Damage may make one key of two names.
      if (own?.message.includes('a second time') === true) return false;
      return (own === undefined) !== (refusal(JSON.parse, text) === undefined);
    });
    expect(wrong).toEqual([]);
    expect(cases.some((text) => refusal(ours, text) === undefined)).toBe(true);
    // Damage is never reported before the token that it is in: an open string (where the cut text fails) or the number
    // that it touches.
    const lines = (text: string): number => text.split('\n').length;
    const placeOf = (text: string): [number, number] | undefined => {
      const place = /at line (\d+), column (\d+)/.exec(refusal(ours, text)?.message ?? '');
      return place === null ? undefined : [Number(place[1]), Number(place[2])];
    };
    cuts.forEach((cut, i) => {
      for (const c of damages) {
        const place = placeOf(cut + c + whole.slice(i + 1));
        if (place !== undefined) expect(place[0], cut + c).toBeGreaterThanOrEqual(lines(cut));
      }
    });
  });

  it.each([
    ['{"a": {"b": 1, "b": 2}}', 'a.b', 'a.b: got this key a second time at line 1, column 16, expected each key once'],
    [
      '{"a": [{"b": 1},\n {"c": 1, "b": 2, "c": 3}]}',
      'a[1].c',
      'a[1].c: got this key a second time at line 2, column 19',
    ],
    ['{"a": 1, "\\u0061": 2}', 'a', 'a: got this key a second time at line 1, column 10'],
    ['{"a": {"__proto__": 1}}', 'a.__proto__', 'a.__proto__: got this key at line 1, column 8, expected another'],
  ])('in which a key would be lost in silence is refused: %s', (text, field, message) => {
    expect(() => parseJsonText(text, 'file.json')).toThrow(expect.objectContaining({ name: 'InputError', field }));
    expect(() => parseJsonText(text, 'file.json')).toThrow(`file.json: ${message}`);
  });

  it('may have equal keys in objects of their own, and names that every object has', () => {
    const text = '[{"a": 1}, {"a": {"a": 1}}, {"constructor": 1, "toString": 2}]';
    expect(parseJsonText(text, 'f')).toEqual(JSON.parse(text));
  });

  it('is nested as deep as 64, and deeper is refused before the stack ends', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(parseJsonText(nested(64), 'f')).toEqual(JSON.parse(nested(64)));
    expect(() => parseJsonText(nested(65), 'f')).toThrow(
      'f: got lists and objects in each other, 65 deep, at line 1, column 65',
    );
    expect(() => parseJsonText('[{"a":'.repeat(1e6), 'f')).toThrow('expected at most 64');
  });
});

/** No exemption is idle: each is one that a test makes, and has a reason. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { compareJson } from './explained.js';
import { ASKED, GIVEN, given } from './exemptions.js';

const folder = new URL('.', import.meta.url);
const sources = readdirSync(fileURLToPath(folder))
  .filter((name) => !name.startsWith('exemptions'))
  .map((name) => readFileSync(new URL(name, folder), 'utf8'));
/** Names that calls of a function have, wherever in a list. */
function namesIn(call: string): Set<string> {
  const calls = sources.flatMap((source) => [...source.matchAll(new RegExp(`\\b${call}\\(([^()]*)`, 'g'))]);
  return new Set(calls.flatMap(([, list]) => [...list.matchAll(/'([^']+)'/g)].map(([, name]) => name)));
}

describe('the list of exemptions', () => {
  test('has no entry that no test makes', () => {
    expect(Object.keys(GIVEN).filter((name) => !namesIn('given').has(name))).toEqual([]);
    expect(Object.keys(ASKED).filter((name) => !namesIn('asked').has(name))).toEqual([]);
  });

  test('gives a reason each', () => {
    for (const { reason } of [...Object.values(GIVEN), ...Object.values(ASKED)]) {
      expect(reason.split(' ').length).toBeGreaterThan(5);
    }
  });

  test('is no way around a number: one that exempts none of a document is a complaint, as is no number', () => {
    const document = { engine: { adapter: { threads: 2 } } };
    expect(compareJson(document, given('threads'))).toEqual([]);
    expect(compareJson(document, given('threads', 'rate'))).toHaveLength(1);
    expect(compareJson({ ...document, pathSlotsPerSecond: 1 }, given('threads'))).toHaveLength(1);
  });
});

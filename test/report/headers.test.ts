/** Every table that is printed says above each of its columns what stands there. */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { RULE } from '../../src/report/ascii.js';

const folder = fileURLToPath(new URL('../golden/snapshots', import.meta.url));

/** Columns without a header, told by the lines that name them. */
function headerless(text: string): string[] {
  const lines = text.split('\n');
  return lines.flatMap((rule, i) =>
    i > 0 && RULE.test(rule) && [...rule.matchAll(/-+/g)].some((at) => isBlank(lines[i - 1], at.index, at[0].length))
      ? [lines[i - 1]]
      : [],
  );
}
const isBlank = (head: string, from: number, length: number): boolean => head.slice(from, from + length).trim() === '';

it('a table without a header over a column is found', () => {
  expect(headerless('mean\n----  ----\n 1.2  pass\n')).toEqual(['mean']);
});

it.each(readdirSync(folder))('%s', (name) => {
  const text = readFileSync(`${folder}/${name}`, 'utf8');
  // JSON and HTML have no tables of text.
  expect(headerless(text)).toEqual([]);
});

/** Outputs that the README shows are printed by the commands that it shows, but for times and speeds. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blocksOf, page, prepareFolder, runLine } from './docs.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'batterywalk-outputs-'));
  prepareFolder(folder);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const plain = blocksOf(page('README.md')).filter(({ language }) => language === '');
/** `$ batterywalk …` is followed by what it prints; the first output is of the main job. */
const shown = plain.flatMap(({ text }): [string, string[]][] => {
  const [first, ...lines] = text.trimEnd().split('\n');
  if (first.startsWith('$ ')) return [[first.slice(2), lines]];
  return first.startsWith('reference: ') ? [['batterywalk validate', [first, ...lines]]] : [];
});

const spaces = (line: string): string => line.replaceAll(/\s+/g, ' ').trim();

describe('what the README shows', () => {
  test('is found', () => {
    expect(shown.map(([command]) => command.split(' ')[1]).sort()).toEqual(['compare', 'design', 'validate']);
  });

  test.each(shown)('%s', async (command, lines) => {
    const { status, stdout } = await runLine(`${command} --quiet`, folder);
    expect(status).toBe(0);
    const printed = new Set(stdout.split('\n').map(spaces));
    expect(lines.filter((line) => line !== '' && !printed.has(spaces(line)))).toEqual([]);
  });
});

/**
 * What pages show of commands that take minutes is what they print; and the README's picture is what its maker makes.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectShown, isLong } from './consoles.js';
import { page, pageNames, prepareFolder, root, shownOn } from './docs.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'batterywalk-outputs-'));
  prepareFolder(folder);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const shown = pageNames().flatMap(shownOn).filter(isLong);

describe('what pages show of long commands', () => {
  test('is found', () => {
    const names = shown.map(({ command }) => command.split(' ')[1]);
    expect([...new Set(names)].sort()).toEqual(['compare', 'design', 'validate']);
  });

  test.each(shown.map((one) => [one.command, one] as const))('%s', async (_, one) => {
    await expectShown(one, folder);
  });
});

test('the picture of the README is what bench/picture.mjs makes', () => {
  const file = join(folder, 'validate.svg');
  execFileSync(process.execPath, [join(root, 'bench', 'picture.mjs'), file]);
  expect(readFileSync(file, 'utf8') === page('docs/validate.svg')).toBe(true);
});

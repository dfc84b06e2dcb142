/**
 * Commands of pages that take long run, and what pages show of them is what they print; and the README's picture is
 * what its maker makes.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectShown, isLong } from './consoles.js';
import { page, prepareFolder, root, runLineOnce, saveAll, shownOn } from './docs.js';
import { PAGES, commands, reasonOf } from './page-commands.js';

const run = commands.filter(({ command }) => reasonOf(command) === undefined);

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'batterywalk-outputs-'));
  prepareFolder(folder);
  for (const name of PAGES) saveAll(name, folder);
  // Files that others begin with.
  for (const one of run.filter((each) => !isLong(each) && /^(?:npx )?batterywalk .*(?:>|--out)/.test(each.command))) {
    await runLineOnce(one.command, folder);
  }
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test.each(run.filter(isLong))('$place: $command', async ({ command }) => {
  const { status, stderr } = await runLineOnce(command, folder);
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
});

const shown = PAGES.flatMap(shownOn).filter(isLong);

describe('what pages show of long commands', () => {
  test('is found', () => {
    const names = shown.map(({ command }) => command.split(' ')[1]);
    expect([...new Set(names)]).toEqual(expect.arrayContaining(['compare', 'design', 'exact', 'validate']));
  });

  test.each(shown.map((one) => [`${one.place}: ${one.command}`, one] as const))('%s', async (_, one) => {
    await expectShown(one, folder);
  });
});

test('the picture of the README is what bench/picture.mjs makes', () => {
  const file = join(folder, 'validate.svg');
  execFileSync(process.execPath, [join(root, 'bench', 'picture.mjs'), file]);
  expect(readFileSync(file, 'utf8') === page('docs/validate.svg')).toBe(true);
});

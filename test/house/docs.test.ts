/**
 * What the README and the pages of docs/ say is so: their commands run and print what is shown, their files are read.
 * Commands that make laws: docs.long.test.ts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allCommands } from '../../src/cli/commands.js';
import { parseScenario } from '../../src/scenario/parse.js';
import { presetDocument } from '../../src/scenario/presets.js';
import { planSweep } from '../../src/sweep/points.js';
import { parseSweepFile } from '../../src/sweep/sweep-file.js';
import { runOn } from '../cli/sink.js';
import { expectShown, isLong } from './consoles.js';
import { firstMissing, page, prepareFolder, runLineOnce, saveAll, shownOn } from './docs.js';
import { NOT_RUN, PAGES, blocks, commands, reasonOf } from './page-commands.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'batterywalk-docs-'));
  prepareFolder(folder);
  for (const name of PAGES) saveAll(name, folder);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('blocks', () => {
  test('are of kinds that are looked at here or in package.long.test.ts', () => {
    expect(blocks.filter(({ language }) => !['sh', 'console', 'ts', 'json', 'text', ''].includes(language))).toEqual(
      [],
    );
    expect(blocks.length).toBeGreaterThan(60);
  });

  test('of shell are all run, but for those that are named with a reason', () => {
    for (const [pattern] of NOT_RUN) {
      const found = commands.some(({ command }) => pattern.test(command));
      expect([pattern.source, found]).toEqual([pattern.source, true]);
    }
  });

  test.each(commands.filter((one) => reasonOf(one.command) === undefined && !isLong(one)))(
    '$place: $command',
    async ({ command }) => {
      const { status, stderr } = await runLineOnce(command, folder);
      expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    },
  );

  test.each(blocks.filter(({ language }) => language === 'json'))('$place is read', ({ text }) => {
    const document = JSON.parse(text) as Record<string, unknown>;
    // Its base may be a file of the page.
    if ('base' in document)
      expect(planSweep(parseSweepFile({ ...document, base: 'reference' })).points.length).toBeGreaterThan(1);
    // A part of a scenario is shown beside the rest of one.
    else {
      const whole =
        'schemaVersion' in document ? document : { ...(presetDocument('reference') as object), ...document };
      expect(parseScenario(whole)).toHaveProperty('tasks');
    }
  });

  test('name commands that there are, all of them', async () => {
    const known = (await allCommands()).map(({ name }) => name).sort();
    const list = blocks.find(({ text }) => text.startsWith('batterywalk validate [SCENARIO]'));
    const named = new Set([...(list?.text ?? '').matchAll(/^batterywalk (\w+)/gm)].map(([, name]) => name));
    // `preset NAME` is told beside `presets`.
    expect([...named].sort()).toEqual(known.filter((name) => name !== 'preset'));
    const rows = page('docs/command-line.md').match(/^\| `[^|]*\|/gm) ?? [];
    for (const name of known) expect([name, rows.some((row) => row.includes(`\`${name}\``))]).toEqual([name, true]);
  });

  test('use options that their commands have', async () => {
    const lines = blocks.flatMap(({ text }) => text.match(/^(?:\$ )?(?:npx )?batterywalk [a-z].*--.*$/gm) ?? []);
    expect(lines.length).toBeGreaterThan(40);
    for (const line of lines) {
      const name = /batterywalk ([a-z]+)/.exec(line)?.[1] ?? '';
      const help = (await runOn([name, '--help'])).stdout;
      for (const [option] of line.matchAll(/(?<=\s)--[a-z][a-z-]*/g))
        expect([line, help]).toEqual([line, expect.stringContaining(option)]);
    }
  });
});

describe('what pages show', () => {
  const shown = PAGES.flatMap(shownOn);

  test('is found, and compared line by line', () => {
    expect(shown.length).toBeGreaterThan(25);
    const printed = 'a  1\nb 2\nc 3\n';
    for (const right of [
      ['a 1', 'b 2', 'c 3'],
      ['…', 'c …'],
      ['a 1', '…'],
      ['…', 'b 2', '…'],
    ])
      expect(firstMissing(right, printed)).toBeUndefined();
    for (const wrong of [['a 1'], ['b 2', '…'], ['…', 'b 2'], ['…', 'd 4'], ['…', 'c 3', 'b 2'], ['a 2', '…']])
      expect([wrong, firstMissing(wrong, printed)]).not.toEqual([wrong, undefined]);
  });

  test.each(shown.filter((one) => !isLong(one)).map((one) => [`${one.place}: ${one.command}`, one] as const))(
    '%s',
    async (_, one) => {
      await expectShown(one, folder);
    },
  );
});

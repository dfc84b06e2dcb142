/** What the README and the pages of docs/ say is so: their commands run, their files are read, their names are there. */
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
import { blocksOf, commandsOf, page, prepareFolder, runLine } from './docs.js';

const PAGES = ['README.md', 'docs/quantities.md', 'docs/router.md'];
const blocks = PAGES.flatMap((name) =>
  blocksOf(page(name)).map((block) => ({ ...block, place: `${name}, line ${block.line}` })),
);

/** Commands that are not run here, and why. */
const NOT_RUN: readonly (readonly [RegExp, string])[] = [
  [/^npm ci && npm (start|test)$/, 'installs anew; the first is run by readme.long.test.ts, the second runs this'],
  [/^npx batterywalk sweep src\/sweep\/examples\/reserve\.json/, 'a minute or more; tasks.test.ts runs a smaller one'],
  [/^batterywalk (worker|sweep) .*--queue/, 'needs a Redis server; queue.test.ts brings one'],
  [/^sbatch /, 'needs Slurm; slurm.test.ts plays it'],
  [/^batterywalk merge \/shared/, 'needs what sbatch makes; shards.test.ts merges'],
];
const reasonOf = (command: string): string | undefined => NOT_RUN.find(([pattern]) => pattern.test(command))?.[1];

const commands = blocks
  .filter(({ language }) => language === 'sh')
  .flatMap((block) => commandsOf(block).map((command) => ({ command, place: block.place })));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'batterywalk-readme-'));
  prepareFolder(folder);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('blocks', () => {
  test('are of kinds that are looked at here, in package.test.ts or in readme.long.test.ts', () => {
    expect(blocks.filter(({ language }) => !['sh', 'ts', 'json', ''].includes(language))).toEqual([]);
    expect(blocks.length).toBeGreaterThan(10);
  });

  test('of shell are all run, but for those that are named with a reason', () => {
    for (const [pattern] of NOT_RUN) expect(commands.some(({ command }) => pattern.test(command))).toBe(true);
  });

  test.each(commands.filter(({ command }) => reasonOf(command) === undefined))(
    '$place: $command',
    async ({ command }) => {
      const { status, stderr } = await runLine(command, folder);
      expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    },
  );

  test.each(blocks.filter(({ language }) => language === 'json'))('$place is read', ({ text }) => {
    const document = JSON.parse(text) as Record<string, unknown>;
    if ('base' in document) expect(planSweep(parseSweepFile(document)).points.length).toBeGreaterThan(1);
    // A part of a scenario is shown beside the rest of one.
    else {
      const whole =
        'schemaVersion' in document ? document : { ...(presetDocument('reference') as object), ...document };
      expect(parseScenario(whole)).toHaveProperty('tasks');
    }
  });

  test('name commands that there are, all of them', async () => {
    const list = blocks.find(({ text }) => text.startsWith('batterywalk validate [SCENARIO]'));
    const named = new Set([...(list?.text ?? '').matchAll(/^batterywalk (\w+)/gm)].map(([, name]) => name));
    // `preset NAME` is told beside `presets`.
    const known = (await allCommands()).map(({ name }) => name).filter((name) => name !== 'preset');
    expect([...named].sort()).toEqual(known.sort());
  });

  test('use options that their commands have', async () => {
    const lines = blocks.flatMap(({ text }) => text.match(/^(?:\$ )?(?:npx )?batterywalk [a-z].*--.*$/gm) ?? []);
    expect(lines.length).toBeGreaterThan(10);
    for (const line of lines) {
      const name = /batterywalk ([a-z]+)/.exec(line)?.[1] ?? '';
      const help = (await runOn([name, '--help'])).stdout;
      for (const [option] of line.matchAll(/(?<=\s)--[a-z][a-z-]*/g))
        expect([line, help]).toEqual([line, expect.stringContaining(option)]);
    }
  });
});

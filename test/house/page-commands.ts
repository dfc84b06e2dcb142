/** What pages ask to type, and which of it tests run. */
import { blocksOf, commandsOf, page, pageNames } from './docs.js';

/** Pages whose blocks have tests of their own. */
const OWN_TESTS: readonly string[] = ['docs/tasks.md', 'docs/paper.md', 'docs/contract.md'];
export const PAGES = pageNames().filter((name) => !OWN_TESTS.includes(name) && !name.startsWith('docs/recipes/'));
export const blocks = PAGES.flatMap((name) =>
  blocksOf(page(name)).map((block) => ({ ...block, name, place: `${name}, line ${block.line}` })),
);

/** Commands that are not run, and why. */
export const NOT_RUN: readonly (readonly [RegExp, string])[] = [
  [/^npm ci && npm (start|test)$/, 'installs anew; the first is run by docs.long.test.ts, the second runs this'],
  [
    /^npm (ci|test|run (build|lint|docs))$/,
    'installs, builds, lints, makes the reference, or runs this: .ci/run does all',
  ],
  [/^npm ls /, 'needs the folder of a checkout'],
  [/^npx vitest /, 'runs tests'],
  [/^npx batterywalk sweep src\/sweep\/examples\/reserve\.json/, 'a minute or more; tasks.test.ts runs a smaller one'],
  [/^batterywalk (worker|sweep) .*--queue/, 'needs a Redis server; queue.test.ts brings one'],
  [/^(npx )?batterywalk serve/, 'ends by Ctrl-C alone; signals.test.ts and page.test.ts have it'],
  [/^sbatch /, 'needs Slurm; slurm.test.ts plays it'],
  [/^batterywalk merge \/shared/, 'needs what sbatch makes; shards.test.ts merges'],
];
/** Why a command is not run, if it is not. */
export const reasonOf = (command: string): string | undefined =>
  NOT_RUN.find(([pattern]) => pattern.test(command))?.[1];

/** Of the blocks of shell. */
export const commands = blocks
  .filter(({ language }) => language === 'sh')
  .flatMap((block) => commandsOf(block).map((command) => ({ command, place: block.place })));

/** Backends look a kernel up by its name, each in one place; no other line of theirs asks which kernel a job is of. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const engine = fileURLToPath(new URL('../../src/engine', import.meta.url));
/** Compares a kernel's name with one, or switches on it. */
const ASKS = /\.kernel\b\s*[!=]==|case '(lumped|tasks|proof|site|lumpedSite|passage|together)'/;
/** Where it is asked by intent: only lumped jobs are walked together. */
const ALLOWED = ['cpu/together.ts'];

const asking = (files: readonly (readonly [string, string])[]): string[] =>
  files.flatMap(([name, text]) =>
    text
      .split('\n')
      .filter((line) => ASKS.test(line))
      .map((line) => `${name}: ${line.trim()}`),
  );

const files = ['webgpu', 'cpu', '.'].flatMap((folder) =>
  readdirSync(join(engine, folder), { recursive: folder !== '.', encoding: 'utf8' })
    .filter(
      (name) => name.endsWith('.ts') && (folder !== '.' || ['rows.ts', 'twin.ts', 'known-jobs.ts'].includes(name)),
    )
    .map(
      (name) =>
        [folder === '.' ? name : `${folder}/${name}`, readFileSync(join(engine, folder, name), 'utf8')] as const,
    ),
);

test('no backend switches on the name of a kernel', () => {
  expect(files.length).toBeGreaterThan(30);
  expect(asking(files.filter(([name]) => !ALLOWED.includes(name)))).toEqual([]);
});

test('what does is found', () => {
  expect(asking([['a.ts', "if (job.kernel === 'site') {}\n  case 'proof':\n    break;\n"]])).toHaveLength(2);
});

/** The recipes: every statement for DuckDB, and those for Python and R where the machine has what they need. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blocksOf, commandsOf, page, pageNames, prepareFolder, runLine } from './docs.js';

const PAGES = pageNames().filter((name) => name.startsWith('docs/recipes/'));

interface Recipe {
  readonly name: string;
  readonly language: string;
  readonly text: string;
  /** What is shown below it; undefined where it prints nothing. */
  readonly shown: string | undefined;
}

const recipes = PAGES.flatMap((name): Recipe[] => {
  const blocks = blocksOf(page(name));
  return blocks.flatMap(({ language, text, line }, i) => {
    if (!['sql', 'python', 'r'].includes(language)) return [];
    const next = blocks.at(i + 1);
    return [
      { name: `${name}, line ${line}`, language, text, shown: next?.language === 'text' ? next.text : undefined },
    ];
  });
});

const succeeds = (file: string, ...options: string[]): boolean => {
  try {
    execFileSync(file, options, { stdio: 'ignore', timeout: 600_000 });
    return true;
  } catch {
    return false;
  }
};

/** Why a recipe cannot be run on this machine; empty where it can. */
function whyNot({ language, text }: Recipe): string {
  if (language === 'sql') return '';
  if (language === 'python') {
    const modules = [...text.matchAll(/^import (\w+)$/gm)].map(([, name]) => name);
    // pandas reads Parquet by one of two others.
    const reads = text.includes('pandas.read_parquet') ? ['pyarrow'] : [];
    const needed = [...modules, ...reads];
    return succeeds('python3', '-c', `import ${needed.join(', ')}`) ? '' : `no python3 with ${needed.join(', ')}`;
  }
  const packages = [...text.matchAll(/(\w+)::/g)].map(([, name]) => name);
  const loads = packages.map((name) => `stopifnot(requireNamespace("${name}"))`);
  return succeeds('Rscript', '-e', ['1', ...loads].join('; '))
    ? ''
    : `no Rscript with ${['R', ...packages].join(', ')}`;
}

let folder = '';
let home = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'batterywalk-recipes-'));
  prepareFolder(folder);
  home = process.cwd();
  process.chdir(folder);
  const commands = PAGES.flatMap((name) =>
    blocksOf(page(name)).flatMap((block) => (block.language === 'sh' ? commandsOf(block) : [])),
  );
  // Pages begin with the same files.
  for (const command of new Set(commands)) {
    const { status, stderr } = await runLine(command, folder);
    expect({ command, status, stderr: status === 0 ? '' : stderr }).toEqual({ command, status: 0, stderr: '' });
  }
});
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

const lines = (text: string): string[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => line.trim());

async function output({ language, text }: Recipe): Promise<string> {
  if (language === 'sql') {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const reader = await connection.runAndReadAll(text);
    const rows = reader
      .getRowsJson()
      .map((row) => row.map((value) => (value === null ? 'NULL' : String(value as number))));
    return [reader.columnNames(), ...rows].map((row) => row.join('  ')).join('\n');
  }
  const [file, program] = language === 'python' ? ['recipe.py', 'python3'] : ['recipe.R', 'Rscript'];
  writeFileSync(join(folder, file), text);
  return execFileSync(program, [file], { cwd: folder, encoding: 'utf8' });
}

describe('recipes', () => {
  test('are of four kinds, and their files are there', () => {
    expect(PAGES.length).toBe(4);
    expect(recipes.filter(({ language }) => language === 'sql').length).toBeGreaterThan(3);
    for (const file of ['map/results.parquet', 'map.csv', 'run.json'])
      expect(existsSync(join(folder, file))).toBe(true);
  });

  for (const recipe of recipes) {
    const reason = whyNot(recipe);
    test.skipIf(reason !== '')(`${recipe.name}${reason === '' ? '' : ` (skipped: ${reason})`}`, async () => {
      const said = await output(recipe);
      if (recipe.shown !== undefined) expect(lines(said)).toEqual(lines(recipe.shown));
    });
  }
});

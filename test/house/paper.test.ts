/**
 * docs/paper.md: every file, name, key, option and command on it exists, its examples run, and no equation is left out.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { page, root } from './docs.js';

const text = page('docs/paper.md');
const prose = text.replace(/```[^]*?```/g, '');
const links = [...prose.matchAll(/\[`([^`]+)`\]\(\.\.\/([^)#]+)\)/g)].map(([, name, path]) => ({ name, path }));
/** What stands in backticks and is no link. */
const plain = [...prose.replace(/\[`[^`]+`\]\([^)]+\)/g, '').matchAll(/`([^`]+)`/g)].map(([, token]) => token);
const sourcesUnder = (folder: string): string =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(root, folder, name), 'utf8'))
    .join('\n');

/** Numbers of equations: `(24)`, `(20)–(22)`. */
function equationsOf(markdown: string): Set<number> {
  const found = new Set<number>();
  for (const [, from, to = from] of markdown.matchAll(/\((\d{1,2})\)(?:–\((\d{1,2})\))?/g)) {
    for (let n = Number(from); n <= Number(to); n++) found.add(n);
  }
  return found;
}

describe('docs/paper.md', () => {
  test.each(links)('$name is declared in $path', ({ name, path }) => {
    const source = readFileSync(join(root, path), 'utf8');
    expect(source).toMatch(new RegExp(`^(export )?(async )?(function|const|interface|type|class) ${name}\\b`, 'm'));
  });

  test('names no file, key, option or command that there is not', () => {
    const source = sourcesUnder('src');
    const cli = sourcesUnder('src/cli');
    const scenario = page('src/scenario/scenario.ts');
    const kinds = { path: 0, key: 0, option: 0, command: 0, name: 0 };
    for (const token of plain) {
      const command = /^batterywalk (\w+)/.exec(token)?.[1];
      const options = [...token.matchAll(/--([a-z-]+)/g)].map(([, option]) => option);
      for (const option of options) expect(cli, token).toMatch(new RegExp(`'--${option}[ ']`));
      if (command !== undefined) expect(cli, token).toMatch(new RegExp(`name: '${command}'`));
      else if (/^(src|kernels|docs|examples)\//.test(token)) expect(existsSync(join(root, token)), token).toBe(true);
      else if (/^[a-z]+\.[a-zA-Z]+$/.test(token)) {
        const [object, key] = token.split('.');
        expect(scenario, token).toMatch(new RegExp(`readonly ${object}\\??:`));
        expect(scenario, token).toMatch(new RegExp(`readonly ${key}\\??:`));
      } else if (options.length === 0) expect(source, token).toMatch(new RegExp(`\\b${token}:`));
      if (command !== undefined) kinds.command++;
      else if (options.length > 0) kinds.option++;
      else if (token.includes('/')) kinds.path++;
      else if (token.includes('.')) kinds.key++;
      else kinds.name++;
    }
    // Each kind was looked for.
    for (const [kind, count] of Object.entries(kinds)) expect(count, kind).toBeGreaterThan(1);
    expect(links.length).toBeGreaterThan(60);
  });

  test('leaves no equation of the paper out, and names those that are lost', () => {
    const found = equationsOf(prose);
    const all = Array.from({ length: 93 }, (_, i) => i + 1);
    expect(all.filter((n) => !found.has(n))).toEqual([17, 60, 81, 82, 83]);
    expect(prose).toMatch(/Equations 17, 60 and 81 to 83 are not in the text/);
  });
});

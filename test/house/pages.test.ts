/** Pages are whole: short lines, links that lead somewhere, files that are there, and every page within reach. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { blocksOf, page, pageNames, root } from './docs.js';

const names = pageNames();
const WIDTH = 120;
/** Pages that begin with something else than an example, and why. */
const NO_EXAMPLE: readonly string[] = [
  'docs/coverage.md', // Its table is what `npm run coverage` makes.
  'docs/extremes.md', // So is that of `npm run extremes`.
];

const withoutBlocks = (markdown: string): string => markdown.replaceAll(/^```[^]*?^```/gm, '');
/** The anchor of a heading, as forges make it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
const anchorsOf = (name: string): string[] =>
  [...withoutBlocks(page(name)).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading));

/** Links of a page that stay within the repository: path from the root, and anchor. */
function linksOf(name: string): { path: string; anchor: string | undefined }[] {
  return [...withoutBlocks(page(name)).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path, anchor] = target.split('#') as [string, string | undefined];
      return { path: path === '' ? name : normalize(join(dirname(name), path)), anchor };
    });
}

describe.each(names)('%s', (name) => {
  test('has no line beyond 120 columns', () => {
    const lines = page(name).split('\n');
    expect(lines.flatMap((line, i) => (line.length > WIDTH ? [`${i + 1}: ${line}`] : []))).toEqual([]);
  });

  test('links to what is there', () => {
    const broken = linksOf(name).filter(
      ({ path, anchor }) =>
        !existsSync(join(root, path)) ||
        (anchor !== undefined && path.endsWith('.md') && !anchorsOf(path).includes(anchor)),
    );
    expect(broken).toEqual([]);
  });

  // docs/api/ is what `npm run docs` writes.
  test('names files that are there', () => {
    const told = [
      ...withoutBlocks(page(name)).matchAll(/`((?:src|kernels|docs|examples|test|bench|\.ci)\/[\w./-]+)`/g),
    ];
    const isThere = (path: string): boolean => path.startsWith('docs/api/') || existsSync(join(root, path));
    expect(told.map(([, path]) => path).filter((path) => !isThere(path))).toEqual([]);
  });
});

test('every page of docs/ opens with a worked example', () => {
  const pages = names.filter((name) => name.startsWith('docs/') && !NO_EXAMPLE.includes(name));
  expect(pages.length).toBeGreaterThan(25);
  const without = pages.filter((name) => {
    const text = page(name);
    const [first] = blocksOf(text);
    const second = text.split('\n').findIndex((line) => /^## /.test(line));
    // A list of tasks, each with its own command, opens with the first of them.
    return first.line > (second < 0 ? Infinity : second + 6);
  });
  expect(without).toEqual([]);
});

test('every page is linked from docs/README.md', () => {
  const linked = new Set(linksOf('docs/README.md').map(({ path }) => path));
  expect(names.filter((name) => !linked.has(name) && !['README.md', 'docs/README.md'].includes(name))).toEqual([]);
});

describe('the README', () => {
  const lines = page('README.md').trimEnd().split('\n');

  test('is read in three minutes', () => {
    expect(lines.length).toBeLessThanOrEqual(130);
  });

  test('shows a picture that is there, in its first screen', () => {
    const [path] = /(?<=\]\()docs\/[\w-]+\.svg(?=\))/.exec(lines.slice(0, 20).join('\n')) ?? [];
    expect(page(path ?? '')).toMatch(/^<svg [^]*<\/svg>\n$/);
  });
});

test('docs/dependencies.md names every dependency', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, object>;
  const packages = ['dependencies', 'devDependencies', 'peerDependencies'].flatMap((key) => Object.keys(manifest[key]));
  const rows = page('docs/dependencies.md')
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .flatMap((line) =>
      line
        .split('|')[1]
        .split(',')
        .map((name) => name.trim()),
    );
  expect(packages.filter((name) => !rows.includes(name))).toEqual([]);
  expect(rows.filter((name) => !packages.includes(name) && !['package', '---'].includes(name))).toEqual([]);
});

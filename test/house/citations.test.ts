/** A comment that cites a page cites one that is there, a section that it has, and an equation that stands in it. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import { page, pageNames, root } from './docs.js';

/** Pages of others that are named: of the Vulkan loader, and the licence in Node's own archive. */
const FOREIGN: readonly string[] = ['LoaderDriverInterface.md', 'LICENSE.md'];
const FOLDERS = ['src', 'kernels', 'test', 'bench', 'examples'];

const files = FOLDERS.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(
    (name) => `${folder}/${name.split(sep).join('/')}`,
  ),
).filter((name) => /\.(ts|mjs|wgsl|glsl|sh)$/.test(name) && basename(name) !== 'citations.test.ts');

/** Citations of a text: page, and where one is told the section and the equation. */
function citationsIn(text: string): { page: string; section?: string; equation?: string }[] {
  // A comment's line begins with a star: a citation may go on over its end.
  const flat = text.replaceAll(/\n\s*(?:\*|\/\/\/?)\s?/g, ' ');
  return [...flat.matchAll(/([\w./-]*[\w-]\.md)\b(?:,? sections? (\d+))?(?:,? eq\. \(?(M?\d+)\)?)?/g)].map(
    ([, name, section, equation]) => ({ page: name, section, equation }),
  );
}

/** Where a page that a file names may be: as it is told from the root, or beside the file. */
const candidates = (file: string, name: string): string[] => [name, join(dirname(file), name)];

function wrongIn(file: string, text: string): string[] {
  return citationsIn(text).flatMap(({ page: name, section, equation }) => {
    if (FOREIGN.includes(basename(name)) || !/^[\w./-]+$/.test(name)) return [];
    const path = candidates(file, name).find((candidate) => existsSync(join(root, candidate)));
    if (path === undefined) return [`${file} cites ${name}, which is not there`];
    const cited = page(path);
    if (section !== undefined && !cited.includes(`\n## ${section}. `))
      return [`${file} cites section ${section} of ${name}`];
    if (equation !== undefined && !cited.includes(`(${equation})`)) return [`${file} cites eq. ${equation} of ${name}`];
    return [];
  });
}

describe('comments', () => {
  test('cite pages, sections and equations that are there', () => {
    const found = files.flatMap((file) => wrongIn(file, readFileSync(join(root, file), 'utf8')));
    expect(found).toEqual([]);
  });

  test('cite the model in many places', () => {
    const citing = files.filter((file) => readFileSync(join(root, file), 'utf8').includes('docs/model.md'));
    expect(citing.length).toBeGreaterThan(15);
    expect(pageNames()).toContain('docs/contract.md');
  });

  test.each([
    ['/** The law (model.md section 4). */', /cites model.md, which is not there/],
    ['/** The law (docs/model.md section 99). */', /section 99/],
    ['/** The law (docs/model.md\n * section 99). */', /section 99/],
    ['// docs/model.md, eq. M99', /eq. M99/],
  ])('that are wrong are found: %j', (text, message) => {
    expect(wrongIn('src/x.ts', text)).toEqual([expect.stringMatching(message)]);
  });
});

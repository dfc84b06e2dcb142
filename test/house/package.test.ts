/**
 * What would be packed, and that the built library loads and walks. The package as a user gets it, installed elsewhere:
 * package.long.test.ts.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const execute = promisify(execFile);

test('the package holds programs, library and page, and nothing of the tests', async () => {
  const { stdout } = await execute('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    maxBuffer: 2 ** 26,
  });
  const [{ files }] = JSON.parse(stdout) as { files: { path: string }[] }[];
  const packed = files.map(({ path }) => path);
  expect(packed).toEqual(
    expect.arrayContaining([
      ...['LICENSE', 'README.md', 'package.json', 'dist/cli.js', 'dist/cpu-worker.js', 'dist/sweep-worker.js'],
      ...['dist/cpu-worker.browser.js', 'dist/index.browser.js', 'dist/index.node.js', 'dist/theory.node.js'],
      ...['dist/THIRD-PARTY.txt', 'dist/page/index.html', 'dist/page/main.js', 'dist/page/style.css'],
    ]),
  );
  expect(packed.filter((path) => !/^(dist\/|LICENSE$|README\.md$|package\.json$)/.test(path))).toEqual([]);
  expect(packed.filter((path) => /\.tmp$|\/test\/|\/bench\//.test(path))).toEqual([]);
});

test('the built library is imported by its name, and its laws by theirs', async () => {
  const program = `import * as all from 'batterywalk'; import * as laws from 'batterywalk/theory';
    const names = Object.keys(laws);
    console.log(typeof all.validate, names.length > 30, names.filter((name) => all[name] !== laws[name]).length);`;
  // A package may import itself by its name.
  const { stdout } = await execute(process.execPath, ['--input-type=module', '--eval', program], { cwd: root });
  expect(stdout).toBe('function true 0\n');
});

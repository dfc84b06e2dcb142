/**
 * The package as a user gets it: packed, installed elsewhere without development dependencies and without install
 * scripts, then run, imported and type-checked there.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blocksOf } from './docs.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const execute = promisify(execFile);
/** Fails with all that npm and its scripts said. */
const npm = (arguments_: string[], cwd: string) =>
  execute('npm', arguments_, { cwd, maxBuffer: 2 ** 26 }).catch((error: unknown) => {
    const { message, stdout } = error as Error & { stdout: string };
    throw new Error(`${message}\n${stdout}`, { cause: error });
  });

let folder = '';
let tarball = '';
let packed: readonly string[] = [];
let manifest: { version: string; dependencies: Record<string, string> };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'batterywalk-package-'));
  manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as typeof manifest;
  await npm(['run', 'prepack'], root);
  const { stdout } = await npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root);
  const [report] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[];
  tarball = join(folder, report.filename);
  packed = report.files.map(({ path }) => path);
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  await npm(
    ['install', tarball, '--omit=dev', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'],
    folder,
  );
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Compiles one file in the user's folder, with the user's own settings; returns what the compiler says. */
async function typeCheck(source: string, settings: Record<string, unknown>): Promise<string> {
  const project = join(folder, 'typed');
  await mkdir(project, { recursive: true });
  await writeFile(join(project, 'main.ts'), source);
  const compilerOptions = { strict: true, noEmit: true, target: 'es2023', types: [], skipLibCheck: false, ...settings };
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['main.ts'] }));
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  return execute(process.execPath, [compiler, '--project', project], { cwd: project }).then(
    ({ stdout }) => stdout,
    (error: unknown) => (error as { stdout: string }).stdout,
  );
}

/** A bundle's text, with all that it imports of the bundles beside it. */
async function loadedText(dist: string, entry: string): Promise<string> {
  const texts = new Map<string, string>();
  const open = [entry];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (texts.has(name)) continue;
    const text = await readFile(join(dist, name), 'utf8');
    texts.set(name, text);
    open.push(...[...text.matchAll(/["']\.\/([\w.-]+\.js)["']/g)].map(([, next]) => next));
  }
  return [...texts.values()].join('\n');
}

const CONSUMER = `import * as batterywalk from 'batterywalk';
import * as theory from 'batterywalk/theory';
const names: string[] = Object.keys(batterywalk);
export const count: number = names.length;
// @ts-expect-error: the types are real ones, so a name that is not there is an error
batterywalk.thereIsNoSuchExport;
// @ts-expect-error: nor is the engine among the laws
theory.openBackend;
export const law: theory.ExactLaw = batterywalk.exactLaw(theory.compoundIncrement(null as never), 1);
`;

describe('the package', () => {
  test('holds what a user needs and nothing else', () => {
    expect(packed).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'README.md',
        'package.json',
        'dist/cli.js',
        'dist/cpu-worker.js',
        'dist/point-worker.js',
        'dist/sweep-worker.js',
        'dist/validator-worker.js',
        'dist/cpu-worker.browser.js',
        'dist/index.browser.js',
        'dist/index.node.js',
        'dist/theory.browser.js',
        'dist/theory.node.js',
        'dist/THIRD-PARTY.txt',
        'dist/page/index.html',
        'dist/page/main.js',
        'dist/page/style.css',
        'dist/page/cpu-worker.browser.js',
        'dist/types/src/index.d.ts',
        'dist/types/src/theory/index.d.ts',
      ]),
    );
    expect(packed.filter((path) => !/^(dist\/|LICENSE$|README\.md$|package\.json$)/.test(path))).toEqual([]);
    expect(packed.filter((path) => /\.tmp$|\/test\/|\/bench\//.test(path))).toEqual([]);
  });

  test('brings webgpu and what that needs, and no other library', async () => {
    expect(Object.keys(manifest.dependencies)).toEqual(['webgpu']);
    const installed = (await readdir(join(folder, 'node_modules'))).filter((name) => !name.startsWith('.'));
    expect(installed.sort()).toEqual(['@webgpu', 'batterywalk', 'debug', 'ms', 'webgpu']);
  });

  test('names the licences of what is bundled', async () => {
    const notice = await readFile(join(folder, 'node_modules/batterywalk/dist/THIRD-PARTY.txt'), 'utf8');
    for (const name of ['zod', 'commander', 'nanotar']) expect(notice).toMatch(new RegExp(`^${name} \\d+\\.\\d+`, 'm'));
    expect(notice).toContain('Permission is hereby granted, free of charge');
    expect(notice).not.toMatch(/^(esbuild|vitest|typescript) \d/m);
  });

  test('npx batterywalk runs', async () => {
    const { mode } = await stat(join(folder, 'node_modules/batterywalk/dist/cli.js'));
    expect(mode & 0o111).toBe(0o111);
    const { stdout, stderr } = await execute('npx', ['--no-install', 'batterywalk', '--version'], { cwd: folder });
    expect(stdout.trim()).toBe(manifest.version);
    expect(stderr.replace(/^npm (warn|notice).*$/gm, '').trim()).toBe('');
  });

  // On webgpu it runs in the repository's folder, from where the optional software adapter is found.
  test.each([
    ['cpu', () => folder],
    ['webgpu', () => root],
  ])('simulates where it is installed, workers and native code included (%s)', async (backend, workingFolder) => {
    const cli = join(folder, 'node_modules/batterywalk/dist/cli.js');
    const options = [
      '--backend',
      backend,
      '--adapter',
      'software',
      '--trials',
      '20000',
      '--slots',
      '64',
      '--seed',
      '7',
    ];
    const { stdout } = await execute(process.execPath, [cli, 'run', ...options, '--json', '--quiet'], {
      cwd: workingFolder(),
    });
    const result = JSON.parse(stdout) as {
      engine: { backend: string };
      horizons: { slots: number; trials: number; meanDeficit: number }[];
    };
    expect(result.engine.backend).toBe(backend);
    expect(result.horizons.at(-1)).toMatchObject({ slots: 64, trials: 20000 });
    expect(result.horizons.at(-1)?.meanDeficit).toBeGreaterThan(0);
  });

  test('is imported in Node', async () => {
    await writeFile(
      join(folder, 'main.mjs'),
      `import * as b from 'batterywalk'; console.log(Object.keys(b).length > 0);`,
    );
    expect((await execute(process.execPath, ['main.mjs'], { cwd: folder })).stdout).toBe('true\n');
  });

  test('gives its laws by themselves, the same as those of the whole, without the engine', async () => {
    await writeFile(
      join(folder, 'theory.mjs'),
      `import * as all from 'batterywalk'; import * as laws from 'batterywalk/theory';
       const names = Object.keys(laws);
       console.log(names.length > 30, names.filter((name) => all[name] !== laws[name]), 'openBackend' in laws);`,
    );
    expect((await execute(process.execPath, ['theory.mjs'], { cwd: folder })).stdout).toBe('true [] false\n');
    const dist = join(folder, 'node_modules/batterywalk/dist');
    for (const [whole, alone] of [
      ['index.node.js', 'theory.node.js'],
      ['index.browser.js', 'theory.browser.js'],
    ]) {
      // The device's programs are what the engine cannot be without.
      expect(await loadedText(dist, whole)).toContain('@workgroup_size');
      expect(await loadedText(dist, alone)).not.toMatch(/@workgroup_size|from *"webgpu"/);
    }
  });

  const examples = ['README.md', 'docs/library.md'].flatMap((name) =>
    blocksOf(readFileSync(join(root, name), 'utf8'))
      .filter(({ language }) => language === 'ts')
      .map(({ text, line }) => [`${name}, line ${line}`, text] as const),
  );
  /** What each prints, in order. */
  const PRINTED = [
    /^64 \d.*\n(?:.*\n)*1024 \d.*\n(?:.*\n)*true\n$/,
    /^64 \d.*\n(?:.*\n)*1024 \d.*\n(?:.*\n)*PASS: all 10(?:.*\n)*true\n$/,
    /^0\.999\d+\n$/,
    /^\d+(\.\d+)?\n$/,
  ];

  test.each(examples.map((example, i) => [...example, PRINTED[i]] as const))(
    'runs the example of %s, which a strict compiler passes',
    async (_, text, printed) => {
      // What is printed is for a console, which only the DOM's types or Node's have.
      const settings = { module: 'nodenext', lib: ['es2023', 'dom'] };
      expect(await typeCheck(text, settings)).toBe('');
      const { outputText } = ts.transpileModule(text, { compilerOptions: { module: ts.ModuleKind.ESNext } });
      await writeFile(join(folder, 'example.mjs'), outputText.replace('trials: 1e6', 'trials: 2e5'));
      const { stdout } = await execute(process.execPath, ['example.mjs'], { cwd: folder });
      expect(stdout).toMatch(printed);
    },
  );

  test('has an expected output for every example', () => {
    expect(examples.length).toBe(PRINTED.length);
  });

  test.each([
    ['check-theory.mjs', /^T = 16: E\[D\] [\d.]+ kJ simulated, [\d.]+ kJ exact, .*\nT = 256: .*\nPASS\n$/],
    ['size-battery.mjs', /^a charge of \d+\.\d\d MJ keeps it, after \d+ looks\n$/],
    ['theory.mjs', /^drift 0\.4 kJ .*\nT = 16: .*\nT = 256: .* exact [\d.]+ and [\d.]+ \(.*\nT = 24: .* kJ.*\n$/],
    ['compare-routers.mjs', /^latest less myopic: -[\d.]+ kJ a task, interval .*\nthreshold:\S+ less myopic: .*\n$/],
  ])('runs examples/%s', async (name, printed) => {
    await writeFile(join(folder, name), await readFile(join(root, 'examples', name)));
    const { stdout } = await execute(process.execPath, [name], { cwd: folder });
    expect(stdout).toMatch(printed);
  });

  test.each([
    ['bundler', { module: 'esnext', moduleResolution: 'bundler' }],
    ['nodenext', { module: 'nodenext' }],
  ])('has types that a strict consumer checks in full (%s)', async (_, settings) => {
    expect(await typeCheck(CONSUMER, { ...settings, lib: ['es2023', 'dom'] })).toBe('');
  });
});

/**
 * The build: bundles the library for Node and for browsers, the command line, and the worker programs, into dist/.
 * Kernels (.wgsl, .glsl) and sample traces (.csv) become text, those of kernels/wasm one WebAssembly module whose bytes
 * are in the bundle; pure-JavaScript libraries are bundled, and THIRD-PARTY.txt carries their licences; `webgpu`, a
 * native addon, stays a dependency. Prints the sizes. `node esbuild.mjs workers` builds the worker programs alone,
 * which tests that run the sources start from dist/.
 */
import { Buffer } from 'node:buffer';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { compileKernels, textLoaders, wasmForEsbuild } from './kernels/wasm/compile.mjs';

const root = dirname(fileURLToPath(import.meta.url));
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

const common = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  target: 'es2023',
  outdir: 'dist',
  sourcemap: true,
  sourcesContent: false,
  loader: textLoaders,
  define: { BATTERYWALK_VERSION: JSON.stringify(version) },
  plugins: [wasmForEsbuild],
  metafile: true,
  write: false,
  logLevel: 'warning',
};

// Libraries in CommonJS call `require` for Node's own modules, which an ES module does not have by itself.
const requireForNode = `import { createRequire as createRequireForBundle } from 'node:module';
const require = createRequireForBundle(import.meta.url);`;

const forNode = {
  ...common,
  banner: { js: requireForNode },
  platform: 'node',
  target: 'node20.19',
  conditions: ['node'],
  external: ['webgpu'],
};
// Small, as it travels; errors are told by their names.
const forBrowsers = {
  ...common,
  ...{ platform: 'browser', conditions: ['browser'], minify: true, keepNames: true },
  // Reports are drawn without a page, in workers too; this build of linkedom asks for no native canvas.
  alias: { linkedom: 'linkedom/worker' },
};

// What is loaded when asked for (gpu.js, charts, the queue's client) becomes files of its own.
const split = { splitting: true, chunkNames: '[name]-[hash]' };

const workers = [
  { ...forNode, entryPoints: { 'cpu-worker': 'src/engine/cpu/worker.ts' } },
  { ...forBrowsers, entryPoints: { 'cpu-worker.browser': 'src/engine/cpu/worker.ts' } },
  // The engine of a queue's worker: it opens any backend.
  { ...forNode, ...split, entryPoints: { 'sweep-worker': 'src/cli/worker-engine.ts' } },
  // Laws and exact values of a sweep's points, beside the thread that runs it.
  { ...forNode, ...split, entryPoints: { 'point-worker': 'src/cli/point-worker.ts' } },
  // The laws of validate, beside its run.
  { ...forNode, ...split, entryPoints: { 'validator-worker': 'src/cli/validator-worker.ts' } },
];

// The library and its laws alone are built together: they share chunks, and so their errors are the same classes.
const faces = [
  { ...forNode, ...split, entryPoints: { 'index.node': 'src/index.ts', 'theory.node': 'src/theory/index.ts' } },
  {
    ...forBrowsers,
    ...split,
    entryPoints: { 'index.browser': 'src/index.ts', 'theory.browser': 'src/theory/index.ts' },
  },
  {
    ...forNode,
    ...split,
    entryPoints: { cli: 'src/cli/main.ts' },
    banner: { js: `#!/usr/bin/env node\n${requireForNode}` },
  },
];

// The page's policy allows no code made of text, and Firefox tells of each try. zod tries unless its settings forbid it
// before any schema is made: said in every chunk, for chunks run in no order that an import could lay down. @stdlib
// tries for generators, and goes on without them where it may not.
const noEval = '(globalThis.__zod_globalConfig ??= {}).jitless = true;';
const withoutEval = {
  name: 'without-eval',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]@stdlib[\\/]assert-has-generator-support[\\/]lib[\\/]index\.js$/ }, () => ({
      contents: 'module.exports = () => false;',
    }));
  },
};

// The page: one script and its workers, whose shared parts are files of their own. Style sheets are put together by
// esbuild as well.
const page = [
  {
    ...forBrowsers,
    ...split,
    outdir: 'dist/page',
    banner: { js: noEval },
    plugins: [...common.plugins, withoutEval],
    entryPoints: Object.fromEntries(
      ['main', 'run-worker', 'theory-worker', 'bench-worker'].map((name) => [name, `src/page/${name}.ts`]),
    ),
  },
  { ...forBrowsers, outdir: 'dist/page', entryPoints: { 'cpu-worker.browser': 'src/engine/cpu/worker.ts' } },
  {
    ...forBrowsers,
    outdir: 'dist/page',
    entryPoints: { style: 'src/page/style.css' },
    loader: { '.txt': 'css' },
    sourcemap: false,
  },
];

/** Entry points that people load. */
const faceNames = new Set([
  ...['index.node.js', 'theory.node.js', 'index.browser.js', 'theory.browser.js'],
  ...['cli.js', 'main.js'],
]);

/** Files are put in place whole and only when they change: other processes may be reading them. */
async function place(path, contents, mode) {
  const before = existsSync(path) ? await readFile(path) : undefined;
  if (before?.equals(contents)) return;
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, contents, { mode });
  await rename(temporary, path);
}

/** Names of the packages whose code is in the bundles, from esbuild's own account of its inputs, with their folders. */
function bundledPackages(metafiles) {
  const folders = new Map();
  for (const { outputs } of metafiles) {
    for (const { inputs } of Object.values(outputs)) {
      for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
        const found = /^(.*node_modules\/((?:@[^/]+\/)?[^/]+))\//.exec(path);
        if (found && bytesInOutput > 0) folders.set(found[1], found[2]);
      }
    }
  }
  return [...folders].sort(([a], [b]) => (a < b ? -1 : 1));
}

async function licences(metafiles) {
  const parts = [];
  for (const [folder, name] of bundledPackages(metafiles)) {
    const manifest = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
    const files = (await readdir(join(root, folder))).filter((file) => /^(licen[cs]e|notice)/i.test(file)).sort();
    // A package that ships no licence file is named with what its manifest says.
    const texts = await Promise.all(files.map((file) => readFile(join(root, folder, file), 'utf8')));
    parts.push([`${name} ${manifest.version} (${manifest.license})`, ...texts.map((text) => text.trim())].join('\n\n'));
  }
  const head = 'The bundles in this folder contain code of these packages, under their licences.';
  return [head, ...parts].join(`\n\n${'-'.repeat(80)}\n\n`) + '\n';
}

/** What runs in a browser must hold nothing of Node. */
function assertBrowserClean(metafile) {
  for (const [output, { imports, inputs }] of Object.entries(metafile.outputs)) {
    const foreign = [
      ...imports.filter(({ external }) => external).map(({ path }) => path),
      ...Object.keys(inputs).filter((path) => /(^|\/)host\/node[^/]*$/.test(path)),
    ];
    if (foreign.length > 0) throw new Error(`${basename(output)} is for browsers and contains ${foreign.join(', ')}`);
  }
}

/** A file's name within dist/. */
const shortName = (path, dist) => path.slice(dist.length + 1);

/** The output, and those that it comes to by imports of these kinds. */
function reached(outputs, output, kinds) {
  const found = new Set([output]);
  for (const path of found) {
    for (const { path: next, kind } of outputs[path].imports)
      if (kinds.includes(kind) && next in outputs) found.add(next);
  }
  return found;
}

/** What an entry point loads at once, and what it leaves until asked for. */
function printShares({ outputs }) {
  for (const [output, { entryPoint }] of Object.entries(outputs)) {
    if (entryPoint === undefined || !faceNames.has(basename(output))) continue;
    const now = reached(outputs, output, ['import-statement']);
    const all = reached(outputs, output, ['import-statement', 'dynamic-import']);
    const size = (paths) => [...paths].reduce((sum, path) => sum + outputs[path].bytes, 0) / 1024;
    const later = [...all].filter((path) => !now.has(path));
    const atOnce = `${size(now).toFixed(1).padStart(8)} KiB at once`;
    console.log(`${basename(output).padEnd(24)} ${atOnce}, ${size(later).toFixed(1)} KiB when asked for`);
  }
}

async function main(only) {
  const start = performance.now();
  const bundles = only === 'workers' ? workers : [...workers, ...faces, ...page];
  const results = await Promise.all(bundles.map((options) => build(options)));
  bundles.forEach(({ platform }, i) => {
    if (platform === 'browser') assertBrowserClean(results[i].metafile);
  });
  const dist = join(root, 'dist');
  await mkdir(join(dist, 'page'), { recursive: true });
  for (const { path, contents } of results.flatMap(({ outputFiles }) => outputFiles)) {
    await place(path, contents, basename(path) === 'cli.js' ? 0o755 : 0o644);
    if (!only && path.endsWith('.js') && /^(cpu|run|theory|bench|sweep)-worker/.test(basename(path))) {
      console.log(`${shortName(path, dist).padEnd(24)} ${(contents.length / 1024).toFixed(1).padStart(8)} KiB`);
    }
  }
  if (only) return;
  console.log(`${'kernels.wasm'.padEnd(24)} ${((await compileKernels()).length / 1024).toFixed(1).padStart(8)} KiB`);
  for (const { metafile } of results) printShares(metafile);
  const notice = join(dist, 'THIRD-PARTY.txt');
  await place(notice, Buffer.from(await licences(results.map(({ metafile }) => metafile))), 0o644);
  const html = join(dist, 'page/index.html');
  await place(html, await readFile(join(root, 'src/page/index.html')), 0o644);
  const kept = new Set([notice, html, ...results.flatMap(({ outputFiles }) => outputFiles.map(({ path }) => path))]);
  for (const folder of [dist, join(dist, 'page')]) {
    for (const file of await readdir(folder, { withFileTypes: true })) {
      if (file.isFile() && !kept.has(join(folder, file.name)) && !file.name.endsWith('.tmp'))
        await rm(join(folder, file.name));
    }
  }
  console.log(`built ${version} in ${((performance.now() - start) / 1000).toFixed(2)} s`);
}

await main(process.argv[2]);

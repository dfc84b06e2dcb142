/**
 * Compiles the AssemblyScript of this folder to WebAssembly modules, in memory: a plugin for esbuild and one for vite
 * give their bytes to whoever imports kernels.wasm, sites.wasm or fourier.wasm, files that are nowhere. Once a process,
 * however many bundles ask.
 */
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const NAME = /\/(kernels|sites|fourier)\.wasm$/;
/** Memory in pages of 64 KiB: what walks need is known, what sites and transforms need grows with them. */
const MEMORY = {
  kernels: ['--initialMemory', '280', '--maximumMemory', '280'],
  sites: ['--initialMemory', '1', '--maximumMemory', '1024'],
  fourier: ['--initialMemory', '1', '--maximumMemory', '32768'],
};

const compiled = new Map();

/** A module's bytes: the walks, those of sites, or Fourier transforms. */
export function compileKernels(module = 'kernels') {
  if (!compiled.has(module)) compiled.set(module, compile(module));
  return compiled.get(module);
}

async function compile(module) {
  // Loaded here and not above: it takes half a second.
  const { default: asc } = await import('assemblyscript/asc');
  let binary;
  const options = [
    ...[`${module}.ts`, '--outFile', `${module}.wasm`, '--optimizeLevel', '3', '--noAssert'],
    ...['--enable', 'simd', '--runtime', 'stub', ...MEMORY[module]],
  ];
  const { error, stderr } = await asc.main(options, {
    readFile: (name) => {
      try {
        return readFileSync(join(folder, name), 'utf8');
      } catch {
        return null;
      }
    },
    writeFile: (name, contents) => {
      if (name === `${module}.wasm`) binary = contents;
    },
    listFiles: () => [],
  });
  if (error || binary === undefined)
    throw new Error(`kernels/wasm does not compile:\n${stderr.toString()}`, { cause: error });
  return binary;
}

/** A module of JavaScript that exports the bytes; `atob` is in every host, what bundlers do by themselves is not. */
async function script(path) {
  const text = Buffer.from(await compileKernels(NAME.exec(path)[1])).toString('base64');
  return `export default Uint8Array.from(atob('${text}'), (c) => c.charCodeAt(0));`;
}

/** How esbuild reads what the sources import as text: kernels, licences and styles, sample traces. */
export const textLoaders = { '.wgsl': 'text', '.glsl': 'text', '.txt': 'text', '.csv': 'text' };

/** Packages whose CommonJS form, which Node would take, cannot be bundled: it looks for its parts while it runs. */
const ESM = { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' };

/** What every bundle of the sources needs of esbuild besides `textLoaders`. */
export const wasmForEsbuild = {
  name: 'kernels.wasm',
  setup(build) {
    build.initialOptions.alias = { ...ESM, ...build.initialOptions.alias };
    build.onResolve({ filter: NAME }, ({ path }) => ({ path: join(folder, basename(path)), namespace: 'wasm' }));
    build.onLoad({ filter: NAME, namespace: 'wasm' }, async ({ path }) => ({
      contents: await script(path),
      loader: 'js',
    }));
  },
};

export const wasmForVite = {
  name: 'kernels.wasm',
  enforce: 'pre',
  resolveId: (id) => (NAME.test(id) ? `\0/${basename(id)}` : null),
  load: (id) => (id.startsWith('\0/') && NAME.test(id) ? script(id) : null),
};

/**
 * Compiles the AssemblyScript of this folder to one WebAssembly module, in memory: a plugin for esbuild and one for vite give its bytes to whoever
 * imports kernels.wasm, a file that is nowhere. Once a process, however many bundles ask.
 */
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const NAME = /\/kernels\.wasm$/;

let compiled;

/** The module's bytes. */
export function compileKernels() {
  compiled ??= compile();
  return compiled;
}

async function compile() {
  // Loaded here and not above: it takes half a second.
  const { default: asc } = await import('assemblyscript/asc');
  let binary;
  const options = [
    ...['kernels.ts', '--outFile', 'kernels.wasm', '--optimizeLevel', '3', '--noAssert'],
    ...['--enable', 'simd', '--runtime', 'stub', '--initialMemory', '80', '--maximumMemory', '80'],
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
      if (name === 'kernels.wasm') binary = contents;
    },
    listFiles: () => [],
  });
  if (error || binary === undefined)
    throw new Error(`kernels/wasm does not compile:\n${stderr.toString()}`, { cause: error });
  return binary;
}

/** A module of JavaScript that exports the bytes; `atob` is in every host, what bundlers do by themselves is not. */
async function script() {
  const text = Buffer.from(await compileKernels()).toString('base64');
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
    build.onResolve({ filter: NAME }, () => ({ path: join(folder, 'kernels.wasm'), namespace: 'wasm' }));
    build.onLoad({ filter: NAME, namespace: 'wasm' }, async () => ({ contents: await script(), loader: 'js' }));
  },
};

export const wasmForVite = {
  name: 'kernels.wasm',
  enforce: 'pre',
  resolveId: (id) => (NAME.test(id) ? '\0kernels.wasm' : null),
  load: (id) => (id === '\0kernels.wasm' ? script() : null),
};

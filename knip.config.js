/**
 * What nothing uses: files, dependencies, exports. The first of the two runs of `npm run dead` counts tests as users;
 * the second, `--production`, does not, and leaves alone what a module uses itself and exports for its tests.
 */
const isProduction = process.argv.includes('--production');

export default {
  entry: [
    'src/cli/{main,worker-engine,validator-worker}.ts!',
    'src/host/{node,browser}{,-sha256,-worker-scope}.ts!',
    'src/page/{main,run-worker,theory-worker,bench-worker}.ts!',
    'bench/**/*.{ts,mjs}',
  ],
  project: ['src/**/*.ts!', 'test/**/*.ts', 'bench/**/*.{ts,mjs}', 'kernels/**/*.mjs', '*.{ts,mjs,js}'],
  // Started by path: a browser, an accessibility checker that is put into a page, another runtime.
  ignoreDependencies: ['@sparticuz/chromium', 'axe-core', 'deno'],
  // Compiled when it is loaded.
  ignoreUnresolved: [
    '../../../kernels/wasm/kernels.wasm',
    '../../../kernels/wasm/sites.wasm',
    '../../kernels/wasm/fourier.wasm',
  ],
  // A type may be named beside what it is of; a value that only its own module uses need not be exported.
  ignoreExportsUsedInFile: isProduction ? true : { interface: true, type: true },
  exclude: ['binaries'],
};

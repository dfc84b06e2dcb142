/** What a command line reads before it does anything: each command its own, and nothing that is for some uses alone. */
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Metafile } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { textLoaders, wasmForEsbuild } from '../../kernels/wasm/compile.mjs';

let inputs: Metafile['inputs'] = {};
beforeAll(async () => {
  const { metafile } = await build({
    absWorkingDir: fileURLToPath(new URL('../..', import.meta.url)),
    entryPoints: ['src/cli/main.ts'],
    ...{ bundle: true, format: 'esm', platform: 'node', conditions: ['node'], splitting: true, outdir: 'nowhere' },
    external: ['webgpu'],
    loader: textLoaders,
    plugins: [wasmForEsbuild],
    ...{ metafile: true, write: false, logLevel: 'error' },
  });
  ({ inputs } = metafile);
});

/** Packages that come with a module, without what it reads when asked for. */
function packagesOf(entry: string): Set<string> {
  expect(Object.keys(inputs)).toContain(entry);
  const reached = new Set([entry]);
  for (const path of reached) {
    for (const { kind, path: next, external } of inputs[path].imports) {
      if (kind !== 'dynamic-import' && external !== true) reached.add(posix.normalize(next));
    }
  }
  return new Set([...reached].flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []));
}

describe('what is read at the start', () => {
  it('is little in the thread that waits for signals', () => {
    expect([...packagesOf('src/cli/supervisor.ts')]).toEqual([]);
  });

  it('of the command line itself has what checks its input, and no law', () => {
    const checks = ['commander', 'd3-dsv', 'fastest-levenshtein', 'jsonc-parser', 'luxon', 'papaparse', 'zod'];
    expect([...packagesOf('src/cli/command-thread.ts')].sort()).toEqual(checks);
  });

  it('of each command has neither charts nor the queue nor gpu.js; figures are charts', () => {
    const later = ['linkedom', '@observablehq/plot', 'bullmq', 'ioredis', 'gpu.js'];
    const commands = inputs['src/cli/commands.ts'].imports.map(({ path }) => path);
    expect(commands.length).toBeGreaterThan(15);
    for (const command of commands.filter((path) => path !== 'src/cli/figure.ts')) {
      const packages = packagesOf(command);
      expect([command, later.filter((name) => packages.has(name))]).toEqual([command, []]);
    }
    expect(packagesOf('src/cli/figure.ts')).toContain('linkedom');
  });
});

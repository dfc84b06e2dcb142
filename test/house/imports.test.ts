/**
 * The sources keep the rules of import-rules.ts and dom-rules.ts; and planted violations, one for each rule, are found.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { domViolations } from './dom-rules.js';
import { importCircles, importViolations, namedModules } from './import-rules.js';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

const sources = new Map(
  readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => [`src/${name.split(sep).join('/')}`, readFileSync(join(root, 'src', name), 'utf8')]),
);

const config = ts.parseJsonConfigFileContent(
  ts.readConfigFile(join(root, 'tsconfig.json'), (file) => readFileSync(file, 'utf8')).config,
  ts.sys,
  root,
).options;

describe('the sources', () => {
  test('are read, all of them', () => {
    expect(sources.has('src/errors.ts')).toBe(true);
    expect(sources.has('src/host/node.ts')).toBe(true);
    expect(namedModules('src/host/node.ts', sources.get('src/host/node.ts') ?? '')).toEqual(
      expect.arrayContaining(['node:worker_threads', 'webgpu', './contract.js', '../errors.js']),
    );
  });

  test('import downwards only, and keep Node at the edges', () => {
    expect(importViolations(sources)).toEqual([]);
  });

  test('know each other in no circle, not even by types', () => {
    expect(importCircles(sources)).toEqual([]);
  });

  test('leave the DOM to the page', () => {
    expect(domViolations(sources, root, config)).toEqual([]);
  });
});

describe('planted import violations are found', () => {
  test.each([
    ['src/fleet/x.ts', `import { plan } from '../engine/plan.js';`, /downwards only, and engine is not below fleet/],
    ['src/theory/x.ts', `import type { Partials } from '../engine/partials.js';`, /engine is not below theory/],
    ['src/engine/x.ts', `export { cdf } from '../theory/brownian.js';`, /theory is not below engine/],
    ['src/stats/x.ts', `type S = import('../report/svg.js').Svg;`, /report is not below stats/],
    ['src/report/x.ts', `const m = await import('../sweep/ledger.js');`, /sweep is not below report/],
    ['src/scenario/x.ts', `const m = await import(\`../law/\${name}.js\`);`, /cannot be checked/],
    ['src/engine/cpu/x.ts', `import kernel from '../webgpu/walk.js';`, /backends never see each other/],
    ['src/engine/webgpu/x.ts', `export * from '../gpujs/walk.js';`, /backends never see each other/],
    [
      'src/stats/x.ts',
      `import { readFileSync } from 'node:fs';`,
      /only src\/cli, src\/sweep\/node and src\/host\/node\* import node:/,
    ],
    ['src/host/browser.ts', `import { cpus } from 'node:os';`, /import node:/],
    ['src/sweep/x.ts', `import fs = require('fs/promises');`, /named with node:/],
    ['src/cli/x.ts', `const path = require('path');`, /named with node:/],
    ['src/engine/webgpu/x.ts', `import { create } from 'webgpu';`, /loads webgpu/],
    ['src/stats/x.ts', `import { host } from '#host';`, /ask the host/],
    ['src/stats/x.ts', `import walk from '../../kernels/walk.wgsl';`, /only the engine loads kernels/],
    ['src/law/x.ts', `import bytes from '../../kernels/wasm/fourier.wasm';`, /only src\/numeric loads the transforms/],
    ['src/law/x.ts', `import { alias } from './alias';`, /end in \.js/],
    ['src/law/x.ts', `import { alias } from '../../test/law/alias.js';`, /nothing outside src/],
    ['src/law/x.ts', `import { run } from '../index.js';`, /only the faces import index/],
    ['src/index.ts', `export { main } from './cli/main.js';`, /does not contain its faces/],
    ['src/errors.ts', `import { x } from './law/x.js';`, /top of src/],
    ['src/cli/x.ts', `import { draw } from '../page/draw.js';`, /page is not below cli/],
    ['src/host/x.ts', `import { plan } from '../plan.js';`, /host imports only itself/],
    ['src/host/x.ts', `import { power } from '../numeric/power.js';`, /host imports only itself/],
    ['src/numeric/x.ts', `import { host } from '../host/host.js';`, /numeric imports only itself/],
    ['src/numeric/x.ts', `import type { W } from '../fleet/walk-law.js';`, /numeric imports only itself/],
    ['src/sweep/x.ts', `import { sha256Hex } from '#sha256';`, /only src\/hash\.ts asks/],
    ['src/misc/x.ts', `import { plan } from '../law/x.js';`, /no place in the order/],
  ])('%s: %s', (path, text, wrong) => {
    const violations = importViolations(new Map([[path, text]]));
    expect(violations).toHaveLength(1);
    expect(violations[0]).toMatch(wrong);
  });

  test('and what is allowed is not', () => {
    const allowed = new Map([
      ['src/engine/webgpu/x.ts', `import walk from '../../../kernels/walk.wgsl'; import { host } from '#host';`],
      [
        'src/engine/x.ts',
        `import { cpu } from './cpu/backend.js'; import type { L } from '../law/lattice-mixture.js';`,
      ],
      [
        'src/cli/x.ts',
        `import { readFile } from 'node:fs/promises'; import * as api from '../index.js'; import 'zod';`,
      ],
      ['src/scenario/x.ts', `import { power } from '../numeric/power.js'; import { sha256Text } from '../hash.js';`],
      ['src/hash.ts', `import { sha256Hex } from '#sha256';`],
      ['src/law/x.ts', `import FFT from 'fft.js'; const s = "import '../engine/x.js'"; // import '../engine/y.js'`],
    ]);
    expect(importViolations(allowed)).toEqual([]);
  });
});

test('planted circles are found, and files that share one are not', () => {
  const planted = new Map([
    ['src/law/a.ts', `import type { B } from './b.js';`],
    ['src/law/b.ts', `export { c } from '../law/c.js';`],
    ['src/law/c.ts', `export type A = import('./a.js').A;`],
    ['src/law/d.ts', `import './a.js'; import './e.js';`],
    ['src/law/e.ts', `import './a.js'; import 'a';`],
    ['src/law/f.ts', `import './f.js';`],
  ]);
  expect(importCircles(planted)).toEqual(['src/law/a.ts ↔ src/law/b.ts ↔ src/law/c.ts', 'src/law/f.ts']);
});

test('planted uses of the DOM are found, and what only looks so is not', () => {
  const planted = new Map([
    ['src/stats/a.ts', `export const title = () => document.title;`],
    ['src/engine/b.ts', `export const wide = (): number => globalThis.innerWidth;`],
    ['src/report/c.ts', `export function paint(canvas: HTMLCanvasElement): void { canvas.width = 1; }`],
    ['src/law/d.ts', `export const f = (window: number): number => window + { document: 1 }.document;`],
    ['src/engine/e.ts', `export const t = (d: GPUDevice): number => performance.now() + d.limits.maxBindGroups;`],
    ['src/page/f.ts', `export const title = () => document.title;`],
  ]);
  expect(domViolations(planted, root, config)).toEqual([
    expect.stringMatching(/^src\/stats\/a\.ts:1 uses document/),
    expect.stringMatching(/^src\/engine\/b\.ts:1 uses globalThis\.innerWidth/),
    expect.stringMatching(/^src\/report\/c\.ts:1 uses HTMLCanvasElement/),
  ]);
});

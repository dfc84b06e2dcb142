/**
 * naga compiles every kernel in every form, and what it makes of them comes to the integers of the processor's twins:
 * in Deno and in Firefox, both on SwiftShader.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { host } from '#host';
import { textLoaders, wasmForEsbuild } from '../../kernels/wasm/compile.mjs';
import type { Backend } from '../../src/engine/backend.js';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { stageSums } from '../../src/engine/cpu/stages.js';
import { KERNELS } from '../../src/engine/webgpu/kernels.js';
import { firefoxMissing, launchFirefox } from '../browser/firefox.js';
import { denoMissing, runDeno, withSwiftShader } from '../host/deno.js';
import { END, ROLES, kernelForms } from './forms.js';
import type { Made } from './forms.js';

let folder: string;
let program: string;
let backend: Backend;
let expected: Made[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'forms-'));
  const bundle = await build({
    entryPoints: [fileURLToPath(new URL('forms-program.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2023',
    platform: 'browser',
    conditions: ['browser'],
    loader: textLoaders,
    plugins: [wasmForEsbuild],
  });
  program = bundle.outputFiles[0].text;
  backend = createCpuBackend(host, 2);
  const sums = (...given: Parameters<typeof stageSums>) => Promise.resolve(stageSums(...given));
  const twin = { backend, bySlot: backend, stageSums: sums };
  const forms = kernelForms();
  const results = new Map<string, string>();
  for (const { name, make } of forms) results.set(name, await make(twin));
  expected = ROLES.flatMap((role) =>
    forms
      .filter(({ sources }) => sources[role] !== undefined)
      .map(({ name }) => ({ role, name, result: results.get(name) ?? '' })),
  );
});
afterAll(async () => {
  await backend.release();
  await rm(folder, { recursive: true });
});

test('the forms are of all kernels', () => {
  const sources = new Set(kernelForms().flatMap((form) => Object.values(form.sources)));
  expect([...sources].sort()).toEqual(Object.keys(KERNELS).sort());
  expect(new Set(expected.map(({ role, name }) => `${role} ${name}`)).size).toBe(expected.length);
  expect(new Set(expected.map(({ result }) => result)).size).toBeGreaterThan(expected.length / 3);
  console.log(`${sources.size} kernels, ${expected.length} forms`);
});

function check(lines: readonly string[]): void {
  const told = lines.map((line) => JSON.parse(line) as Made | typeof END);
  expect(told).toEqual([...expected, END]);
}

test.skipIf(denoMissing !== undefined)(`in Deno ${denoMissing ?? ''}`, async () => {
  const file = join(folder, 'program.js');
  await writeFile(file, program);
  check((await runDeno(file, folder)).trimEnd().split('\n'));
});

const missing = firefoxMissing ?? denoMissing;
describe.skipIf(missing !== undefined)(`in Firefox ${missing ?? ''}`, () => {
  test('all of them', async () => {
    const server = createServer((request, response) => {
      const isProgram = request.url === '/program.js';
      response.setHeader('content-type', isProgram ? 'text/javascript' : 'text/html');
      response.end(isProgram ? program : '<!doctype html><meta charset="utf-8"><title>forms</title>');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const browser = await launchFirefox({
      env: await withSwiftShader(),
      extraPrefsFirefox: { 'dom.webgpu.enabled': true, 'gfx.webgpu.ignore-blocklist': true },
    });
    try {
      const page = await browser.newPage();
      const lines: string[] = [];
      const ended = new Promise<void>((resolve, reject) => {
        page.on('console', (message) => {
          if (message.type() === 'log') lines.push(message.text());
          if (message.text() === JSON.stringify(END)) resolve();
        });
        page.on('pageerror', (error) => {
          reject(error instanceof Error ? error : new Error(String(error)));
        });
      });
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      await page.evaluate(`void import('/program.js').catch((error) => { setTimeout(() => { throw error; }); })`);
      await ended;
      check(lines);
    } finally {
      await browser.close();
      server.close();
      server.closeAllConnections();
    }
  });
});

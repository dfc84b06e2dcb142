/**
 * A real browser: headless Chromium out of `@sparticuz/chromium`, with WebGPU and WebGL2 on SwiftShader; elsewhere an
 * installed Chrome. `runInBrowser` runs a program there, bundled as the library is for browsers and served from this
 * machine, which hands its result back over HTTP.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { build } from 'esbuild';
import { textLoaders } from '../../kernels/wasm/compile.mjs';
import { parseTar } from 'nanotar';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import type { TestBrowser } from './driven-page.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const inflate = async (file: string) => promisify(brotliDecompress)(await readFile(file));

/**
 * Unpacks Chromium, the libraries that bare systems lack, and SwiftShader; returns their folder. Takes seconds, once.
 */
async function provideChromium(): Promise<string> {
  let source = dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium'));
  while (!existsSync(join(source, 'bin'))) source = dirname(source);
  const { version } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8')) as { version: string };
  const folder = join(root, '.cache', `chromium-${version}-fonts`);
  if (existsSync(folder)) return folder;
  await mkdir(dirname(folder), { recursive: true });
  const temporary = await mkdtemp(`${folder}-`);
  await writeFile(join(temporary, 'chromium'), await inflate(join(source, 'bin/chromium.br')), { mode: 0o755 });
  await mkdir(join(temporary, 'fonts'));
  for (const [archive, place] of [
    ['al2023.tar.br', ''],
    ['swiftshader.tar.br', ''],
    ['fonts.tar.br', 'fonts'],
  ]) {
    for (const { name, data } of parseTar(await inflate(join(source, 'bin', archive)))) {
      if (data !== undefined && data.length > 0)
        await writeFile(join(temporary, place, basename(name)), data, { mode: 0o755 });
    }
  }
  // The archive's own configuration names another folder. Where the system has fonts, they come first.
  const fonts = `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>/usr/share/fonts</dir>
    <dir prefix="relative">.</dir><cachedir prefix="xdg">fontconfig</cachedir></fontconfig>`;
  await writeFile(join(temporary, 'fonts', 'fonts.conf'), fonts);
  // Another process may have been quicker.
  await rename(temporary, folder).catch(() => rm(temporary, { recursive: true }));
  return folder;
}

/** A page that runs /program.js and posts how it ended, and the files of dist/ beside it. */
async function serve(program: string): Promise<{ url: string; answer: Promise<Answer>; close: () => void }> {
  const page = `<!doctype html><meta charset="utf-8"><script type="module">
    const answer = await import('/program.js').then((program) => program.default())
      .then((value) => ({ value }), (error) => ({ error: String(error?.stack ?? error) }));
    await fetch('/answer', { method: 'POST', body: JSON.stringify(answer) });
  </script>`;
  const own: Readonly<Record<string, string | undefined>> = { '/': page, '/program.js': program };
  let answered: (answer: Answer) => void = () => undefined;
  const answer = new Promise<Answer>((resolve) => (answered = resolve));
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    if (path === '/answer') {
      void text(request).then((body) => {
        response.end();
        answered(JSON.parse(body) as Answer);
      });
      return;
    }
    const content = own[path];
    void (content === undefined ? readFile(join(root, 'dist', basename(path))) : Promise.resolve(content)).then(
      (data) => {
        response.setHeader('content-type', path === '/' ? 'text/html' : 'text/javascript');
        response.end(data);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, answer, close };
}

interface Answer {
  readonly value?: unknown;
  readonly error?: string;
}

/** Flags for WebGPU and WebGL2 on a processor, and for a quiet browser. */
const FLAGS = [
  ...['--no-sandbox', '--no-zygote', '--disable-dev-shm-usage', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-quic'],
  ...['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-unsafe-swiftshader'],
];

/**
 * Why no browser can be had here, or undefined where one can: on Linux x64 it comes from npm, elsewhere an installed
 * Chrome is taken. Tests that need one name it in their title when they are skipped.
 */
export const browserMissing: string | undefined = await (async () => {
  if (process.platform === 'linux' && process.arch === 'x64') return undefined;
  try {
    await (await launchBrowser()).close();
    return undefined;
  } catch (error) {
    return `no browser: @sparticuz/chromium is for Linux x64, and no Chrome is installed (${String(error).split('\n', 1)[0]})`;
  }
})();

/** Starts a headless browser; close it after use. */
export async function launchBrowser(): Promise<Browser> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return chromium.launch({ channel: 'chrome', args: FLAGS });
  const folder = await provideChromium();
  const env = { ...process.env, LD_LIBRARY_PATH: folder, FONTCONFIG_PATH: join(folder, 'fonts') };
  return chromium.launch({ executablePath: join(folder, 'chromium'), args: FLAGS, env });
}

export async function testChromium(): Promise<TestBrowser> {
  const browser = await launchBrowser();
  return {
    async open() {
      const page = await browser.newPage();
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') problems.push(message.text());
      });
      return { page, problems };
    },
    close: () => browser.close(),
  };
}

/**
 * @param source a module (TypeScript; relative imports from test/browser) whose default export is an async function;
 *   what it resolves to must go through JSON. Files of dist/ are served beside it, so worker programs are found.
 * @returns what it resolved to. Rejects with the page's error, or when there is no answer in time.
 */
export async function runInBrowser(source: string, timeoutMs = 600_000): Promise<unknown> {
  const bundle = await build({
    stdin: { contents: source, resolveDir: join(root, 'test/browser'), loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    conditions: ['browser'],
    loader: textLoaders,
    absWorkingDir: root,
  });
  const server = await serve(bundle.outputFiles[0].text);
  const browser = await launchBrowser();
  const timer = new AbortController();
  try {
    const page = await browser.newPage();
    const crashed = new Promise<Answer>((resolve) => {
      page.on('crash', () => {
        resolve({ error: 'the page crashed' });
      });
    });
    await page.goto(server.url);
    const answer = await Promise.race([
      server.answer,
      crashed,
      wait(timeoutMs, undefined, { signal: timer.signal }).then((): Answer => ({
        error: `no answer in ${timeoutMs} ms`,
      })),
    ]);
    // Without the page's address: the test runner takes lines of a stack for files of its own.
    if (answer.error !== undefined) throw new Error(`In the browser: ${answer.error.replaceAll(server.url, 'page ')}`);
    return answer.value;
  } finally {
    timer.abort();
    await browser.close();
    server.close();
  }
}

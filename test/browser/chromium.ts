/**
 * Runs a program in a real browser: headless Chromium out of `@sparticuz/chromium`, with WebGPU on SwiftShader. The program is
 * bundled as the library is for browsers, served from this machine, and hands its result back over HTTP.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { build } from 'esbuild';
import { parseTar } from 'nanotar';

const root = fileURLToPath(new URL('../../', import.meta.url));
const inflate = async (file: string) => promisify(brotliDecompress)(await readFile(file));

/** Unpacks Chromium, the libraries that bare systems lack, and SwiftShader; returns their folder. Takes seconds, once. */
async function provideChromium(): Promise<string> {
  let source = dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium'));
  while (!existsSync(join(source, 'bin'))) source = dirname(source);
  const { version } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8')) as { version: string };
  const folder = join(root, '.cache', `chromium-${version}`);
  if (existsSync(folder)) return folder;
  await mkdir(dirname(folder), { recursive: true });
  const temporary = await mkdtemp(`${folder}-`);
  await writeFile(join(temporary, 'chromium'), await inflate(join(source, 'bin/chromium.br')), { mode: 0o755 });
  for (const archive of ['al2023.tar.br', 'swiftshader.tar.br']) {
    for (const { name, data } of parseTar(await inflate(join(source, 'bin', archive)))) {
      if (data !== undefined && data.length > 0)
        await writeFile(join(temporary, basename(name)), data, { mode: 0o755 });
    }
  }
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

/** Starts Chromium on a page; `ended` resolves with what it wrote when it ends, by itself or stopped. */
function launch(chromium: string, profile: string, url: string): { ended: Promise<string>; stop: () => void } {
  const flags = ['--headless', '--no-sandbox', '--no-zygote', '--disable-dev-shm-usage', '--remote-debugging-port=0'];
  const gpu = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-unsafe-swiftshader'];
  const child = spawn(join(chromium, 'chromium'), [...flags, ...gpu, `--user-data-dir=${profile}`, url], {
    // Its own process group, so that its helpers can be stopped with it.
    detached: true,
    env: { ...process.env, LD_LIBRARY_PATH: chromium, HOME: profile },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => {
      resolve(error.message);
    });
    child.on('close', () => {
      resolve(said);
    });
  });
  const stop = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  };
  return { ended, stop };
}

/**
 * @param source a module (TypeScript; relative imports from test/browser) whose default export is an async function; what
 *   it resolves to must go through JSON. Files of dist/ are served beside it, so worker programs are found.
 * @returns what it resolved to. Rejects with the page's error, or when there is no answer in time.
 */
export async function runInBrowser(source: string, timeoutMs = 90_000): Promise<unknown> {
  const chromium = await provideChromium();
  const bundle = await build({
    stdin: { contents: source, resolveDir: join(root, 'test/browser'), loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    conditions: ['browser'],
    loader: { '.wgsl': 'text', '.glsl': 'text', '.txt': 'text' },
    absWorkingDir: root,
  });
  const profile = await mkdtemp(join(tmpdir(), 'batterywalk-browser-'));
  const server = await serve(bundle.outputFiles[0].text);
  const browser = launch(chromium, profile, server.url);
  const timer = new AbortController();
  try {
    const answer = await Promise.race([
      server.answer,
      browser.ended.then((said): Answer => ({ error: `Chromium ended without an answer:\n${said}` })),
      wait(timeoutMs, undefined, { signal: timer.signal }).then((): Answer => ({
        error: `no answer in ${timeoutMs} ms`,
      })),
    ]);
    // Without the page's address: the test runner takes lines of a stack for files of its own.
    if (answer.error !== undefined) throw new Error(`In the browser: ${answer.error.replaceAll(server.url, 'page ')}`);
    return answer.value;
  } finally {
    timer.abort();
    browser.stop();
    await browser.ended;
    server.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 3 });
  }
}

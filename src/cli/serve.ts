/**
 * `batterywalk serve`: the page from this machine. A static folder and nothing else: any web server can do the same.
 */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '../errors.js';
import { parseNumber } from '../scenario/values.js';
import type { CommandSpec } from './context.js';

const PORT = 8030;
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.map': 'application/json',
};
/** Files of the page's folder have such names; everything else is not there. */
const NAME = /^\/([\w-][\w.-]*)?$/;

export const serve: CommandSpec = {
  name: 'serve',
  describe: 'the browser page, from this machine',
  applies: ['json'],
  examples: ['serve --open', 'serve --port 0'],
  configure(command) {
    command.option('--port <N>', `port to listen on; 0 takes a free one (default: ${PORT})`);
    command.option('--host <ADDRESS>', 'address to listen on (default: 127.0.0.1, this machine only)');
    command.option('--open', 'open it in the browser');
  },
  async run(context) {
    const isPort = (n: number): boolean => Number.isInteger(n) && n >= 0 && n < 65536;
    const port = parseNumber('--port', context.text('port') ?? String(PORT), 'a port from 0 to 65535', isPort);
    const address = context.text('host') ?? '127.0.0.1';
    const { signal } = context;
    const folder = new URL('./page/', import.meta.url);
    const server = createServer((request, response) => void answer(folder, request, response));
    const url = await listen(server, port, address);
    if (context.options.json) context.printJson({ schemaVersion: 1, url });
    else context.print(`${url}  (Ctrl-C ends it)\n`);
    if (context.own['open'] === true)
      openInBrowser(url, (text) => {
        context.remark(text);
      });
    await new Promise<void>((resolve) => {
      signal.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true },
      );
      if (signal.aborted) resolve();
    });
    server.close();
    server.closeAllConnections();
    return 0;
  },
};

/** Starts listening. @throws InputError where the port is taken or the address is not this machine's */
async function listen(server: Server, port: number, address: string): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const [field, expected] =
        error.code === 'EADDRINUSE' || error.code === 'EACCES'
          ? ['--port', 'a port that is free (0 takes any)']
          : ['--host', 'an address of this machine'];
      const got = field === '--port' ? port : address;
      reject(
        new InputError(`${field}: got ${got} (${error.code ?? error.message}), expected ${expected}`, field, {
          cause: error,
        }),
      );
    });
    server.listen(port, address, resolve);
  });
  const { port: taken, family } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${taken}/`;
}

async function answer(folder: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const end = (status: number, text: string): void => {
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
  };
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    end(405, 'Only GET and HEAD are answered here.\n');
    return;
  }
  const path = (request.url ?? '/').split('?', 1)[0];
  const name = NAME.exec(path)?.[1] ?? (path === '/' ? 'index.html' : undefined);
  const data =
    name === undefined ? undefined : await readFile(fileURLToPath(new URL(name, folder))).catch(() => undefined);
  if (name === undefined || data === undefined) {
    end(404, `There is no ${path} here.\n`);
    return;
  }
  response.writeHead(200, {
    'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
    'content-length': data.length,
    // Names of chunks hold hashes, but the rest do not: let the browser ask.
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
  });
  response.end(request.method === 'HEAD' ? undefined : data);
}

/** Starts the system's browser; says so where it cannot. */
function openInBrowser(url: string, remark: (text: string) => void): void {
  const [program, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', url]
        : ['xdg-open', url];
  const child = spawn(program, args, { stdio: 'ignore', detached: true });
  child.on('error', () => {
    remark(`No browser could be started here; open ${url} yourself.`);
  });
  child.unref();
}

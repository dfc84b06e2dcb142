/** The built page from a server of this process, which can give other programs in the place of the page's own. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../dist/page/', import.meta.url));
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

/** What a file is to be instead: `nth` counts how often it was asked for, from 0; undefined leaves it as it is. */
export type Replace = (name: string, nth: number, own: string) => string | undefined;

export interface PageServer {
  readonly url: string;
  /** How often a file was asked for. */
  readonly asked: (name: string) => number;
  readonly close: () => void;
}

export async function servePage(replace: Replace = () => undefined): Promise<PageServer> {
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    const name = /^\/([\w.-]*)/.exec(request.url ?? '')?.[1] || 'index.html';
    const nth = counts.get(name) ?? 0;
    counts.set(name, nth + 1);
    void readFile(join(folder, name), 'utf8').then(
      (own) => {
        response.setHeader('content-type', TYPES[extname(name)] ?? 'application/octet-stream');
        response.setHeader('cache-control', 'no-store');
        response.end(replace(name, nth, own) ?? own);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked: (name) => counts.get(name) ?? 0,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

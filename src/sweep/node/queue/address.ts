/**
 * Addresses of Redis: from a URL to a client's options, and to what may be shown of them. A password is never shown,
 * nor anything that could be one.
 */
import type { RedisOptions } from 'ioredis';
import { InputError } from '../../../errors.js';
import { readInputBytes, SECRET_INPUT } from '../input-file.js';

type Target = Pick<RedisOptions, 'host' | 'port' | 'path' | 'username' | 'password' | 'db' | 'tls'>;

export interface QueueAddress {
  readonly options: Target;
  /** The URL as it may be shown: without the password. */
  readonly shown: string;
}

const EXPECTED = 'redis://[user:password@]host[:port][/db], rediss://… for TLS, or unix:/path/to/socket';
export const wrong = (why: string, cause?: unknown): InputError =>
  new InputError(`--queue: ${why}`, '--queue', { cause });

/**
 * Reads a URL: `redis://`, `rediss://` (TLS; `?ca=FILE`, and `&cert=FILE&key=FILE` where the server asks for a
 * certificate), `unix:/path` or `redis+unix://user:password@/path`. The password may be left to
 * BATTERYWALK_QUEUE_PASSWORD, which no list of processes shows.
 *
 * @throws {InputError}
 */
export function parseQueueUrl(text: string, env: NodeJS.ProcessEnv = process.env): QueueAddress {
  let url: URL;
  try {
    // Addresses of the web cannot have a user without a host.
    url = new URL(
      text
        .replace(/^redis\+unix:\/\/([^/@]*@)?\//, 'redis+unix://$1localhost/')
        .replace(/^unix:\/+/, 'redis+unix://localhost/'),
    );
  } catch {
    throw wrong(`got ${JSON.stringify(withoutLogin(text))}, expected ${EXPECTED}`);
  }
  const { protocol, hostname, port, pathname, searchParams } = url;
  const shown = withoutLogin(`${protocol}//${hostname}${port === '' ? '' : `:${port}`}${pathname}`);
  if (!['redis:', 'rediss:', 'redis+unix:'].includes(protocol) || (hostname === '' && protocol !== 'redis+unix:')) {
    throw wrong(`got ${JSON.stringify(shown)}, expected ${EXPECTED}`);
  }
  const known = protocol === 'rediss:' ? ['ca', 'cert', 'key'] : protocol === 'redis+unix:' ? ['db'] : [];
  for (const name of searchParams.keys()) {
    if (!known.includes(name))
      throw wrong(`got ?${name}= in ${shown}, expected ${known.join(', ') || 'nothing of the kind'}`);
  }
  const db = protocol === 'redis+unix:' ? (searchParams.get('db') ?? '') : pathname.slice(1);
  if (!/^\d*$/.test(db)) throw wrong(`got the database ${JSON.stringify(withoutLogin(db))}, expected a number`);
  const password = url.password === '' ? (env.BATTERYWALK_QUEUE_PASSWORD ?? '') : decoded(url.password);
  const login: Target = {
    ...(url.username === '' ? {} : { username: decoded(url.username) }),
    ...(password === '' ? {} : { password }),
    ...(db === '' ? {} : { db: Number(db) }),
  };
  if (protocol === 'redis+unix:')
    return { options: { ...login, path: decoded(pathname) }, shown: withoutLogin(`unix:${pathname}`) };
  const host = hostname.replace(/^\[|\]$/g, '');
  const options = { ...login, host, port: port === '' ? 6379 : Number(port) };
  return { options: protocol === 'rediss:' ? { ...options, tls: tlsFiles(searchParams) } : options, shown };
}

/** What stands before an @ may be a user and a password, wherever it was typed: `redis:/user:password@host`. */
export function withoutLogin(text: string): string {
  return text.replace(/^([a-z+]*:\/*)?[^]*@/i, '$1…@');
}

/** @throws {InputError} where a % is followed by no two hexadecimal digits */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw wrong(
      'got a % with no two hexadecimal digits behind it, expected %25 for a % in a user, password or path',
      cause,
    );
  }
}

function tlsFiles(given: URLSearchParams): NonNullable<RedisOptions['tls']> {
  const read = (name: string): Record<string, Buffer> => {
    const path = given.get(name);
    if (path === null) return {};
    try {
      return { [name]: readInputBytes(path, SECRET_INPUT) };
    } catch (cause) {
      throw wrong(`?${name}= names ${(cause as Error).message}`, cause);
    }
  };
  return { ...read('ca'), ...read('cert'), ...read('key') };
}

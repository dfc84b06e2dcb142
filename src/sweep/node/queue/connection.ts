/**
 * The connection to Redis: from a URL to a client that keeps trying once it was connected, and tells at once where it never was. The server is looked
 * at before any work: a queue on a server that evicts keys, or that is too old, loses jobs without a word.
 */
import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';
import { InputError } from '../../../errors.js';

/** LPOP with a count came with 6.2. */
const LEAST_VERSION = [6, 2] as const;
/** Longest wait between two tries to connect again, milliseconds. */
const RETRY = 2000;
/** Milliseconds in which a server must be reached at the start. */
const CONNECT = 10_000;

type Target = Pick<RedisOptions, 'host' | 'port' | 'path' | 'username' | 'password' | 'db' | 'tls'>;

export interface QueueAddress {
  readonly options: Target;
  /** The URL as it may be shown: without the password. */
  readonly shown: string;
}

const EXPECTED = 'redis://[user:password@]host[:port][/db], rediss://… for TLS, or unix:/path/to/socket';
const wrong = (why: string, cause?: unknown): InputError => new InputError(`--queue: ${why}`, '--queue', { cause });

/**
 * Reads a URL: `redis://`, `rediss://` (TLS; `?ca=FILE`, and `&cert=FILE&key=FILE` where the server asks for a certificate), `unix:/path` or
 * `redis+unix://user:password@/path`. The password may be left to BATTERYWALK_QUEUE_PASSWORD, which no list of processes shows.
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
    throw wrong(`got ${JSON.stringify(text.replace(/:[^:@/]*@/, ':…@'))}, expected ${EXPECTED}`);
  }
  const { protocol, hostname, port, pathname, searchParams } = url;
  const shown = `${protocol}//${hostname}${port === '' ? '' : `:${port}`}${pathname}`;
  if (!['redis:', 'rediss:', 'redis+unix:'].includes(protocol) || (hostname === '' && protocol !== 'redis+unix:')) {
    throw wrong(`got ${JSON.stringify(shown)}, expected ${EXPECTED}`);
  }
  const known = protocol === 'rediss:' ? ['ca', 'cert', 'key'] : protocol === 'redis+unix:' ? ['db'] : [];
  for (const name of searchParams.keys()) {
    if (!known.includes(name))
      throw wrong(`got ?${name}= in ${shown}, expected ${known.join(', ') || 'nothing of the kind'}`);
  }
  const db = protocol === 'redis+unix:' ? (searchParams.get('db') ?? '') : pathname.slice(1);
  if (!/^\d*$/.test(db)) throw wrong(`got the database ${JSON.stringify(db)}, expected a number`);
  const password = url.password === '' ? (env.BATTERYWALK_QUEUE_PASSWORD ?? '') : decodeURIComponent(url.password);
  const login: Target = {
    ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
    ...(password === '' ? {} : { password }),
    ...(db === '' ? {} : { db: Number(db) }),
  };
  if (protocol === 'redis+unix:')
    return { options: { ...login, path: decodeURIComponent(pathname) }, shown: `unix:${pathname}` };
  const host = hostname.replace(/^\[|\]$/g, '');
  const options = { ...login, host, port: port === '' ? 6379 : Number(port) };
  return { options: protocol === 'rediss:' ? { ...options, tls: tlsFiles(searchParams) } : options, shown };
}

function tlsFiles(given: URLSearchParams): NonNullable<RedisOptions['tls']> {
  const read = (name: string): Record<string, Buffer> => {
    const path = given.get(name);
    if (path === null) return {};
    try {
      return { [name]: readFileSync(path) };
    } catch (cause) {
      throw wrong(
        `cannot read ${path} (${(cause as NodeJS.ErrnoException).code ?? String(cause)}), which ?${name}= names`,
        cause,
      );
    }
  };
  return { ...read('ca'), ...read('cert'), ...read('key') };
}

/** An open connection, and where it leads. */
export interface Link {
  readonly redis: Redis;
  readonly shown: string;
  /** Another connection of its own, for commands that block. */
  another(): Redis;
  /** Ends all of its connections, whatever they wait for. */
  end(): void;
}

/**
 * Connects, and checks the server. @param onReady is called whenever a lost connection is back.
 *
 * @throws {InputError} where the server cannot be reached or is not fit
 */
export async function openLink(
  url: string,
  remark: (text: string) => void,
  onReady: () => void = () => undefined,
): Promise<Link> {
  const { options, shown } = parseQueueUrl(url);
  const state = { connected: false, lost: false, ended: false, error: undefined as Error | undefined };
  const redis = new Redis({
    ...options,
    lazyConnect: true,
    connectTimeout: CONNECT,
    // Commands wait for a connection that is lost for as long as it takes.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (state.connected && !state.ended ? Math.min(50 * 2 ** Math.min(times, 10), RETRY) : null),
  });
  redis.on('error', (error: Error) => {
    state.error = error;
  });
  redis.on('close', () => {
    if (!state.connected || state.lost || state.ended) return;
    state.lost = true;
    remark(`the connection to ${shown} is lost; trying again`);
  });
  redis.on('ready', () => {
    if (!state.lost) return;
    state.lost = false;
    remark(`connected to ${shown} again`);
    onReady();
  });
  const others: Redis[] = [];
  const end = (): void => {
    state.ended = true;
    for (const own of [redis, ...others]) own.disconnect();
  };
  try {
    await redis.connect();
    await checkServer(redis, shown);
    state.connected = true;
  } catch (error) {
    end();
    if (error instanceof InputError) throw error;
    const cause = state.error ?? (error as Error);
    throw wrong(
      `cannot use ${shown} (${cause.message}), expected a Redis server that can be reached and a user that may use it`,
      cause,
    );
  }
  return {
    redis,
    shown,
    another() {
      const own = redis.duplicate();
      own.on('error', () => undefined);
      others.push(own);
      return own;
    },
    end,
  };
}

/** @throws {InputError} where the server is too old or throws keys away when memory runs short. */
async function checkServer(redis: Redis, shown: string): Promise<void> {
  const info = new Map(
    (await redis.info()).split(/\r?\n/).map((line) => {
      const at = line.indexOf(':');
      return [line.slice(0, at), line.slice(at + 1)] as const;
    }),
  );
  const version = info.get('redis_version') ?? '';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < LEAST_VERSION[0] || (major === LEAST_VERSION[0] && minor < LEAST_VERSION[1])) {
    throw wrong(
      `${shown} is Redis ${version || 'of an unknown version'}, expected ${LEAST_VERSION.join('.')} or later`,
    );
  }
  // Users of rules that are safe may not ask for the configuration; INFO says the same.
  const asked = (await redis.config('GET', 'maxmemory-policy').catch(() => [])) as readonly string[];
  const policy = asked.at(1) ?? info.get('maxmemory_policy');
  if (policy !== 'noeviction') {
    throw wrong(
      `${shown} has maxmemory-policy ${policy ?? 'unknown'}, expected noeviction: any other throws jobs and results away when memory runs short ` +
        `(redis-cli config set maxmemory-policy noeviction, and the same in redis.conf)`,
    );
  }
}

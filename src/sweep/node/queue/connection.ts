/**
 * The connection to Redis: from a URL to a client that keeps trying once it was connected, and tells at once where it
 * never was. The server is looked at before any work: a queue on a server that evicts keys, or that is too old, loses
 * jobs without a word. A server that accepts and never answers, or takes no writes for now, is told and tried again.
 */
import { Redis } from 'ioredis';
import { InputError } from '../../../errors.js';
import { printable } from '../../../printable.js';
import { parseQueueUrl, withoutLogin, wrong } from './address.js';
import { Patience } from './patience.js';

/** LPOP with a count came with 6.2. */
const LEAST_VERSION = [6, 2] as const;
/** Longest wait between two tries to connect again, milliseconds. */
const RETRY = 2000;
/** Milliseconds in which a server must be reached at the start. */
const CONNECT = 8000;

/** An open connection, and where it leads. */
export interface Link {
  readonly redis: Redis;
  readonly shown: string;
  /** For commands that a server may be unable to take for now. */
  readonly patience: Patience;
  /** Ends all of its connections, whatever they wait for. */
  end(): void;
}

export interface LinkOptions {
  /** Called whenever a lost connection is back. */
  readonly onReady?: () => void;
  /** Ends the wait for a server that accepts and never answers. */
  readonly signal?: AbortSignal;
  /** Milliseconds without an answer after which a connection counts as lost. */
  readonly silence: number;
}

/**
 * Connects, and checks the server.
 *
 * @throws {InputError} where the server cannot be reached or is not fit
 */
export async function openLink(url: string, remark: (text: string) => void, given: LinkOptions): Promise<Link> {
  const { silence, signal, onReady = () => undefined } = given;
  const { options, shown } = parseQueueUrl(url);
  const state = { reached: false, fit: false, lost: false, ended: false, error: undefined as Error | undefined };
  const redis = new Redis({
    ...options,
    lazyConnect: true,
    connectTimeout: CONNECT,
    // A command without an answer for so long takes the connection down, and is sent again by the next one.
    socketTimeout: silence,
    // Commands wait for a connection that is lost for as long as it takes.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (state.reached && !state.ended ? Math.min(50 * 2 ** Math.min(times, 10), RETRY) : null),
  });
  redis.on('error', (error: Error) => {
    state.error = error;
  });
  redis.on('close', () => {
    if (!state.reached || state.lost || state.ended) return;
    state.lost = true;
    const why = isSilence(state.error)
      ? `${shown} has not answered for ${silence / 1000} s`
      : `the connection to ${shown} is lost`;
    remark(`${why}; trying again`);
    state.error = undefined;
  });
  redis.on('ready', () => {
    if (!state.lost) return;
    state.lost = false;
    remark(`connected to ${shown} again`);
    onReady();
  });
  const end = (): void => {
    state.ended = true;
    redis.disconnect();
  };
  signal?.addEventListener('abort', () => {
    if (!state.fit) end();
  });
  for (let tries = 0; ; tries++) {
    try {
      signal?.throwIfAborted();
      await redis.connect();
      // From here on a lost connection is opened again, and what had no answer is asked again.
      state.reached = true;
      await checkServer(redis, shown);
      state.fit = true;
      break;
    } catch (error) {
      const cause = state.error ?? (error as Error);
      if (!state.reached && isSilence(cause) && signal?.aborted !== true) {
        if (tries === 0) remark(`${shown} accepts and has not answered for ${silence / 1000} s; trying again`);
        redis.disconnect();
        await new Promise((resolve) => setTimeout(resolve, RETRY / 4));
        state.error = undefined;
        continue;
      }
      end();
      if (signal?.aborted === true) throw new DOMException('stopped before Redis answered', 'AbortError');
      if (error instanceof InputError) throw error;
      const why = printable(withoutPath(cause.message, options.path));
      throw wrong(
        `cannot use ${shown} (${why}), expected a Redis server that can be reached and a user that may use it`,
        cause,
      );
    }
  }
  // A client that has ended takes no command any more: nothing is gained by asking it again.
  const patience = new Patience(shown, remark, () => state.ended || redis.status === 'end');
  return { redis, shown, patience, end };
}

/** The system names a socket as it was typed, and a password may stand in that. */
function withoutPath(message: string, path: string | undefined): string {
  return path === undefined ? message : message.replace(path, withoutLogin(path));
}

/** ioredis ends a connection so whose command had no answer in time. */
function isSilence(error: Error | undefined): boolean {
  return error?.message.startsWith('Socket timeout') === true;
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
  const asked = (await redis.config('GET', 'maxmemory-policy').catch((error: unknown) => {
    if ((error as Error).name !== 'ReplyError') throw error;
    return [];
  })) as readonly string[];
  const policy = asked.at(1) ?? info.get('maxmemory_policy');
  if (policy !== 'noeviction') {
    throw wrong(
      `${shown} has maxmemory-policy ${policy ?? 'unknown'}, expected noeviction: any other throws jobs and results away when memory runs short ` +
        `(redis-cli config set maxmemory-policy noeviction, and the same in redis.conf)`,
    );
  }
}

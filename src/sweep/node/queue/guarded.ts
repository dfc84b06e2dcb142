/**
 * Keys that anybody may have written who can reach Redis: nothing is fetched before its size is known, and a key of
 * another kind than it should be is removed. Each read is one script, hence one moment of the server.
 */
import type { Redis } from 'ioredis';
import type { Link } from './connection.js';

/** Removes the key where it is of another kind. */
const ONLY = (kind: string): string => `
local kind = redis.call('TYPE', KEYS[1]).ok
if kind ~= '${kind}' then
  if kind ~= 'none' then redis.call('DEL', KEYS[1]) end
  return {}
end
`;

/** ARGV: how many, most bytes of each. */
const POP = `${ONLY('list')}
local found = {}
for i = 1, tonumber(ARGV[1]) do
  local text = redis.call('LPOP', KEYS[1])
  if not text then break end
  if #text <= tonumber(ARGV[2]) then found[#found + 1] = text end
end
return found`;

/** ARGV: most bytes of each, the fields. */
const FIELDS = `${ONLY('hash')}
local found = {}
for i = 2, #ARGV do
  local size = redis.call('HSTRLEN', KEYS[1], ARGV[i])
  if size > tonumber(ARGV[1]) then redis.call('HDEL', KEYS[1], ARGV[i])
  elseif size > 0 then
    found[#found + 1] = ARGV[i]
    found[#found + 1] = redis.call('HGET', KEYS[1], ARGV[i])
  end
end
return found`;

/** ARGV: most fields, most bytes of a name and of a value. A hash with more is nobody's and goes; so do such fields. */
const ALL = `${ONLY('hash')}
if redis.call('HLEN', KEYS[1]) > tonumber(ARGV[1]) then
  redis.call('DEL', KEYS[1])
  return {}
end
local found = {}
for _, name in ipairs(redis.call('HKEYS', KEYS[1])) do
  if #name > tonumber(ARGV[2]) or redis.call('HSTRLEN', KEYS[1], name) > tonumber(ARGV[2]) then
    redis.call('HDEL', KEYS[1], name)
  else
    found[#found + 1] = name
    found[#found + 1] = redis.call('HGET', KEYS[1], name)
  end
end
return found`;

/**
 * KEYS: lists and sets of names of jobs. ARGV: the first and the last place of each that is looked at, what the keys of
 * jobs begin with, what names begin with, most bytes of a name, most bytes of a job's data. The first answer is how
 * many names there were.
 */
const JOBS = `
local seen = 0
local found = {}
for _, key in ipairs(KEYS) do
  local kind = redis.call('TYPE', key).ok
  local names = {}
  if kind == 'list' then names = redis.call('LRANGE', key, ARGV[1], ARGV[2])
  elseif kind == 'zset' then names = redis.call('ZRANGE', key, ARGV[1], ARGV[2]) end
  for _, name in ipairs(names) do
    seen = seen + 1
    if #name <= tonumber(ARGV[5]) and string.sub(name, 1, #ARGV[4]) == ARGV[4] then
      local job = ARGV[3] .. name
      if redis.call('TYPE', job).ok == 'hash' and redis.call('HSTRLEN', job, 'data') <= tonumber(ARGV[6]) then
        found[#found + 1] = name
        found[#found + 1] = redis.call('HGET', job, 'data') or ''
      end
    end
  end
end
return {seen, found}`;

/** Which jobs are looked for: those at these places of each list, whose names begin so. */
export interface JobsAsked {
  readonly lists: readonly string[];
  readonly from: number;
  readonly to: number;
  /** What the keys of jobs begin with. */
  readonly base: string;
  readonly prefix: string;
  /** Most bytes of a name, and of a job's data. */
  readonly nameBytes: number;
  readonly dataBytes: number;
}

/**
 * Names of jobs with their data as text, of those that are no longer than they may be; and how many jobs there were.
 */
export async function jobsIn(redis: Redis, asked: JobsAsked) {
  const { lists, from, to, base, prefix, nameBytes, dataBytes } = asked;
  const given = [from, to, base, prefix, nameBytes, dataBytes];
  const [seen, found] = (await redis.eval(JOBS, lists.length, ...lists, ...given)) as [number, unknown];
  return { seen, jobs: pairs(found) };
}

/** Takes at most `count` texts from the head of a list; longer ones are dropped. */
export async function popTexts(redis: Redis, key: string, count: number, bytes: number): Promise<string[]> {
  return (await redis.eval(POP, 1, key, count, bytes)) as string[];
}

/** Some fields of a hash, those that it has. */
export async function fieldsOf(
  redis: Redis,
  key: string,
  fields: readonly string[],
  bytes: number,
): Promise<ReadonlyMap<string, string>> {
  return fields.length === 0 ? new Map() : pairs(await redis.eval(FIELDS, 1, key, bytes, ...fields));
}

/** All fields of a hash. */
export async function allFields(
  redis: Redis,
  key: string,
  count: number,
  bytes: number,
): Promise<ReadonlyMap<string, string>> {
  return pairs(await redis.eval(ALL, 1, key, count, bytes));
}

function pairs(flat: unknown): ReadonlyMap<string, string> {
  const list = flat as readonly string[];
  return new Map(Array.from({ length: list.length / 2 }, (_, i) => [list[2 * i], list[2 * i + 1]]));
}

/**
 * Values of keys: `undefined` where there is none, and `'unfit'` where it is longer than `bytes` or no string at all.
 */
export async function valuesOf(
  redis: Redis,
  keys: readonly string[],
  bytes: number,
): Promise<(Buffer | 'unfit' | undefined)[]> {
  if (keys.length === 0) return [];
  const ask = redis.pipeline();
  for (const key of keys) ask.getrangeBuffer(key, 0, bytes);
  const answers = (await ask.exec()) ?? [];
  return answers.map(([error, value]) => {
    if (error?.message.startsWith('WRONGTYPE') === true) return 'unfit';
    if (error !== null) throw error;
    const found = value as Buffer;
    if (found.length > bytes) return 'unfit';
    return found.length === 0 ? undefined : found;
  });
}

/** Writes to a key, after taking away what is there of another kind. */
export function replacing<T>({ redis, patience }: Link, key: string, act: () => Promise<T>): Promise<T> {
  return patience.persist(async () => {
    try {
      return await act();
    } catch (error) {
      if (!String(error).includes('WRONGTYPE')) throw error;
      await redis.del(key);
      return act();
    }
  });
}

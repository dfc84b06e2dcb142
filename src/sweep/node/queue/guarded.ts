/**
 * Reads of what anybody may have written who can reach Redis: nothing is fetched before its size is known, and a key of
 * another kind than it should be is removed. Each is one script, hence one moment of the server.
 */
import type { Redis } from 'ioredis';

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

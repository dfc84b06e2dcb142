/** Files that a user names: what is none, or would never end, is told at once and takes no memory. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CSV_INPUT, JSON_INPUT, readInputBytes, readInputText } from '../../src/sweep/node/input-file.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'batterywalk-inputs-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const at = (name: string): string => join(folder, name);
const file = (name: string, contents: string | Uint8Array): string => {
  writeFileSync(at(name), contents);
  return at(name);
};
const refusal = (path: string): string => {
  try {
    readInputText(path, JSON_INPUT);
    return 'read';
  } catch (error) {
    expect(error).toMatchObject({ name: 'InputError', exitStatus: 2 });
    return (error as Error).message;
  }
};

describe('a file', () => {
  it('is read whole, in pieces or at once', () => {
    const text = 'ä'.repeat(200_000);
    expect(readInputText(file('long', text), JSON_INPUT)).toBe(text);
    const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => i % 251);
    expect([...readInputBytes(file('bytes', bytes), CSV_INPUT)]).toEqual([...bytes]);
  });

  it.each<[string, () => string, RegExp]>([
    ['is not there', () => at('nowhere'), /nowhere: is not there, expected a JSON file$/],
    ['is a folder', () => (mkdirSync(at('folder')), at('folder')), /folder: is a folder, expected a JSON file$/],
    ['lies in a file', () => join(file('plain', '{}'), 'x'), /goes through something that is not a folder/],
    [
      'is a link to itself',
      () => (symlinkSync(at('loop'), at('loop')), at('loop')),
      /a link that leads round to itself/,
    ],
    ['has a name without end', () => at('n'.repeat(5000)), /too long for a name/],
    [
      'is larger than any scenario',
      () => (truncateSync(file('huge', ''), 2 ** 40), at('huge')),
      /got 1099511627776 bytes, .*at most 67108864/,
    ],
    ['is binary', () => file('binary', Uint8Array.of(0x7b, 0, 1, 2)), /bytes that are no text \(UTF-16 or a binary/],
    ['is UTF-16', () => file('wide', Buffer.from('\uFEFF{}', 'utf16le')), /bytes that are no text \(UTF-16 or/],
    ['is Latin-1', () => file('latin', Buffer.from('{\n"name":\n"\xe4"}', 'latin1')), /no UTF-8 in line 3 \(Latin-1/],
    ['has a name with control codes', () => at('a\u001b[31m\nb'), /a\\u001b\[31m\\u000ab: is not there/],
  ])('that %s is refused in a line', (_, make, message) => {
    const said = refusal(make());
    expect(said).toMatch(message);
    expect(/\p{Cc}/u.test(said), said).toBe(false);
    expect(said.length).toBeLessThan(500);
  });

  it('of numbers may have other bytes in its comments', () => {
    const path = file('latin.csv', Buffer.from('# W\xe4rme\n1\n', 'latin1'));
    expect(readInputText(path, CSV_INPUT, true)).toBe('# W\ufffdrme\n1\n');
  });
});

describe.skipIf(process.platform === 'win32')('what is no file', () => {
  it('is a device: it would never end', () => {
    for (const device of ['/dev/zero', '/dev/urandom', '/dev/null']) {
      expect(refusal(device)).toBe(`${device}: is a device, expected a JSON file, or - for standard input`);
    }
  });

  it('is a pipe that nobody writes to', () => {
    execFileSync('mkfifo', [at('pipe')]);
    expect(refusal(at('pipe'))).toMatch(/pipe: is a pipe that nobody writes to, expected a JSON file$/);
  });

  it('is a pipe without end, of which a bound is read', () => {
    execFileSync('mkfifo', [at('endless')]);
    const writer = spawn('sh', ['-c', `yes 1234567 > "${at('endless')}"`], { stdio: 'ignore' });
    try {
      expect(() => readInputBytes(at('endless'), { expected: 'a JSON file', mostBytes: 2 ** 20 })).toThrow(
        /got more, expected a JSON file of at most 1048576 bytes/,
      );
    } finally {
      writer.kill();
    }
  });

  it('or a pipe with an end, which is as good as a file', () => {
    execFileSync('mkfifo', [at('good')]);
    const text = 'x'.repeat(300_000);
    const writer = spawn('sh', ['-c', `cat "${file('source', text)}" > "${at('good')}"`], { stdio: 'ignore' });
    expect(readInputText(at('good'), JSON_INPUT)).toBe(text);
    writer.kill();
  });
});

/**
 * Every document that the product prints or writes, held against what it was. These files are regression snapshots:
 * they say that nothing changed, not that it is right, which other tests and the theory judge.
 * `UPDATE_GOLDEN=1 npx vitest run test/golden` makes them anew; what then differs in git is what the change did to a
 * user, and belongs into CHANGELOG.md.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runOn } from '../cli/sink.js';
import { CASES } from './cases.js';
import type { Case, Form } from './cases.js';
import { differences } from './differences.js';
import { described, normalise, readableJson, withoutTimes } from './normalise.js';
import { SCENARIOS, SWEEPS } from './scenarios.js';

const UPDATE = process.env.UPDATE_GOLDEN === '1';
const kept = fileURLToPath(new URL('snapshots', import.meta.url));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'batterywalk-golden-'));
  for (const [name, document] of Object.entries({ ...SCENARIOS, ...SWEEPS })) {
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(document));
  }
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const section = (title: string, contents: string): string => `=== ${title}\n${contents.trimEnd()}\n`;

/** The result in one form, as sections. */
async function asked({ name, args }: Case, form: Exclude<Form, 'out'>, out: string | undefined): Promise<string> {
  const line = args.map((arg) => (arg.endsWith('.json') ? join(folder, arg) : arg));
  const options = [...(form === 'text' ? [] : [`--${form}`]), ...(out === undefined ? [] : ['--out', out])];
  const { status, stdout, stderr } = await runOn([...line, ...options]);
  const plain = normalise(form === 'csv' ? withoutTimes(stdout) : stdout, folder);
  const printed = form === 'json' && status < 2 ? readableJson(plain) : plain;
  const title = `${args.join(' ')}${form === 'text' ? '' : ` --${form}`}`;
  expect(status, `${name}: ${stderr}`).toBeLessThan(2);
  const said = stderr === '' ? '' : section('stderr', normalise(stderr, folder));
  return section(`${title} (status ${status})`, printed) + said;
}

/** All of a case, and the files that it left. */
async function documentOf(one: Case): Promise<string> {
  const out = one.forms.includes('out') ? join(folder, one.name) : undefined;
  const forms = one.forms.filter((form) => form !== 'out');
  const parts: string[] = [];
  for (const form of forms)
    parts.push(await asked(one, form, one.always === true || form === forms[0] ? out : undefined));
  if (out !== undefined && existsSync(out)) {
    // Shards are packed as time allows: their files are of this run, not of the result.
    const names = readdirSync(out, { recursive: true, encoding: 'utf8' }).filter(
      (name) => !name.startsWith('shards') && statSync(join(out, name)).isFile(),
    );
    for (const name of names.sort()) {
      const title = name.split(sep).join('/');
      parts.push(section(`file ${title}`, described(name, readFileSync(join(out, name)), folder)));
    }
  }
  return parts.join('\n');
}

test.each(CASES.map((one) => [one.name, one] as const))('%s', async (name, one) => {
  const seen = await documentOf(one);
  const path = join(kept, `${name}.txt`);
  if (UPDATE) {
    mkdirSync(kept, { recursive: true });
    writeFileSync(path, seen);
  }
  expect(differences(readFileSync(path, 'utf8'), seen), `${name}: what users get has changed`).toEqual([]);
});

test('every golden file has its command line', () => {
  expect(readdirSync(kept).sort()).toEqual(CASES.map(({ name }) => `${name}.txt`).sort());
});

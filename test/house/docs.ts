/** What a page of Markdown asks a reader to type, and a shell to run it in. */
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runOn } from '../cli/sink.js';

export const root = fileURLToPath(new URL('../../', import.meta.url));

export const page = (name: string): string => readFileSync(join(root, name), 'utf8');

/** Every page that is written by hand or made by a bench, but not the reference of the library: paths from the root. */
export function pageNames(): string[] {
  const under = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .map((name) => `docs/${name.split(sep).join('/')}`)
    .filter((name) => name.endsWith('.md') && !name.startsWith('docs/api/'));
  return ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...under.sort()];
}

/** A block between fences. */
export interface Block {
  /** What follows the opening fence: `sh`, `console`, `ts`, `json` and others, or nothing. */
  readonly language: string;
  readonly text: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
}

/** The blocks of a page in order. @throws where a fence is not closed */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  let open: { language: string; line: number; lines: string[] } | undefined;
  markdown.split('\n').forEach((text, i) => {
    const fence = /^```(\w*)\s*$/.exec(text);
    if (fence === null) open?.lines.push(text);
    else if (open === undefined) open = { language: fence[1], line: i + 1, lines: [] };
    else {
      blocks.push({ language: open.language, line: open.line, text: `${open.lines.join('\n')}\n` });
      open = undefined;
    }
  });
  if (open !== undefined) throw new Error(`the block that begins in line ${open.line} is not closed`);
  return blocks;
}

/** The command lines of a block of shell text: no blank lines, no comments; a line that ends with \\ goes on. */
export function commandsOf({ text }: Pick<Block, 'text'>): string[] {
  return text
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.replace(/\s+#\s.*$/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/**
 * A folder in which `batterywalk` and `npx batterywalk` are the built command line, and `examples` and `src` are there.
 */
export function prepareFolder(folder: string): void {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const cli = join(root, 'dist', 'cli.js');
  const script = (name: string, text: string): void => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  script('batterywalk', `exec "${process.execPath}" "${cli}" "$@"`);
  script('npx', 'exec "$@"');
  for (const name of ['examples', 'src']) symlinkSync(join(root, name), join(folder, name));
}

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const ran = new Map<string, Promise<Ran>>();

/** The same, once for each command line and folder: pages share examples. */
export function runLineOnce(line: string, folder: string): Promise<Ran> {
  const key = `${folder}\n${line}`;
  const known = ran.get(key) ?? runLine(line, folder);
  ran.set(key, known);
  return known;
}

/** One of ours alone, with nothing that is a shell's to read. */
const OWN = /^(?:npx )?batterywalk ([\w ,.:=%/@+-]+)$/;
/**
 * Commands that are to have a process of their own: they start others, or measure, or go on with what a command in a
 * shell has kept, which is of the build's version.
 */
const APART = /^(?:bench|doctor|serve|sweep|worker)\b|^run .*--out\b/;

/**
 * Runs a command line in a prepared folder: as a shell does, with the built program; or, many times as cheap, in this
 * process, where it is one of ours alone.
 */
export async function runLine(line: string, folder: string): Promise<Ran> {
  const own = OWN.exec(line)?.[1];
  if (own === undefined || APART.test(own)) return runInShell(line, folder);
  const before = process.cwd();
  process.chdir(folder);
  try {
    return await runOn(own.split(' '));
  } finally {
    process.chdir(before);
  }
}

function runInShell(line: string, folder: string): Promise<Ran> {
  const env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}` };
  return new Promise((resolve) => {
    execFile('bash', ['-c', line], { cwd: folder, env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, stdout, stderr });
    });
  });
}

/** A command of a `console` block, `$ batterywalk …`, and what is shown below it. */
export interface Shown {
  readonly command: string;
  readonly lines: readonly string[];
  /** Page and line, for people. */
  readonly place: string;
}

/** The commands of a page's `console` blocks in order. */
export function shownOn(name: string): Shown[] {
  return blocksOf(page(name))
    .filter(({ language }) => language === 'console')
    .flatMap(({ text, line }) => {
      const parts = text
        .replaceAll(/\\\n\s*/g, '')
        .split(/^\$ /m)
        .slice(1);
      return parts.map((part) => {
        const [command, ...lines] = part.trimEnd().split('\n');
        return { command, lines, place: `${name}, line ${line}` };
      });
    });
}

/**
 * The first line of what is shown that was not printed where it should be; undefined where all were. `…` alone on a
 * line stands for any lines, elsewhere for any text. Blanks between columns are for the eye.
 */
export function firstMissing(shown: readonly string[], printed: string): string | undefined {
  const spaces = (line: string): string => line.replaceAll(/\s+/g, ' ').trim();
  const out = printed.trim() === '' ? [] : printed.trimEnd().split('\n').map(spaces);
  let at = 0;
  let anywhere = false;
  for (const line of shown.map(spaces)) {
    if (line === '…') {
      anywhere = true;
      continue;
    }
    const parts = line.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    const pattern = new RegExp(`^${parts.join('.*')}$`);
    const found = anywhere ? out.findIndex((text, i) => i >= at && pattern.test(text)) : at;
    if (found < 0 || found >= out.length || !pattern.test(out[found])) return line;
    at = found + 1;
    anywhere = false;
  }
  return anywhere || at === out.length ? undefined : `(nothing more, but there is: ${out[at]})`;
}

/** Files that a page asks to save, and their text: "Save this as `x.json`" before a block, "Save it as" after one. */
function savedOn(name: string): (readonly [string, string])[] {
  const text = page(name);
  return [
    ...text.matchAll(/Save this as `([\w.-]+)`[^`]*?\n```json\n([^]*?)\n```/g),
    ...[...text.matchAll(/```json\n((?:(?!```)[^])*?)\n```\n+[^`]*?Save it as `([\w.-]+)`/g)].map((m) => [
      m[0],
      m[2],
      m[1],
    ]),
  ].map(([, file, content]) => [file, content] as const);
}

/** Writes a page's files into a folder. */
export function saveAll(name: string, folder: string): void {
  for (const [file, content] of savedOn(name)) writeFileSync(join(folder, file), content);
}

/** What a page of Markdown asks a reader to type, and a shell to run it in. */
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

export const page = (name: string): string => readFileSync(join(root, name), 'utf8');

/** A block between fences. */
export interface Block {
  /** What follows the opening fence: `sh`, `ts`, `json`, or nothing. */
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

/** The command lines of a block of shell text: no blank lines, no comments. */
export function commandsOf({ text }: Pick<Block, 'text'>): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/\s+#\s.*$/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** A folder in which `batterywalk` and `npx batterywalk` are the built command line, and `examples` and `src` are there. */
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

/** Runs a command line as a shell does, in a prepared folder. */
export function runLine(line: string, folder: string): Promise<Ran> {
  const env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}` };
  return new Promise((resolve) => {
    execFile('bash', ['-c', line], { cwd: folder, env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, stdout, stderr });
    });
  });
}

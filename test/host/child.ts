/** Runs a small program that uses the sources in a process of its own: its end, its environment and what it can resolve
 *  are what such a test is about. */
import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface ChildEnd {
  readonly status: number | string | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param folder where the program is put and run: packages are resolved from there. */
export async function runChild(
  source: string,
  folder: string = join(root, '.cache', 'children'),
  environment: Record<string, string | undefined> = {},
  timeoutMs = 600_000,
): Promise<ChildEnd> {
  const bundle = await build({
    stdin: { contents: source, resolveDir: join(root, 'test'), loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    conditions: ['node'],
    external: ['webgpu'],
    absWorkingDir: root,
  });
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${randomUUID()}.mjs`);
  await writeFile(file, bundle.outputFiles[0]?.contents ?? '');
  const env = { ...process.env, ...environment };
  try {
    return await new Promise((resolve) => {
      execFile(process.execPath, [file], { cwd: folder, env, timeout: timeoutMs }, (error, stdout, stderr) => {
        resolve({ status: error?.code ?? 0, signal: error?.signal ?? null, stdout, stderr });
      });
    });
  } finally {
    await rm(file);
  }
}

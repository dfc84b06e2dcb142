/**
 * The command line as a process: what only a process can show (pipes that close, signals, the shebang, the exit
 * itself).
 */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { BuildOptions, Plugin } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textLoaders, wasmForEsbuild } from '../../kernels/wasm/compile.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
let folder = '';
let program = '';
let waiting = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'batterywalk-process-'));
  program = join(folder, 'cli.mjs');
  waiting = join(folder, 'waiting.mjs');
  const common = {
    absWorkingDir: root,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'es2023',
    external: ['webgpu'],
    loader: textLoaders,
    plugins: [wasmForEsbuild],
    define: { BATTERYWALK_VERSION: '"1.2.3"' },
    banner: {
      js: "#!/usr/bin/env node\nimport { createRequire as createRequireForBundle } from 'node:module'; const require = createRequireForBundle(import.meta.url);",
    },
  } satisfies BuildOptions;
  await build({ ...common, entryPoints: ['src/cli/main.ts'], outfile: program });
  // The same entry with one command that waits until it is told to stop, and one that goes on talking.
  const commands = `const commands = [{ name: 'wait', describe: 'waits', async run(context) {
    context.signal.addEventListener('abort', () => clearInterval(timer));
    const timer = setInterval(() => undefined, 1000);
    process.stderr.write('ready\\n');
    await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
    context.print('kept\\n');
  } }, { name: 'chatter', describe: 'goes on talking', async run(context) {
    for (let i = 0; i < 20; i++) {
      context.print('more\\n');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  } }];
  export const commandsFor = () => Promise.resolve(commands);`;
  const stub: Plugin = {
    name: 'commands',
    setup(of) {
      of.onLoad({ filter: /src[\\/]cli[\\/]commands\.ts$/ }, () => ({ contents: commands, loader: 'js' }));
    },
  };
  await build({ ...common, entryPoints: ['src/cli/main.ts'], outfile: waiting, plugins: [...common.plugins, stub] });
  chmodSync(program, 0o755);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs a program; `onStderr` sees what comes on stderr with the child at hand. */
function launch(
  command: string,
  args: string[],
  act: (child: ReturnType<typeof spawn>, text: string) => void = () => undefined,
) {
  const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const written = { stdout: '', stderr: '' };
  child.stdout.on('data', (data: Buffer) => (written.stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => {
    written.stderr += data.toString();
    act(child, data.toString());
  });
  return new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) => {
    child.on('close', (status) => {
      resolve({ status, ...written });
    });
  });
}

describe('as a process', () => {
  it.skipIf(process.platform === 'win32')('runs by its shebang', async () => {
    expect(await launch(program, ['--version'])).toEqual({ status: 0, stdout: '1.2.3\n', stderr: '' });
  });

  it('ends with the status of a bad input', async () => {
    const { status, stdout, stderr } = await launch(process.execPath, [program, 'tasks', '--slots', '0']);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^batterywalk: --slots: got "0"[^\n]*\n$/);
  });

  it.skipIf(process.platform === 'win32')('says nothing when its reader goes away', async () => {
    const node = `"${process.execPath}"`;
    const script = `${node} "${program}" tasks --json --quiet | true; ${node} "${waiting}" chatter --quiet | true`;
    expect(await launch('sh', ['-c', script])).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it.skipIf(process.platform === 'win32')('a file that takes but a part of the results is an error', async () => {
    const whole = await launch(process.execPath, [program, 'tasks', '--json', '--quiet']);
    expect(whole.stdout.length).toBeGreaterThan(2048);
    // Files of at most 1 KiB; the signal that says so is ignored, so that writes fall short instead.
    const script = `trap '' XFSZ; ulimit -f 1; "${process.execPath}" "${program}" tasks --json --quiet > cut.json`;
    const { status, stderr } = await launch('bash', ['-c', script]);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: 'batterywalk: stdout: cannot write (EFBIG), expected room for the results\n',
    });
    expect(readFileSync(join(folder, 'cut.json')).length).toBe(1024);
    await launch('bash', ['-c', `"${process.execPath}" "${program}" tasks --json > whole.json`]);
    expect(readFileSync(join(folder, 'whole.json'), 'utf8')).toBe(whole.stdout);
  });

  it.skipIf(process.platform !== 'linux')('a device that takes nothing is an error', async () => {
    const script = `"${process.execPath}" "${program}" tasks --quiet > /dev/full`;
    expect(await launch('bash', ['-c', script])).toEqual({
      status: 2,
      stdout: '',
      stderr: 'batterywalk: stdout: cannot write (ENOSPC), expected room for the results\n',
    });
  });

  it.skipIf(process.platform === 'win32')('ends with 130 on Ctrl-C after keeping what it has', async () => {
    const outcome = await launch(process.execPath, [waiting, 'wait', '--quiet'], (child, text) => {
      if (text.includes('ready')) child.kill('SIGINT');
    });
    expect(outcome).toEqual({ status: 130, stdout: 'kept\n', stderr: 'ready\n' });
  });
});

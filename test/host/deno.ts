/** Deno, whose WebGPU is wgpu with naga, as the npm package `deno` brings it; on SwiftShader. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { findSwiftShaderPackage, provideSwiftShader } from '../../src/host/node-software.js';

/**
 * The package has a program for each system, in a package of its own, and links it while it is installed: where that
 * may run.
 */
const program = ((): string | undefined => {
  const system = `${process.platform}-${process.arch}`;
  const name = `@deno/${process.platform === 'linux' ? `${system}-glibc` : system}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), 'deno');
  } catch {
    return undefined;
  }
})();

/**
 * Why there is no Deno with a device here, or undefined: tests that need it name it in their title when they are
 * skipped.
 */
export const denoMissing =
  program === undefined
    ? 'the npm package deno has no program for this system'
    : findSwiftShaderPackage() === undefined
      ? 'SwiftShader comes with @sparticuz/chromium, on Linux x64'
      : undefined;

/** The environment in which a program of the system finds SwiftShader, and a Vulkan loader. */
export async function withSwiftShader(): Promise<NodeJS.ProcessEnv> {
  const found = await provideSwiftShader();
  if (found === undefined) throw new Error('SwiftShader is missing');
  const { manifest, loader } = found;
  const libraries = [dirname(loader), process.env['LD_LIBRARY_PATH']].filter((path) => path !== undefined).join(':');
  return { ...process.env, VK_DRIVER_FILES: manifest, VK_ICD_FILENAMES: manifest, LD_LIBRARY_PATH: libraries };
}

/**
 * Runs a module of JavaScript.
 * @param read folder that it may read.
 * @returns what it wrote to stdout. Rejects with its stderr where it fails.
 */
export async function runDeno(file: string, read: string): Promise<string> {
  if (program === undefined) throw new Error(denoMissing);
  const child = spawn(program, ['run', '--unstable-webgpu', '--no-prompt', `--allow-read=${read}`, file], {
    env: await withSwiftShader(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (status !== 0) throw new Error(`Deno ended with ${status ?? 'a signal'}: ${stderr}`);
  return stdout;
}

/**
 * A software adapter for any Linux x64 machine: SwiftShader, Google's Vulkan on the CPU, and a Vulkan loader, both out
 * of the npm package `@sparticuz/chromium` (an optional peer dependency), which carries them in
 * `bin/swiftshader.tar.br`. They are unpacked once into the user's cache. Nothing is downloaded, installed or set for
 * other processes.
 *
 * nanotar reads the archive: 2 kB, no dependencies, and it works on the bytes in memory. tar-fs, which the package
 * itself uses, writes all that an archive names wherever it says, and would bring nine packages into the bundle.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { parseTar } from 'nanotar';
import { BackendError } from '../errors.js';
import { VULKAN_LOADER } from './node-vulkan.js';

const PACKAGE = '@sparticuz/chromium';
const ARCHIVE = join('bin', 'swiftshader.tar.br');
const MANIFEST = 'vk_swiftshader_icd.json';
const FILES = ['libvk_swiftshader.so', VULKAN_LOADER, MANIFEST];

/** Paths of what was unpacked. */
export interface SwiftShader {
  /** The driver manifest: what VK_DRIVER_FILES names. */
  readonly manifest: string;
  /** A Vulkan loader, for systems that have none. */
  readonly loader: string;
}

/** Where the package lies and its version; looked for beside this program, then from the working folder. */
export function findSwiftShaderPackage(
  from: readonly string[] = [import.meta.url, pathToFileURL(join(process.cwd(), 'package.json')).href],
): { archive: string; version: string } | undefined {
  for (const base of from) {
    try {
      // Its "exports" hide package.json, so walk up from the entry point.
      let folder = dirname(createRequire(base).resolve(PACKAGE));
      while (!existsSync(join(folder, ARCHIVE)) && dirname(folder) !== folder) folder = dirname(folder);
      const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
      return { archive: join(folder, ARCHIVE), version };
    } catch {
      // Not to be had from here.
    }
  }
  return undefined;
}

/** A folder that only this user can write: code will be loaded from it, so one that others own is no choice. */
async function cacheFolder(name: string): Promise<string> {
  const uid = process.getuid?.() ?? 0;
  const homes = [process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), join(tmpdir(), `batterywalk-${uid}`)];
  const failures: string[] = [];
  for (const home of homes) {
    const folder = join(home, 'batterywalk', name);
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      for (const each of [folder, dirname(folder)]) {
        const status = await lstat(each);
        if (!status.isDirectory() || status.uid !== uid || (status.mode & 0o022) !== 0) {
          throw new Error(`${each} can be written by others`);
        }
      }
      const probe = join(folder, `.probe-${randomBytes(6).toString('hex')}`);
      await writeFile(probe, '');
      await rm(probe);
      return folder;
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new BackendError(
    `No folder to unpack the software adapter into (${failures.join('; ')}). Set XDG_CACHE_HOME to a folder that you can write.`,
  );
}

/** Files are written under another name and renamed, so processes that unpack at once cannot see half a file. */
async function unpack(archive: string, folder: string): Promise<void> {
  const entries = parseTar(await promisify(brotliDecompress)(await readFile(archive)));
  for (const name of FILES) {
    const data = entries.find((entry) => entry.name.replace(/^\.\//, '') === name)?.data;
    if (data === undefined)
      throw new BackendError(`${archive} has no ${name}. Install another version: npm install ${PACKAGE}@147`);
    const temporary = join(folder, `.${name}-${randomBytes(6).toString('hex')}`);
    await writeFile(temporary, data, { mode: 0o700 });
    await rename(temporary, join(folder, name));
  }
}

let unpacking: Promise<SwiftShader | undefined> | undefined;

/**
 * Finds SwiftShader and unpacks it where that was not done before (about 0.3 s); undefined where the package is not
 * installed or this is no Linux on x64, for which alone it is made.
 * @throws BackendError when it is installed and cannot be unpacked.
 */
export function provideSwiftShader(): Promise<SwiftShader | undefined> {
  unpacking ??= (async () => {
    const found = process.platform === 'linux' && process.arch === 'x64' ? findSwiftShaderPackage() : undefined;
    if (found === undefined) return undefined;
    const folder = await cacheFolder(`swiftshader-${found.version}`);
    if (!FILES.every((name) => existsSync(join(folder, name)))) await unpack(found.archive, folder);
    return { manifest: join(folder, MANIFEST), loader: join(folder, VULKAN_LOADER) };
  })();
  return unpacking;
}

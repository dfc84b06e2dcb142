/**
 * What a Linux machine has of Vulkan, found out before Dawn is asked: without a loader or a driver Dawn writes warnings
 * to stderr and answers `null`, and a user deserves a reason. Not for macOS (Metal) and Windows (Direct3D 12).
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { constants, homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';

export const VULKAN_LOADER = 'libvulkan.so.1';

/** The loader's variables that name driver manifests: the first two replace its search, the last adds to it. */
export const DRIVER_VARIABLES = ['VK_DRIVER_FILES', 'VK_ICD_FILENAMES'] as const;
const ADDED_DRIVERS = 'VK_ADD_DRIVER_FILES';

/** <dlfcn.h> RTLD_NODELETE, the same on every Linux; Node's constants lack it. */
export const RTLD_NODELETE = 0x1000;

/**
 * Loads a shared library into this process for good, and says what is in the way ('' when nothing is).
 *
 * `process.dlopen` always throws here, since the library is no Node module, and closes it again: RTLD_NODELETE is what
 * keeps it. From then on a `dlopen("libvulkan.so.1")` by anyone, as Dawn does, finds the library by its soname, so no
 * LD_LIBRARY_PATH is needed, which would have to be set before the process starts. `library` is a path or, to look
 * where the system does, a bare name.
 */
export function preload(library: string): string {
  try {
    process.dlopen({ exports: {} }, library, constants.dlopen.RTLD_NOW | RTLD_NODELETE);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (!message.includes('did not self-register')) return message;
  }
  return '';
}

/** Driver manifests (ICD files) that the loader would find with this environment. The search order is that of the
 *  Khronos loader (LoaderDriverInterface.md, "Driver Discovery on Linux"); NixOS keeps its own folder. */
export function driverManifests(environment: NodeJS.ProcessEnv = process.env): string[] {
  const listed = (variable: string) => (environment[variable] ?? '').split(delimiter).filter((path) => path !== '');
  const inFolder = (folder: string) =>
    existsSync(folder)
      ? readdirSync(folder)
          .filter((file) => file.endsWith('.json'))
          .map((file) => join(folder, file))
      : [];
  const named = DRIVER_VARIABLES.flatMap(listed);
  if (named.length > 0) {
    return named.flatMap((path) =>
      path.endsWith('.json') ? [path].filter((file) => existsSync(file)) : inFolder(path),
    );
  }
  const or = (variable: string, fallback: string) =>
    (environment[variable] ?? fallback).split(delimiter).filter((path) => path !== '');
  const home = environment['HOME'] ?? homedir();
  const roots = [
    ...or('XDG_CONFIG_HOME', join(home, '.config')),
    ...or('XDG_CONFIG_DIRS', '/etc/xdg'),
    '/usr/local/etc',
    '/etc',
    ...or('XDG_DATA_HOME', join(home, '.local/share')),
    ...or('XDG_DATA_DIRS', ['/usr/local/share', '/usr/share'].join(delimiter)),
    '/run/opengl-driver/share',
  ];
  return [...listed(ADDED_DRIVERS), ...roots.flatMap((root) => inFolder(join(root, 'vulkan', 'icd.d')))];
}

/**
 * What is in the way of a driver that a manifest names ('' when nothing is): one that was left behind, or is of another
 * architecture. The loader and Dawn would write of it to stderr, past JavaScript.
 */
export function driverFault(manifest: string): string {
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(manifest, 'utf8'));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const { ICD } = (document ?? {}) as { readonly ICD?: { readonly library_path?: unknown } | null };
  const path = ICD?.library_path;
  if (typeof path !== 'string') return 'no library is named';
  // A bare name is looked for where the system does, all else from the manifest on (LoaderDriverInterface.md).
  return preload(path.includes('/') ? resolve(dirname(manifest), path) : path);
}

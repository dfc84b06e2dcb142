/**
 * Whether the Vulkan drivers of a machine without a device file offer an adapter, asked in a process of its own. A
 * driver that can be loaded but finds no device, as in a container without the GPU, has the loader and Dawn write of
 * it to stderr, past JavaScript: what that process writes nobody sees.
 */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { basename, delimiter } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DRIVER_VARIABLES, RTLD_NODELETE } from './node-vulkan.js';

/** By which drivers reach a device: NVIDIA's and Tegra's, Windows' below Linux, Qualcomm's, Arm's. */
const DEVICE_FILES = ['/dev/nvidiactl', '/dev/nvhost-gpu', '/dev/nvgpu', '/dev/dxg', '/dev/kgsl-3d0', '/dev/mali0'];
/** All others. */
const DEVICE_FOLDER = '/dev/dri';
/** Manifests of drivers that compute on the processor, and always have a device. */
const SOFTWARE = /lvp|lavapipe|swiftshader/i;
/** Milliseconds: loading drivers takes a tenth of a second, or a few on a slow disk. */
const PATIENCE = 30_000;

const hasDeviceFile = (): boolean =>
  DEVICE_FILES.some((file) => existsSync(file)) ||
  (existsSync(DEVICE_FOLDER) && readdirSync(DEVICE_FOLDER).some((name) => /^(render|card)/.test(name)));

/** Whether all of these drivers need a device where none is to be seen: then it is worth a tenth of a second to ask. */
export function mayOfferNone(manifests: readonly string[]): boolean {
  return !manifests.some((manifest) => SOFTWARE.test(basename(manifest))) && !hasDeviceFile();
}

/** Loads a loader, as `preload` does, and asks Dawn. */
const PROGRAM = `
  const [dawn, loader] = process.argv.slice(1);
  try { process.dlopen({ exports: {} }, loader, ${constants.dlopen.RTLD_NOW | RTLD_NODELETE}); } catch {}
  const { create } = await import(dawn);
  const adapter = await create([]).requestAdapter();
  process.stdout.write(adapter === null ? 'none' : 'some');
`;

/**
 * What is in the way of an adapter ('' when nothing is, or when no process can be had to find that out).
 *
 * @param loader the Vulkan loader that is in use
 */
export function offerFault(manifests: readonly string[], loader: string): Promise<string> {
  const dawn = pathToFileURL(createRequire(import.meta.url).resolve('webgpu')).href;
  const named = Object.fromEntries(DRIVER_VARIABLES.map((variable) => [variable, manifests.join(delimiter)]));
  const program = ['--input-type=module', '--eval', PROGRAM, dawn, loader];
  const options = { env: { ...process.env, ...named }, timeout: PATIENCE, killSignal: 'SIGKILL' } as const;
  return new Promise((tell) => {
    execFile(process.execPath, program, options, (error, stdout) => {
      if (stdout === 'none') tell(`the drivers offer none on ${process.platform}-${process.arch}`);
      else if (stdout === '' && error?.killed === true) tell('the drivers do not answer');
      else if (stdout === '' && typeof error?.signal === 'string')
        tell(`a driver ended its process by ${error.signal}`);
      else tell('');
    });
  });
}

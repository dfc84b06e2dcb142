/** What the host says where no adapter is to be had: one BackendError with a reason and a remedy, nothing on stderr. */
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { host } from '#host';
import { BackendError } from '../../src/errors.js';
import type { WorkerEntry } from '../../src/host/contract.js';
import { mayOfferNone } from '../../src/host/node-probe.js';
import { provideSwiftShader } from '../../src/host/node-software.js';
import { preload } from '../../src/host/node-vulkan.js';
import { runChild } from './child.js';

const ask = (kind: string) => `
  import { host } from '#host';
  try {
    const { info } = await host.requestAdapter('${kind}');
    console.log('adapter', info.isSoftware ? 'software' : 'hardware');
  } catch (error) { console.log(error.name + ': ' + error.message); }
`;

/** A Linux without any Vulkan driver, whatever this machine has. */
const noDrivers = { VK_DRIVER_FILES: '/nonexistent/driver.json', VK_ICD_FILENAMES: undefined };

let outside = '';
beforeAll(async () => {
  outside = await mkdtemp(join(tmpdir(), 'batterywalk-host-'));
});
afterAll(() => rm(outside, { recursive: true }));

describe('without an adapter', () => {
  test.each(['auto', 'hardware', 'software'])('%s: a clear refusal and no noise', async (kind) => {
    const end = await runChild(ask(kind), undefined, noDrivers);
    expect(end).toMatchObject({ status: 0, signal: null, stderr: '' });
    expect(end.stdout).toMatch(
      /^BackendError: No (hardware |software )?WebGPU adapter: VK_DRIVER_FILES names no Vulkan driver manifest that exists \(\/nonexistent\/driver\.json\)\. .*cpu backend/,
    );
  });

  test('a CPU that plays a GPU is not handed out as hardware, and auto says what it is', async () => {
    const drivers = { VK_DRIVER_FILES: (await provideSwiftShader())?.manifest };
    const hardware = await runChild(ask('hardware'), undefined, drivers);
    expect(hardware.stdout).toMatch(/^BackendError: No hardware WebGPU adapter: only SwiftShader .* is there/);
    const auto = await runChild(ask('auto'), undefined, drivers);
    expect(auto.stdout).toBe('adapter software\n');
  });

  test('drivers that cannot be loaded are left out, without the noise that the loader makes of them', async () => {
    const [gone, torn, empty] = ['gone.json', 'torn.json', 'empty.json'].map((name) => join(outside, name));
    await writeFile(gone, JSON.stringify({ ICD: { library_path: './libno-such-driver.so', api_version: '1.3.0' } }));
    await writeFile(torn, '{"ICD":');
    await writeFile(empty, 'null');
    const whole = (await provideSwiftShader())?.manifest ?? '';
    const some = { VK_DRIVER_FILES: [gone, torn, empty, whole].join(delimiter) };
    expect(await runChild(ask('auto'), undefined, some)).toMatchObject({ stdout: 'adapter software\n', stderr: '' });
    const none = await runChild(ask('auto'), undefined, { VK_DRIVER_FILES: [gone, torn, empty].join(delimiter) });
    expect(none.stderr).toBe('');
    expect(none.stdout).toMatch(
      /the Vulkan driver of \S*gone\.json cannot be loaded \(.*libno-such-driver\.so: .*\), nor any of 2 others\. /,
    );
  });

  test.runIf(mayOfferNone([]))('drivers that find no device are asked out of hearing', async () => {
    // A driver that is not known to compute on the processor, on a machine that shows no device.
    const { manifest = '' } = (await provideSwiftShader()) ?? {};
    const unknown = join(outside, 'unknown.json');
    const ICD = { library_path: join(dirname(manifest), 'libvk_swiftshader.so'), api_version: '1.0.5' };
    await writeFile(unknown, JSON.stringify({ file_format_version: '1.0.0', ICD }));
    const found = await runChild(ask('auto'), undefined, { VK_DRIVER_FILES: unknown });
    expect(found).toMatchObject({ stdout: 'adapter software\n', stderr: '' });
    // The loader then has a driver that can be loaded, and no device.
    const none = await runChild(ask('auto'), undefined, { VK_DRIVER_FILES: unknown, VK_LOADER_DRIVERS_DISABLE: '*' });
    expect(none.stderr).toBe('');
    expect(none.stdout).toMatch(/^BackendError: No WebGPU adapter: the drivers offer none on linux-\w+\. /);
  });

  test('hardware after software in one process sees the system’s own drivers only', async () => {
    await host.requestAdapter('software');
    const outcome = await host.requestAdapter('hardware').then(
      ({ info }) => info.isSoftware,
      (error: unknown) => error,
    );
    if (outcome !== false) expect(outcome).toBeInstanceOf(BackendError);
  });
});

describe('without a package', () => {
  test('no webgpu package: says what to install', async () => {
    const end = await runChild(ask('auto'), outside);
    expect(end).toMatchObject({ status: 0, stderr: '' });
    expect(end.stdout).toMatch(
      /^BackendError: The npm package 'webgpu' could not be loaded on \w+-\w+: .*npm install webgpu/,
    );
  });

  test('no SwiftShader: says what to install', async () => {
    const end = await runChild(
      `import { findSwiftShaderPackage } from '../src/host/node-software.js';
       console.log(findSwiftShaderPackage());`,
      outside,
    );
    expect(end).toMatchObject({ status: 0, stderr: '', stdout: 'undefined\n' });
    const refusal = await runChild(ask('software'), undefined, noDrivers);
    expect(refusal.stdout).toContain("'npm install @sparticuz/chromium'");
  });
});

describe('libraries and caches', () => {
  test('a Vulkan loader that is not there is a reason, not a crash', () => {
    expect(preload('libvulkan-that-does-not-exist.so.1')).toMatch(/cannot open shared object file/);
  });

  test('processes that unpack at the same time into an empty cache all succeed', async () => {
    const cache = join(outside, 'cache');
    const ends = await Promise.all(
      Array.from({ length: 3 }, () => runChild(ask('software'), undefined, { XDG_CACHE_HOME: cache })),
    );
    for (const end of ends) expect(end).toMatchObject({ status: 0, stdout: 'adapter software\n', stderr: '' });
    const [folder] = await readdir(join(cache, 'batterywalk'));
    const files = await readdir(join(cache, 'batterywalk', folder));
    expect(files.sort()).toEqual(['libvk_swiftshader.so', 'libvulkan.so.1', 'vk_swiftshader_icd.json']);
  });

  test('a cache that others can write is not used', async () => {
    const cache = join(outside, 'open');
    await mkdir(join(cache, 'batterywalk'), { recursive: true });
    await chmod(join(cache, 'batterywalk'), 0o777);
    const end = await runChild(
      `import { mayOfferNone } from '../../src/host/node-probe.js';
import { provideSwiftShader } from '../src/host/node-software.js';
       console.log((await provideSwiftShader()).manifest);`,
      undefined,
      { XDG_CACHE_HOME: cache, TMPDIR: outside },
    );
    expect(end).toMatchObject({ status: 0, stderr: '' });
    expect(end.stdout.startsWith(join(outside, 'batterywalk-'))).toBe(true);
  });

  test('a worker program that was not built is named', () => {
    expect(() => host.spawnWorker('no-such-worker' as WorkerEntry)).toThrow(
      /no-such-worker\.js is missing.*npm run build/,
    );
  });
});

/**
 * A program for a browser, or for Deno: makes every form on the device that is there, as a GPU makes it and as a
 * processor that plays one, and tells of each in a line on the console.
 */
import { host } from '#host';
import { createWebGpuBackend } from '../../src/engine/webgpu/backend.js';
import { openDevice } from '../../src/engine/webgpu/device.js';
import { openStage } from '../../src/engine/webgpu/stages.js';
import { END, ROLES, kernelForms } from './forms.js';
import type { Made, Maker } from './forms.js';

async function makeForms(tell: (made: Made) => void): Promise<void> {
  const forms = kernelForms();
  for (const role of ROLES) {
    // A device of its own for each. What the adapter is said to be decides which kernels it gets.
    const adapter = async () => {
      const found = await host.requestAdapter('auto');
      return { ...found, info: { ...found.info, isSoftware: role === 'software' } };
    };
    const backend = await createWebGpuBackend(await adapter());
    const bySlot = await createWebGpuBackend(await adapter(), { tasks: 'by slot' });
    const device = await openDevice(await adapter());
    const maker: Maker = {
      backend,
      bySlot,
      async stageSums(job, stage, paths, times) {
        const opened = await openStage(device, role === 'gpu' ? 'workgroup' : 'storage', job, stage, paths);
        await opened.time(times);
        return opened.sums(paths);
      },
    };
    for (const { name, make } of forms.filter(({ sources }) => sources[role] !== undefined))
      tell({ role, name, result: await make(maker).catch(String) });
    device.destroy();
    await Promise.all([backend.release(), bySlot.release()]);
  }
}

const say = (line: Made | typeof END): void => {
  console.log(JSON.stringify(line));
};
await makeForms(say);
say(END);

/** Runs one small kernel on a device and reads a buffer back: for tests of single WGSL functions. */
import type { Device } from '../../src/engine/webgpu/device.js';
import type { KernelSource } from '../../src/engine/webgpu/kernels.js';

/** Buffers as they are bound, in order: the words that each starts with. The last one is read back, or another. */
export async function runKernel(
  device: Device,
  kernel: KernelSource,
  constants: Record<string, number>,
  inputs: readonly { readonly words: Uint32Array<ArrayBuffer>; readonly uniform?: boolean }[],
  workgroups: number,
  readBack = inputs.length - 1,
): Promise<Uint32Array> {
  const { gpu } = device;
  const pipeline = await device.compile(kernel, constants);
  const buffers = inputs.map(({ words, uniform = false }) => {
    const usage = uniform ? GPUBufferUsage.UNIFORM : GPUBufferUsage.STORAGE;
    const buffer = gpu.createBuffer({
      size: words.byteLength,
      usage: usage | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
    });
    gpu.queue.writeBuffer(buffer, 0, words);
    return buffer;
  });
  const last = buffers[readBack];
  const staging = gpu.createBuffer({ size: last.size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const encoder = gpu.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
  pass.setBindGroup(0, gpu.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(workgroups);
  pass.end();
  encoder.copyBufferToBuffer(last, 0, staging, 0, last.size);
  gpu.queue.submit([encoder.finish()]);
  await device.guard(staging.mapAsync(GPUMapMode.READ));
  const out = new Uint32Array(staging.getMappedRange().slice(0));
  for (const buffer of [...buffers, staging]) buffer.destroy();
  return out;
}

/** The software adapter really computes: SwiftShader, through Dawn, in this process and in others. */
import { beforeAll, describe, expect, test } from 'vitest';
import { host } from '#host';
import type { AdapterHandle } from '../../src/host/contract.js';
import { runChild } from './child.js';

/**
 * One thread a word: a linear congruential generator of Numerical Recipes, ROUNDS steps from its index, in wrapping
 * u32.
 */
const ROUNDS = 1000;
const KERNEL = /* wgsl */ `
@group(0) @binding(0) var<storage, read_write> words: array<u32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  var word = id.x;
  for (var i = 0u; i < ${ROUNDS}u; i++) { word = word * 1664525u + 1013904223u; word ^= word >> 7u; }
  words[id.x] = word;
}`;

function expectedWord(index: number): number {
  let word = index;
  for (let i = 0; i < ROUNDS; i++) {
    word = (Math.imul(word, 1664525) + 1013904223) >>> 0;
    word = (word ^ (word >>> 7)) >>> 0;
  }
  return word;
}

async function compute(device: GPUDevice, words: number): Promise<Uint32Array> {
  const pipeline = await device.createComputePipelineAsync({
    layout: 'auto',
    compute: { module: device.createShaderModule({ code: KERNEL }) },
  });
  const size = words * 4;
  const storage = device.createBuffer({ size, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC });
  const readback = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  const entries = [{ binding: 0, resource: { buffer: storage } }];
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(words / 64);
  pass.end();
  encoder.copyBufferToBuffer(storage, 0, readback, 0, size);
  device.queue.submit([encoder.finish()]);
  await readback.mapAsync(GPUMapMode.READ);
  const result = new Uint32Array(readback.getMappedRange().slice(0));
  readback.unmap();
  return result;
}

describe('the software adapter', () => {
  const before = { ...process.env };
  let handle: AdapterHandle;
  beforeAll(async () => {
    handle = await host.requestAdapter('software');
  });

  test('says that it is software', () => {
    expect(handle.info).toMatchObject({ isSoftware: true, backend: 'vulkan' });
    expect(`${handle.info.architecture} ${handle.info.description}`).toMatch(/swiftshader|llvmpipe|lavapipe/i);
  });

  test('multiplies, adds, shifts and wraps u32 as the host does', async () => {
    const device = await handle.adapter.requestDevice();
    const words = await compute(device, 4096);
    expect(words).toEqual(Uint32Array.from({ length: 4096 }, (_, index) => expectedWord(index)));
    device.destroy();
  });

  test('has the limits that WebGPU promises, and the features that kernels may use', () => {
    // The default limits of the WebGPU specification, section 3.6.2.
    const { limits, features } = handle.adapter;
    expect(limits.maxComputeWorkgroupStorageSize).toBeGreaterThanOrEqual(16384);
    expect(limits.maxComputeInvocationsPerWorkgroup).toBeGreaterThanOrEqual(256);
    expect(limits.maxStorageBuffersPerShaderStage).toBeGreaterThanOrEqual(8);
    expect(limits.maxStorageBufferBindingSize).toBeGreaterThanOrEqual(2 ** 27);
    expect(limits.maxComputeWorkgroupsPerDimension).toBeGreaterThanOrEqual(65535);
    expect([...features]).toEqual(expect.arrayContaining(['subgroups', 'timestamp-query']));
  });

  test('leaves the environment as it was', () => {
    expect(process.env).toEqual(before);
  });

  test('serves requests made at once, each with an adapter of its kind', async () => {
    const [first, second] = await Promise.all([host.requestAdapter('software'), host.requestAdapter('software')]);
    expect([first.info, second.info]).toEqual([handle.info, handle.info]);
    expect(first.adapter).not.toBe(second.adapter);
  });
});

test('a process that computed ends by itself, and one whose device is still alive too', async () => {
  for (const last of ['device.destroy(); handle.release();', '']) {
    const end = await runChild(`
      import { host } from '#host';
      const handle = await host.requestAdapter('software');
      const device = await handle.adapter.requestDevice();
      void device.lost.then(() => undefined);
      const buffer = device.createBuffer({ size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
      device.queue.writeBuffer(buffer, 0, new Uint32Array([1, 2, 3, 4]));
      await buffer.mapAsync(GPUMapMode.READ);
      console.log(new Uint32Array(buffer.getMappedRange()).join());
      ${last}
    `);
    expect(end).toEqual({ status: 0, signal: null, stdout: '1,2,3,4\n', stderr: '' });
  }
});

/** The browser host, in a real Chromium: the adapter computes, a worker answers, refusals are clear. */
import { expect, test } from 'vitest';
import { browserMissing, runInBrowser } from '../browser/chromium.js';

test.skipIf(browserMissing !== undefined)('finds the software adapter and computes on it', async () => {
  const answer = await runInBrowser(`
    import { host } from '#host';
    export default async function () {
      const { adapter, info, release } = await host.requestAdapter('software');
      const device = await adapter.requestDevice();
      const size = 1024;
      const module = device.createShaderModule({ code: \`
        @group(0) @binding(0) var<storage, read_write> words: array<u32>;
        @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
          words[id.x] = (id.x * 2654435769u) ^ (id.x >> 3u);
        }\` });
      const pipeline = device.createComputePipeline({ layout: 'auto', compute: { module } });
      const words = device.createBuffer({ size, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC });
      const back = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      const entries = [{ binding: 0, resource: { buffer: words } }];
      pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
      pass.dispatchWorkgroups(size / 4 / 64);
      pass.end();
      encoder.copyBufferToBuffer(words, 0, back, 0, size);
      device.queue.submit([encoder.finish()]);
      await back.mapAsync(GPUMapMode.READ);
      const result = Array.from(new Uint32Array(back.getMappedRange()));
      device.destroy();
      release();
      return { info, result, threads: host.hardwareConcurrency, name: host.name };
    }`);
  expect(answer).toMatchObject({
    name: 'browser',
    info: { isSoftware: true, backend: 'browser', architecture: 'swiftshader' },
    result: Array.from({ length: 256 }, (_, index) => (Math.imul(index, 2654435769) ^ (index >>> 3)) >>> 0),
  });
  expect((answer as { threads: number }).threads).toBeGreaterThanOrEqual(1);
});

test.skipIf(browserMissing !== undefined)(
  'refuses software as hardware, and says where there is no WebGPU',
  async () => {
    const answer = await runInBrowser(`
    import { host } from '#host';
    const said = (promise) => promise.then(() => 'nothing', (error) => error.name + ': ' + error.message);
    export default async function () {
      const hardware = await said(host.requestAdapter('hardware'));
      Object.defineProperty(navigator, 'gpu', { value: undefined });
      return { hardware, none: await said(host.requestAdapter('auto')) };
    }`);
    expect(answer).toEqual({
      hardware: expect.stringMatching(
        /^BackendError: A hardware adapter was asked for and the browser offers only software/,
      ) as unknown,
      none: expect.stringMatching(/^BackendError: This browser has no WebGPU/) as unknown,
    });
  },
);

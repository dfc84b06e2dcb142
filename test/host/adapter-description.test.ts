/** Descriptions as implementations give them: which are a CPU. Names from the vendors' own drivers. */
import { expect, test } from 'vitest';
import { askForAdapter, describeAdapter } from '../../src/host/adapter-description.js';

test.each([
  [{ vendor: 'google', architecture: 'swiftshader', device: '0xc0de' }, true],
  [{ vendor: 'mesa', description: 'llvmpipe (LLVM 15.0.6, 256 bits)' }, true],
  [{ vendor: 'microsoft', description: 'Microsoft Basic Render Driver' }, true],
  [{ vendor: 'acme', description: 'unheard-of', isFallbackAdapter: true }, true],
  [{ vendor: 'nvidia', architecture: 'hopper', description: 'NVIDIA H100 80GB HBM3' }, false],
  [{ vendor: 'apple', architecture: 'metal-3' }, false],
  [{ vendor: 'intel', architecture: 'xe', description: 'Intel(R) Arc(tm) Graphics' }, false],
  [{ vendor: 'amd', architecture: 'rdna-3', isFallbackAdapter: false }, false],
  [{}, false],
])('%o is software: %s', (info, isSoftware) => {
  expect(describeAdapter({ info }, 'vulkan').isSoftware).toBe(isSoftware);
});

test('the older place of isFallbackAdapter counts where the newer one is silent', () => {
  expect(describeAdapter({ info: {}, isFallbackAdapter: true }, 'browser').isSoftware).toBe(true);
});

test('where a fallback cannot be forced, what there is comes unforced', async () => {
  const only = {} as GPUAdapter;
  const asked: unknown[] = [];
  const gpu = {
    requestAdapter: (options?: GPURequestAdapterOptions) => {
      asked.push(options);
      return Promise.resolve(options?.forceFallbackAdapter === true ? null : only);
    },
  };
  expect(await askForAdapter(gpu, 'software')).toBe(only);
  expect(asked).toEqual([{ forceFallbackAdapter: true }, undefined]);
  expect(await askForAdapter(gpu, 'hardware')).toBe(only);
  expect(await askForAdapter({ requestAdapter: () => Promise.resolve(null) }, 'software')).toBeNull();
});

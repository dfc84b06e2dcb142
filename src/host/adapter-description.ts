/**
 * Tells what an adapter is, the same in Node and in browsers: above all whether it is a CPU that plays a GPU. It looks
 * at the flag that WebGPU has for this (`isFallbackAdapter`) and, as not every implementation sets it, at the names.
 */
import type { AdapterDescription, AdapterKind } from './contract.js';

const SOFTWARE_NAMES = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|\bwarp\b|software rasterizer/i;

/** The part of GPUAdapter that describes it; `isFallbackAdapter` was on the adapter before it moved to its info. */
export interface DescribedAdapter {
  readonly info: Partial<GPUAdapterInfo>;
  readonly isFallbackAdapter?: boolean | undefined;
}

export function describeAdapter(adapter: DescribedAdapter, backend: AdapterDescription['backend']): AdapterDescription {
  const { vendor = '', architecture = '', device = '', description = '' } = adapter.info;
  const flagged = adapter.info.isFallbackAdapter ?? adapter.isFallbackAdapter ?? false;
  const named = [vendor, architecture, device, description].some((text) => SOFTWARE_NAMES.test(text));
  return { vendor, architecture, device, description, isSoftware: flagged || named, backend };
}

/**
 * Asks for an adapter. Some implementations give none where a fallback is forced, although all they have is one
 * (lavapipe): they are asked again without. Whether what comes is of the kind is the caller's to see.
 */
export async function askForAdapter(gpu: Pick<GPU, 'requestAdapter'>, kind: AdapterKind): Promise<GPUAdapter | null> {
  if (kind !== 'software') return gpu.requestAdapter({ powerPreference: 'high-performance' });
  return (await gpu.requestAdapter({ forceFallbackAdapter: true })) ?? gpu.requestAdapter();
}

import type { Loader, Plugin as EsbuildPlugin } from 'esbuild';
import type { Plugin as VitePlugin } from 'vite';

export function compileKernels(): Promise<Uint8Array>;
export const textLoaders: Record<string, Loader>;
export const wasmForEsbuild: EsbuildPlugin;
export const wasmForVite: VitePlugin;

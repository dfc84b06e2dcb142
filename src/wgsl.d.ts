/** Kernels, style sheets and sample traces are imported as text: esbuild and vitest both load them so. */
declare module '*.wgsl' {
  const source: string;
  export default source;
}

declare module '*.glsl' {
  const source: string;
  export default source;
}

declare module '*.css.txt' {
  const source: string;
  export default source;
}

declare module '*.host.txt' {
  const source: string;
  export default source;
}

declare module '*.csv' {
  const source: string;
  export default source;
}

/** Compiled from AssemblyScript by kernels/wasm/compile.mjs while bundles are made. */
declare module '*.wasm' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}

declare module 'gpu.js/dist/gpu-browser.min.js';

/** Numbers of AssemblyScript, in kernels/wasm/memory.ts and site-memory.ts. */
declare type i32 = number;
declare type usize = number;

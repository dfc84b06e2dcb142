/** Kernels and style sheets are imported as text: esbuild and vitest both load them so. */
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

declare module 'gpu.js/dist/gpu-browser.min.js';

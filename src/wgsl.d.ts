/** Kernels are imported as text: esbuild and vitest both load `.wgsl` so. */
declare module '*.wgsl' {
  const source: string;
  export default source;
}

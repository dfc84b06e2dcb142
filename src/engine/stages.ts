/** The draws of a walk that benches time alone, in the order of kernels/stages.wgsl. */
export const STAGES = ['stream', 'consumption draw', 'harvest draw'] as const;
export type Stage = (typeof STAGES)[number];

/**
 * What the processor walks, by kernel: in WebAssembly where it has one, and by the plain twin. Nothing else switches on
 * a kernel's name.
 */
import type { Job } from '../job.js';
import { walkLumped } from './lumped.js';
import type { LumpedWalk } from './lumped.js';
import { walkLumpedSite } from './lumped-site.js';
import type { LumpedSiteWalk } from './lumped-site.js';
import { walkPassage } from './passage.js';
import type { PassageWalk } from './passage.js';
import { walkProof } from './proof.js';
import type { ProofWalk } from './proof.js';
import { walkSite } from './site.js';
import type { SiteWalk } from './site.js';
import { walkTasks } from './tasks.js';
import type { TaskWalk } from './tasks.js';
import { walkTogether } from './together.js';
import type { CommonWalk } from './together.js';
import type { WasmKernels } from './wasm.js';

/** What a worker can walk. */
export type WorkerWalk =
  | (LumpedWalk & { readonly kernel: 'lumped' })
  | CommonWalk
  | TaskWalk
  | PassageWalk
  | ProofWalk
  | SiteWalk
  | LumpedSiteWalk;

/**
 * Writes each row of paths firstPath … firstPath + count − 1: out[row · stride + i].
 * @param wasm left out for the plain twin
 */
type Walker<W> = (
  walk: W,
  wasm: WasmKernels | undefined,
  firstPath: number,
  count: number,
  out: Int32Array,
  stride: number,
) => void;

const WALKERS: { readonly [K in WorkerWalk['kernel']]: Walker<Extract<WorkerWalk, { kernel: K }>> } = {
  lumped(walk, wasm, ...paths) {
    if (wasm === undefined) walkLumped(walk, ...paths);
    else wasm.lumped(walk, ...paths);
  },
  together(walk, wasm, ...paths) {
    if (wasm === undefined) walkTogether(walk, ...paths);
    else wasm.together(walk, ...paths);
  },
  tasks(walk, wasm, ...paths) {
    if (wasm?.servesTasks(walk) === true) wasm.tasks(walk, ...paths);
    else if (wasm?.servesServices(walk.tables) === true) wasm.services(walk, ...paths);
    else walkTasks(walk, ...paths);
  },
  passage(walk, wasm, ...paths) {
    if (wasm === undefined) walkPassage(walk, ...paths);
    else wasm.passage(walk, ...paths);
  },
  proof(walk, wasm, ...paths) {
    if (wasm?.servesServices(walk.tables) === true) wasm.services(walk, ...paths);
    else walkProof(walk, ...paths);
  },
  site(walk, wasm, ...paths) {
    if (wasm?.sites.serves(walk) === true) wasm.sites.walk(walk, ...paths);
    else walkSite(walk, ...paths);
  },
  lumpedSite(walk, wasm, ...paths) {
    if (wasm?.servesLumpedSite(walk.tables) === true) wasm.lumpedSite(walk, ...paths);
    else walkLumpedSite(walk, ...paths);
  },
};

export const walkPaths: Walker<WorkerWalk> = (walk, ...rest) => {
  // TypeScript does not see that a walk and the entry of its name go together.
  (WALKERS[walk.kernel] as Walker<WorkerWalk>)(walk, ...rest);
};

/** What a worker needs of a job; which of its paths are walked is said with each chunk. */
export function workerWalk({ horizons, ...job }: Job): WorkerWalk {
  return { ...job, slots: horizons.map(({ slots }) => slots) };
}

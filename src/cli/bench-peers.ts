/**
 * The peers of `bench --peers`: programs under bench/peers that a user would write instead, built with what the machine
 * has and run in turn. Needs a checkout; what a peer needs and the machine lacks is said, never guessed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '../errors.js';
import { append } from '../numeric/extremes.js';

/** One line that a peer printed: a name and its rate. */
export interface PeerRate {
  readonly peer: string;
  readonly name: string;
  /** Path-slots a second: median, slowest and fastest of five runs. */
  readonly median: number;
  readonly slowest: number;
  readonly fastest: number;
  /** Its own check against the exact means: standard errors at the last horizon and at the worst one. */
  readonly deviation: number;
  readonly largestDeviation: number;
  /** Its E[D_T] over the exact one, less one. */
  readonly relativeError: number;
  /**
   * Whether its mean is right: within 4 standard errors or 0.1 %, for a long run sees the roughness of its tables. If
   * not, its speed means nothing.
   */
  readonly right: boolean;
}

/** What a peer came to beside what was measured just before it. */
export type PeerResult<Beside> = PeerRate & { readonly workload: PeerWorkload; readonly beside: Beside };

export interface SkippedPeer {
  readonly peer: string;
  readonly reason: string;
}

/** What a peer walks, by the name of the workload of `bench`. */
type PeerWorkload = 'W' | 'reference, tasks distributed' | 'solar-site that waits';

interface Peer {
  readonly file: string;
  readonly workload?: PeerWorkload;
  /** What of it is run, where it is run in parts. */
  readonly part?: string;
  /** Programs that must be on the path, with arguments that make them say so. */
  readonly needs: readonly (readonly [program: string, ...args: string[]])[];
  /** Builds into the given folder; none for scripts. */
  readonly build?: (source: string, target: string) => readonly [string, ...string[]];
  readonly run: (source: string, target: string) => readonly [string, ...string[]];
}

const GXX = ['-O3', '-march=native', '-std=c++17', '-fopenmp'];
const cpp = (file: string): Peer => ({
  file,
  needs: [['g++', '--version']],
  build: (source, target) => ['g++', ...GXX, source, '-o', target],
  run: (_, target) => [target],
});
/** The system's own Python, where Debian's numpy is, or the first on the path, where a user's packages are. */
const PYTHONS = ['python3', '/usr/bin/python3'];
const pythonWith = (test: string): string =>
  PYTHONS.find((python) => spawnSync(python, ['-c', test]).status === 0) ?? PYTHONS[0];
const python = (file: string, needs: string, ...args: string[]): Peer => {
  const program = pythonWith(needs);
  return {
    file,
    ...(args.length === 0 ? {} : { part: args.at(-1) ?? '' }),
    needs: [[program, '-c', needs]],
    run: (source) => [program, source, ...args],
  };
};

const cuda = (file: string): Peer => ({
  file,
  needs: [['nvcc', '--version'], ['nvidia-smi']],
  build: (source, target) => ['nvcc', '-O3', '-std=c++17', '-arch=native', source, '-o', target],
  run: (_, target) => [target],
});
/** The peers of a workload other than W: the fastest first. */
const peersOf = (workload: PeerWorkload, name: string): readonly Peer[] =>
  [cuda(`${name}.cu`), cpp(`${name}.cpp`), python(`${name}.py`, 'import numpy')].map((peer) => ({ ...peer, workload }));

/** Paths of peers that are made for a GPU, where there is none. */
const PATHS_WITHOUT_GPU = ['--paths', '2048'];

/** Every peer, the fastest form of each first: what there is no time for is the slow ones. */
function peers(): readonly Peer[] {
  const gpu = spawnSync('nvidia-smi').status === 0;
  const paths = gpu ? [] : PATHS_WITHOUT_GPU;
  const torch = 'import torch; assert torch.cuda.is_available()';
  return [
    cuda('peers_cuda.cu'),
    ...['raw', 'x', 'law', 'thin'].map((mode) => python('peers_cupy.py', 'import cupy', '--mode', mode)),
    ...['x', 'law', 'thin', 'events'].map((mode) => python('peers_torch.py', torch, '--mode', mode)),
    ...['x-rbg', 'law-rbg', 'law', 'thin'].map((mode) =>
      python('peers_jax.py', 'import jax', ...paths, '--mode', mode),
    ),
    python('np_versions.py', 'import numpy', 'thinning slot loop'),
    cpp('naive.cpp'),
    cpp('hand.cpp'),
    cpp('law.cpp'),
    cpp('limit.cpp'),
    { file: 'js_peer.mjs', needs: [], run: (source) => [process.execPath, source] },
    ...peersOf('reference, tasks distributed', 'distributed'),
    ...peersOf('solar-site that waits', 'waiting'),
  ];
}

/** Folder of the peers. @throws {InputError} where this is no checkout */
function peersFolder(): string {
  const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'bench', 'peers');
  if (existsSync(folder)) return folder;
  throw new InputError(
    '--peers: got no folder bench/peers, expected a checkout of the project: the package does not carry the peers',
    '--peers',
  );
}

/** Which peers are run, and for how long. */
export interface PeerChoice {
  /** Words of which a peer's file name must hold one: `cuda`, `jax`; all peers if there are none. */
  readonly only: readonly string[];
  /** How long one peer, or one part of it, may take; what it printed by then counts. */
  readonly patienceSeconds: number;
  /** No peer is begun after so many seconds. */
  readonly budgetSeconds: number;
}

/** Builds and runs the peers, one after the other; `before` is measured before each. */
export async function runPeers<Beside>(
  choice: PeerChoice,
  before: (name: string, workload: PeerWorkload) => Promise<Beside>,
): Promise<{ readonly rates: readonly PeerResult<Beside>[]; readonly skipped: readonly SkippedPeer[] }> {
  const folder = peersFolder();
  const start = performance.now();
  const built = mkdtempSync(join(tmpdir(), 'batterywalk-peers-'));
  const rates: PeerResult<Beside>[] = [];
  const skipped: SkippedPeer[] = [];
  const chosen = peers().filter(
    ({ file }) => choice.only.length === 0 || choice.only.some((word) => file.includes(word)),
  );
  try {
    for (const peer of chosen) {
      const name = peer.part === undefined ? peer.file : `${peer.file} ${peer.part}`;
      const missing = peer.needs.find(([program, ...args]) => spawnSync(program, args).status !== 0);
      if (missing !== undefined) {
        skipped.push({ peer: name, reason: `needs ${missing.join(' ')}` });
        continue;
      }
      if ((performance.now() - start) / 1000 > choice.budgetSeconds) {
        skipped.push({ peer: name, reason: `not begun within ${choice.budgetSeconds} s` });
        continue;
      }
      const { workload = 'W' } = peer;
      const beside = await before(name, workload);
      const source = join(folder, peer.file);
      const target = join(built, peer.file.replace(/\W/g, '_'));
      const run = (command: readonly [string, ...string[]]): Outcome =>
        execute(command, folder, choice.patienceSeconds * 1000);
      const failed = (peer.build === undefined ? undefined : run(peer.build(source, target)))?.failure;
      const outcome = failed === undefined ? run(peer.run(source, target)) : { text: '', failure: failed };
      const found = parseRates(peer.file, outcome.text);
      append(
        rates,
        found.map((rate) => ({ ...rate, workload, beside })),
      );
      if (outcome.failure !== undefined || found.length === 0) {
        skipped.push({ peer: name, reason: outcome.failure ?? 'printed no rate' });
      }
    }
  } finally {
    rmSync(built, { recursive: true, force: true });
  }
  return { rates, skipped };
}

interface Outcome {
  readonly text: string;
  readonly failure?: string;
}

function execute([program, ...args]: readonly [string, ...string[]], cwd: string, timeout: number): Outcome {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, timeout, encoding: 'utf8' });
  if (error !== undefined) return { text: stdout, failure: error.message };
  if (status === 0) return { text: stdout };
  return { text: stdout, failure: stderr.trim().split('\n').at(-1) ?? `status ${status}` };
}

/**
 * Lines such as `cpp hand event-level omp2 P=16384 med 1.3e8 slots/s (min … max …) E[D_T]=743.1 +- 1.9 z=+0.1
 * maxz=-2.1@t=9`.
 */
export function parseRates(peer: string, text: string): PeerRate[] {
  const line =
    /^(?<name>.*?) +P=\S+ +med (?<median>\S+) slots\/s +\(min (?<slowest>\S+) max (?<fastest>[^,]+),.* E\[D_T\]=(?<mean>\S+) \+- (?<error>\S+) z=(?<z>\S+) +maxz=(?<most>[^@]+)@/;
  return text.split('\n').flatMap((row) => {
    const found = line.exec(row)?.groups;
    if (found === undefined) return [];
    const deviation = Number(found.z);
    const off = deviation * Number(found.error);
    const relativeError = off / (Number(found.mean) - off);
    return [
      {
        peer,
        name: found.name,
        median: Number(found.median),
        slowest: Number(found.slowest),
        fastest: Number(found.fastest),
        deviation,
        largestDeviation: Number(found.most),
        relativeError,
        right: Math.abs(deviation) <= 4 || Math.abs(relativeError) <= 1e-3,
      },
    ];
  });
}

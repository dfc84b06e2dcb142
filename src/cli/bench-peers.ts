/**
 * The peers of `bench --peers`: programs under bench/peers that a user would write instead, built with what the machine has and run in turn. Needs a
 * checkout; what a peer needs and the machine lacks is said, never guessed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '../errors.js';

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
}

export interface SkippedPeer {
  readonly peer: string;
  readonly reason: string;
}

interface Peer {
  readonly file: string;
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
/** The system's own Python first: that is where Debian's numpy is. */
const PYTHON = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
const python = (file: string, module: string, ...args: string[]): Peer => ({
  file,
  needs: [[PYTHON, '-c', `import ${module}`]],
  run: (source) => [PYTHON, source, ...args],
});

const PEERS: readonly Peer[] = [
  python('np_versions.py', 'numpy', 'thinning slot loop'),
  cpp('naive.cpp'),
  cpp('hand.cpp'),
  cpp('law.cpp'),
  { file: 'js_peer.mjs', needs: [], run: (source) => [process.execPath, source] },
  {
    file: 'peers_cuda.cu',
    needs: [['nvcc', '--version'], ['nvidia-smi']],
    build: (source, target) => ['nvcc', '-O3', '-std=c++17', '-arch=native', source, '-o', target],
    run: (_, target) => [target],
  },
  python('peers_jax.py', 'jax'),
];

/** How long one peer may take. */
const PATIENCE_MS = 300_000;

/** Folder of the peers. @throws {InputError} where this is no checkout */
function peersFolder(): string {
  const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'bench', 'peers');
  if (existsSync(folder)) return folder;
  throw new InputError(
    '--peers: got no folder bench/peers, expected a checkout of the project: the package does not carry the peers',
    '--peers',
  );
}

/** Builds and runs every peer, one after the other; `between` is called before each. */
export async function runPeers(
  between: (name: string) => Promise<void>,
): Promise<{ readonly rates: readonly PeerRate[]; readonly skipped: readonly SkippedPeer[] }> {
  const folder = peersFolder();
  const built = mkdtempSync(join(tmpdir(), 'batterywalk-peers-'));
  const rates: PeerRate[] = [];
  const skipped: SkippedPeer[] = [];
  try {
    for (const peer of PEERS) {
      const missing = peer.needs.find(([program, ...args]) => spawnSync(program, args).status !== 0);
      if (missing !== undefined) {
        skipped.push({ peer: peer.file, reason: `needs ${missing.join(' ')}` });
        continue;
      }
      await between(peer.file);
      const source = join(folder, peer.file);
      const target = join(built, peer.file.replace(/\W/g, '_'));
      const failed = (peer.build === undefined ? undefined : execute(peer.build(source, target), folder))?.failure;
      const outcome = failed === undefined ? execute(peer.run(source, target), folder) : { text: '', failure: failed };
      const found = parseRates(peer.file, outcome.text);
      rates.push(...found);
      if (found.length === 0) skipped.push({ peer: peer.file, reason: outcome.failure ?? 'printed no rate' });
    }
  } finally {
    rmSync(built, { recursive: true, force: true });
  }
  return { rates, skipped };
}

function execute([program, ...args]: readonly [string, ...string[]], cwd: string): { text: string; failure?: string } {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, timeout: PATIENCE_MS, encoding: 'utf8' });
  if (error !== undefined) return { text: stdout, failure: error.message };
  if (status === 0) return { text: stdout };
  return { text: stdout, failure: stderr.trim().split('\n').at(-1) ?? `status ${status}` };
}

/** Lines such as `cpp hand event-level omp2 P=16384 med 1.3e8 slots/s (min … max …) … z=+0.1 maxz=-2.1@t=9`. */
export function parseRates(peer: string, text: string): PeerRate[] {
  const line =
    /^(?<name>.*?) +P=\S+ +med (?<median>\S+) slots\/s +\(min (?<slowest>\S+) max (?<fastest>[^,]+),.* z=(?<z>\S+) +maxz=(?<most>[^@]+)@/;
  return text.split('\n').flatMap((row) => {
    const found = line.exec(row)?.groups;
    if (found === undefined) return [];
    return [
      {
        peer,
        name: found.name,
        median: Number(found.median),
        slowest: Number(found.slowest),
        fastest: Number(found.fastest),
        deviation: Number(found.z),
        largestDeviation: Number(found.most),
      },
    ];
  });
}

/**
 * `batterywalk bench`: the workload W (preset `benchmark`, T = 4096, 32 log-spaced horizons) whole and its stages
 * alone, on every backend that opens, each speed with the hash of what was counted; with `--peers` beside the programs
 * of bench/peers, run in turn.
 */
import { resolveScenario } from '../fleet/resolve.js';
import { cpus } from 'node:os';
import type { Backend } from '../engine/backend.js';
import type { BackendRequest } from '../engine/open-backend.js';
import { prepareRun, prepareSite } from '../study/plan.js';
import type { PreparedRun } from '../study/plan.js';
import { BatterywalkError } from '../errors.js';
import { append } from '../numeric/extremes.js';
import { benchText } from '../report/bench-text.js';
import type { BenchDeviceStage, BenchDocument, BenchPeer, BenchRate } from '../report/bench-text.js';
import { loadPreset } from '../scenario/presets.js';
import { VERSION } from '../version.js';
import { boundsOf } from './bench-bounds.js';
import { deviceStageRates } from './bench-device-stages.js';
import { HASHED_PATHS, SLOTS, measure } from './bench-measure.js';
import type { Effort, Workload } from './bench-measure.js';
import { runPeers } from './bench-peers.js';
import type { PeerChoice, SkippedPeer } from './bench-peers.js';
import { stageRates } from './bench-stages.js';
import type { CommandContext, CommandSpec } from './context.js';
import { openTold } from './running.js';
import { parseNumber } from '../scenario/values.js';

/** 32 horizons, even on a logarithmic scale, as the peers have them. */
function logHorizons(): number[] {
  const out: number[] = [];
  for (let i = 0; i < 32; i++) out.push(Math.max(Math.floor(SLOTS ** (i / 31) + 0.5), (out.at(-1) ?? 0) + 1));
  return out;
}

const BACKENDS: readonly { readonly name: string; readonly request: BackendRequest }[] = [
  { name: 'webgpu, hardware', request: { backend: 'webgpu', adapter: 'hardware' } },
  { name: 'cpu', request: { backend: 'cpu' } },
  { name: 'webgpu, software', request: { backend: 'webgpu', adapter: 'software' } },
  { name: 'gpujs', request: { backend: 'gpujs' } },
];

/** W by both kernels that it is measured with, whole and in stages. */
interface WorkloadsOfW {
  readonly lumped: PreparedRun;
  readonly tasks: PreparedRun;
}

/** The workloads, the lumped one first. */
function workloads(): { readonly all: readonly Workload[]; readonly w: WorkloadsOfW } {
  const seed = 'bench';
  const w = loadPreset('benchmark');
  const plan = { trials: HASHED_PATHS, horizons: logHorizons(), seed };
  const reference = loadPreset('reference');
  const lumped = prepareRun(resolveScenario(w), plan);
  const tasks = prepareRun(resolveScenario(w), { ...plan, kernel: 'tasks' });
  // A site's path is long and has many rows: fewer are hashed.
  const ofSite = { trials: HASHED_PATHS / 16, horizons: [SLOTS], seed };
  const solar = loadPreset('solar-site');
  const policy = { kind: 'threshold', levelJoules: 20e6, queueLimit: 255 } as const;
  const waiting = { ...solar, routing: { ...solar.routing, policy } };
  const all = [
    { name: 'W, lumped', prepared: lumped },
    { name: 'W, one horizon', prepared: prepareRun(resolveScenario(w), { ...plan, horizons: [SLOTS] }) },
    { name: 'W, tasks', prepared: tasks },
    {
      name: 'reference, tasks distributed',
      prepared: prepareRun(resolveScenario({ ...reference, accounting: 'distributed' }), plan),
    },
    {
      name: 'W as a site with a battery',
      prepared: prepareSite(
        resolveScenario({ ...w, battery: { initialJoules: 0, capacityJoules: 1e6 } }),
        ofSite,
        'lumped',
      ),
    },
    { name: 'solar-site', prepared: prepareSite(resolveScenario(solar), ofSite, 'lumped') },
    { name: 'solar-site, tasks', prepared: prepareSite(resolveScenario(solar), ofSite) },
    { name: 'solar-site that waits', prepared: prepareSite(resolveScenario(waiting), ofSite) },
  ];
  return { all, w: { lumped, tasks } };
}

export const bench: CommandSpec = {
  name: 'bench',
  describe: 'measure: the workload W and its stages on every backend; --peers beside other programs',
  applies: ['backend', 'adapter', 'json', 'out'],
  examples: ['bench --backend cpu', 'bench --seconds 5 --repeats 9 --out results', 'bench --peers cpp,np_versions'],
  configure(command) {
    command.option(
      '--peers [NAMES]',
      'build and run the programs of bench/peers in turn: all, or cuda,torch (from a checkout)',
    );
    command.option('--peer-seconds <S>', 'how long one peer may take (default: 300)');
    command.option('--peers-budget <S>', 'no peer is begun after so many seconds (default: 3600)');
    command.option('--seconds <S>', 'wall time of each timed run, about (default: 1)');
    command.option('--repeats <N>', 'timed runs of each (default: 5)');
  },
  async run(context) {
    const seconds = parseNumber('--seconds', context.text('seconds') ?? '1', 'seconds > 0', (x) => x > 0);
    const wholeRuns = (x: number): boolean => Number.isInteger(x) && x >= 1;
    const positive = (option: string, otherwise: string): number =>
      parseNumber(`--${option}`, context.text(option) ?? otherwise, 'seconds > 0', (x) => x > 0);
    const repeats = parseNumber('--repeats', context.text('repeats') ?? '5', 'a whole number of at least 1', wholeRuns);
    const { all, w } = workloads();
    const rates: BenchRate[] = [];
    const deviceStages: BenchDeviceStage[] = [];
    const unavailable: { name: string; reason: string }[] = [];
    const chosen = BACKENDS.filter(
      ({ request }) =>
        (context.options.backend === 'auto' || context.options.backend === request.backend) &&
        (context.options.adapter === 'auto' ||
          request.backend !== 'webgpu' ||
          context.options.adapter === request.adapter),
    );
    for (const { name, request } of chosen) {
      let backend: Backend | undefined;
      try {
        backend = await openTold(context, request);
        // gpu.js walks lumped jobs only.
        for (const workload of all.filter((w) => request.backend !== 'gpujs' || w.prepared.job.kernel === 'lumped')) {
          context.progress.report({
            label: `${name}: ${workload.name}`,
            done: rates.length,
            total: all.length * chosen.length,
            rate: 0,
            etaSeconds: NaN,
          });
          rates.push(await measure(name, backend, workload, { seconds, repeats }));
          context.offer(`stopped: ${rates.length} speeds were measured and are reported`, () => {
            const document = documentOf(all, { rates, stages: [], deviceStages, unavailable, peers: undefined });
            return { document, text: benchText(document) };
          });
          if (context.signal.aborted) break;
        }
        if (request.backend === 'webgpu' && !context.signal.aborted) {
          const job = all.map((w) => w.prepared.job).find((each) => each.kernel === 'tasks');
          const { adapter = 'auto' } = request;
          if (job !== undefined) append(deviceStages, await deviceStageRates(name, adapter, job, { seconds, repeats }));
        }
      } catch (error) {
        if (!(error instanceof BatterywalkError)) throw error;
        unavailable.push({ name, reason: error.message });
      } finally {
        await backend?.release();
      }
    }
    context.stage('stages on the host');
    const stages = stageRates(w.lumped, w.tasks, seconds, repeats);
    const named = context.own['peers'];
    const first = chosen.find(({ name }) => rates.some((rate) => rate.backend === name));
    const peers =
      named !== undefined && first !== undefined && !context.signal.aborted
        ? await besidePeers(
            context,
            first,
            all,
            {
              only: typeof named === 'string' ? named.split(',') : [],
              patienceSeconds: positive('peer-seconds', '300'),
              budgetSeconds: positive('peers-budget', '3600'),
            },
            { seconds, repeats: Math.min(3, repeats) },
            (peer) => {
              context.remark(`peer: ${peer}`);
            },
          )
        : undefined;
    const document = documentOf(all, { rates, stages, deviceStages, unavailable, peers });
    context.save('bench.json', `${JSON.stringify(document, null, 2)}\n`);
    if (context.options.json) context.printJson(document);
    else context.print(benchText(document));
    return document.agree ? 0 : 1;
  },
};

interface Measured {
  readonly rates: readonly BenchRate[];
  readonly stages: BenchDocument['stages'];
  readonly deviceStages: readonly BenchDeviceStage[];
  readonly unavailable: BenchDocument['unavailable'];
  readonly peers: { readonly rates: readonly BenchPeer[]; readonly skipped: readonly SkippedPeer[] } | undefined;
}

/** What is printed of what was measured. Speeds agree where the partials of each workload do. */
function documentOf(
  workloads: readonly Workload[],
  { rates, stages, deviceStages, unavailable, peers }: Measured,
): BenchDocument {
  const [cpu] = cpus();
  const hashes = new Map<string, Set<string>>();
  for (const { workload, partialsSha256 } of rates) {
    hashes.set(workload, (hashes.get(workload) ?? new Set()).add(partialsSha256));
  }
  return {
    schemaVersion: 1,
    version: VERSION,
    date: new Date().toISOString().slice(0, 10),
    machine: {
      cpu: cpu.model.trim(),
      threads: cpus().length,
      node: process.version,
      platform: process.platform,
      architecture: process.arch,
    },
    workload: { preset: 'benchmark', slots: SLOTS, horizons: logHorizons().length, hashedPaths: HASHED_PATHS },
    rates,
    stages,
    deviceStages,
    bounds: boundsOf(workloads, { rates, stages, deviceStages }),
    unavailable,
    agree: deviceStages.every((stage) => stage.agree) && [...hashes.values()].every(({ size }) => size <= 1),
    ...(peers === undefined ? {} : { peers: peers.rates, skippedPeers: peers.skipped }),
  };
}

/** Runs the peers, before each of them what it walks on one backend, so that a ratio is between neighbours in time. */
async function besidePeers(
  context: CommandContext,
  { name, request }: (typeof BACKENDS)[number],
  all: readonly Workload[],
  choice: PeerChoice,
  effort: Effort,
  remark: (peer: string) => void,
): Promise<{ readonly rates: readonly BenchPeer[]; readonly skipped: readonly SkippedPeer[] }> {
  const backend = await openTold(context, request);
  const speed = async (workload: string): Promise<number> => {
    const found = all.find((w) => w.name === workload && (name !== 'gpujs' || w.prepared.job.kernel === 'lumped'));
    return found === undefined ? NaN : (await measure(name, backend, found, effort)).median;
  };
  try {
    return await runPeers(choice, async (peer, workload) => {
      remark(peer);
      if (workload !== 'W') return { backend: name, same: await speed(workload) };
      return { backend: name, lumped: await speed('W, lumped'), tasks: await speed('W, tasks') };
    });
  } finally {
    await backend.release();
  }
}

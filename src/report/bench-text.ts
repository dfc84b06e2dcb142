/** What `bench` measured: its JSON document and its tables. Speeds are quoted as ratios to a peer of the same run. */
import type { Backend } from '../engine/backend.js';
import { formatTable } from './table.js';

export interface Rate {
  /** In the stage's unit: median, slowest and fastest of the timed runs. */
  readonly median: number;
  readonly slowest: number;
  readonly fastest: number;
}

/** One workload on one backend, path-slots a second. */
export interface BenchRate extends Rate {
  readonly backend: string;
  readonly adapter: Backend['adapter'];
  readonly workload: string;
  /** Paths of a timed run. */
  readonly paths: number;
  /** By the device's own clock, where it has one: path-slots a second of the walk alone, and deficits a second of the reduction alone. */
  readonly deviceClock?: { readonly walk: Rate; readonly reduction: Rate };
  /** Of a fixed number of paths: equal on every backend, or the speed means nothing. */
  readonly partialsSha256: string;
}

/** A stage alone on a device. */
export interface BenchDeviceStage extends Rate {
  readonly backend: string;
  readonly stage: string;
  readonly unit: string;
  /** The same by the device's own clock, where it has one. */
  readonly deviceClock?: Rate;
  /** Its sums were those of the processor. */
  readonly agree: boolean;
}

/** A program of bench/peers, path-slots a second, beside W on one backend just before it. */
export interface BenchPeer extends Rate {
  readonly peer: string;
  readonly name: string;
  /** Standard errors between its means and the exact ones, at the last horizon and at the worst one. */
  readonly deviation: number;
  readonly largestDeviation: number;
  readonly relativeError: number;
  /** Whether its mean is right; a ratio to a wrong program is not given. */
  readonly right: boolean;
  readonly beside: { readonly backend: string; readonly lumped: number; readonly tasks: number };
}

export interface BenchDocument {
  readonly schemaVersion: 1;
  readonly version: string;
  /** ISO 8601 day. */
  readonly date: string;
  readonly machine: {
    readonly cpu: string;
    readonly threads: number;
    readonly node: string;
    readonly platform: string;
    readonly architecture: string;
  };
  readonly workload: {
    readonly preset: string;
    readonly slots: number;
    readonly horizons: number;
    readonly hashedPaths: number;
  };
  readonly rates: readonly BenchRate[];
  readonly stages: readonly (Rate & { readonly stage: string; readonly unit: string })[];
  readonly deviceStages: readonly BenchDeviceStage[];
  readonly unavailable: readonly { readonly name: string; readonly reason: string }[];
  /** All backends counted the same integers. */
  readonly agree: boolean;
  readonly peers?: readonly BenchPeer[];
  readonly skippedPeers?: readonly { readonly peer: string; readonly reason: string }[];
}

const speed = (x: number): string => x.toExponential(2);
/** `±` half of what lies between the slowest and the fastest run. */
const scatter = ({ median, slowest, fastest }: Rate): string =>
  `± ${((50 * (fastest - slowest)) / median).toFixed(0)} %`;

/** The tables of `bench`. */
export function benchText(document: BenchDocument): string {
  const { machine, rates, stages, deviceStages, peers = [], skippedPeers = [], unavailable, agree } = document;
  const parts = [
    `${machine.cpu}, ${machine.threads} threads, Node ${machine.node}, ${document.date}`,
    formatTable(
      [
        { header: 'backend', align: 'left' },
        { header: 'workload', align: 'left' },
        { header: 'path-slots/s' },
        { header: '' },
        { header: 'paths' },
        { header: 'partials', align: 'left' },
      ],
      rates.map((r) => [
        r.backend,
        r.workload,
        speed(r.median),
        scatter(r),
        String(r.paths),
        r.partialsSha256.slice(0, 12),
      ]),
    ),
    agree
      ? 'Every backend counted the same integers.\n'
      : 'REFUSED: the backends counted different integers; these speeds mean nothing.\n',
    formatTable(
      [
        { header: 'stage, one thread', align: 'left' },
        { header: 'rate' },
        { header: '' },
        { header: 'unit', align: 'left' },
      ],
      stages.map((s) => [s.stage, speed(s.median), scatter(s), s.unit]),
    ),
  ];
  if (deviceStages.length > 0) {
    parts.push(
      formatTable(
        [
          { header: 'stage on a device', align: 'left' },
          { header: 'backend', align: 'left' },
          { header: 'rate' },
          { header: '' },
          { header: "by the device's clock" },
          { header: 'unit', align: 'left' },
        ],
        deviceStages.map((s) => [
          s.stage,
          s.backend,
          s.agree ? speed(s.median) : 'WRONG SUMS',
          scatter(s),
          s.deviceClock === undefined ? '' : speed(s.deviceClock.median),
          s.unit,
        ]),
      ),
    );
  }
  const clocked = rates.flatMap((r) => (r.deviceClock === undefined ? [] : [{ ...r, clock: r.deviceClock }]));
  if (clocked.length > 0) {
    parts.push(
      formatTable(
        [
          { header: "by the device's clock", align: 'left' },
          { header: 'workload', align: 'left' },
          { header: 'walk, path-slots/s' },
          { header: 'reduction, deficits/s' },
        ],
        clocked.map((r) => [r.backend, r.workload, speed(r.clock.walk.median), speed(r.clock.reduction.median)]),
      ),
    );
  }
  if (peers.length > 0) {
    const ratio = (ours: number, { median, right }: BenchPeer): string =>
      !right ? 'WRONG MEAN' : Number.isFinite(ours) ? `${(ours / median).toPrecision(3)} ×` : '';
    parts.push(
      formatTable(
        [
          { header: 'peer', align: 'left' },
          { header: 'path-slots/s' },
          { header: '' },
          { header: `W lumped on ${peers[0].beside.backend} is` },
          { header: 'tasks are' },
        ],
        peers.map((p) => [
          p.name,
          speed(p.median),
          scatter(p),
          ratio(p.beside.lumped, p),
          p.right ? ratio(p.beside.tasks, p) : '',
        ]),
      ),
    );
  }
  for (const { peer, reason } of skippedPeers) parts.push(`skipped ${peer}: ${reason}\n`);
  for (const { name, reason } of unavailable) parts.push(`${name}: not available. ${reason}\n`);
  return parts.join('\n');
}

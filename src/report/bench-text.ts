/** What `bench` measured: its JSON document and its tables. Speeds are quoted as ratios to a peer of the same run. */
import type { Backend } from '../engine/backend.js';
import { column, left, tableOf, tableText } from './table-model.js';
import type { Column, Table } from './table-model.js';

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
  /**
   * By the device's own clock, where it has one: path-slots a second of the walk alone, and deficits a second of the
   * reduction alone.
   */
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

/** What a speed is bound by where words are drawn one after the other, and how near it is. */
export interface BenchBound {
  readonly backend: string;
  readonly workload: string;
  /** Words drawn in a slot on average, by its tables. */
  readonly words: number;
  /** Slots of profiles that are added in a slot on average. */
  readonly serviceSlots: number;
  /** Path-slots a second if words alone took time, as they were timed on the backend. */
  readonly pathSlotsPerSecond: number;
  /** The measured speed over that. */
  readonly reached: number;
}

/** A program of bench/peers, path-slots a second, beside what it walks on one backend just before it. */
export interface BenchPeer extends Rate {
  /** `W`, or the name of another workload. */
  readonly workload: string;
  readonly peer: string;
  readonly name: string;
  /** Standard errors between its means and the exact ones, at the last horizon and at the worst one. */
  readonly deviation: number;
  readonly largestDeviation: number;
  readonly relativeError: number;
  /** Whether its mean is right; a ratio to a wrong program is not given. */
  readonly right: boolean;
  /** W by either kernel, or the other workload: `same`. */
  readonly beside: {
    readonly backend: string;
    readonly lumped?: number;
    readonly tasks?: number;
    readonly same?: number;
  };
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
  readonly bounds: readonly BenchBound[];
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

/** How fast something was, and how far its runs lie apart. */
const rate = <R extends Rate>(header: string): readonly Column<R>[] => [
  column(header, ({ median }) => speed(median)),
  column('spread', scatter),
];

/** Every backend's speed, by workload. */
const ratesTable = (rates: readonly BenchRate[]): Table =>
  tableOf(rates, {
    caption: 'Speed of each backend',
    columns: [
      left('backend', (r) => r.backend),
      left('workload', (r) => r.workload),
      rate('path-slots/s'),
      column('paths', (r) => String(r.paths)),
      left('partials', (r) => r.partialsSha256.slice(0, 12)),
    ],
  });

const stagesTable = (stages: BenchDocument['stages']): Table =>
  tableOf(stages, {
    caption: 'Stages on one thread',
    columns: [left('stage, one thread', (s) => s.stage), rate('rate'), left('unit', (s) => s.unit)],
  });

const deviceTable = (stages: readonly BenchDeviceStage[]): Table =>
  tableOf(stages, {
    caption: 'Stages alone on a device',
    columns: [
      left('stage on a device', (s) => s.stage),
      left('backend', (s) => s.backend),
      column('rate', (s) => (s.agree ? speed(s.median) : 'WRONG SUMS')),
      column('spread', scatter),
      column("by the device's clock", ({ deviceClock }) =>
        deviceClock === undefined ? '' : speed(deviceClock.median),
      ),
      left('unit', (s) => s.unit),
    ],
  });

const clockTable = (rates: readonly BenchRate[]): Table =>
  tableOf(
    rates.flatMap((r) => (r.deviceClock === undefined ? [] : [{ ...r, clock: r.deviceClock }])),
    {
      caption: 'Walk and reduction by the clock of the device',
      columns: [
        left("by the device's clock", (r) => r.backend),
        left('workload', (r) => r.workload),
        column('walk, path-slots/s', ({ clock }) => speed(clock.walk.median)),
        column('reduction, deficits/s', ({ clock }) => speed(clock.reduction.median)),
      ],
    },
  );

const boundsTable = (bounds: readonly BenchBound[]): Table =>
  tableOf(bounds, {
    caption: 'What speeds are bound by',
    columns: [
      left('bound by words alone', (b) => b.backend),
      left('workload', (b) => b.workload),
      column('words a slot', (b) => b.words.toPrecision(3)),
      column('service slots added', (b) => (b.serviceSlots > 0 ? b.serviceSlots.toPrecision(3) : '')),
      column('bound, path-slots/s', (b) => speed(b.pathSlotsPerSecond)),
      column('reached', (b) => `${(100 * b.reached).toPrecision(2)} %`),
    ],
  });

/** How many times as fast as a peer; nothing beside a wrong one. */
function timesPeer(ours: number | undefined, { median, right }: BenchPeer): string {
  if (!right) return 'WRONG MEAN';
  return ours !== undefined && Number.isFinite(ours) ? `${(ours / median).toPrecision(3)} ×` : '';
}

const peersTable = (peers: readonly BenchPeer[]): Table =>
  tableOf(
    peers.filter(({ workload }) => workload === 'W'),
    {
      caption: 'Peers of the same run',
      columns: [
        left('peer', (p) => p.name),
        rate('path-slots/s'),
        column(`W lumped on ${peers.at(0)?.beside.backend ?? ''} is`, (p) => timesPeer(p.beside.lumped, p)),
        column('tasks are', (p) => (p.right ? timesPeer(p.beside.tasks, p) : '')),
      ],
    },
  );

const otherPeersTable = (peers: readonly BenchPeer[]): Table =>
  tableOf(
    peers.filter(({ workload }) => workload !== 'W'),
    {
      caption: 'Peers of other workloads',
      columns: [
        left('peer', (p) => p.name),
        left('workload', (p) => p.workload),
        rate('path-slots/s'),
        column(`${peers.at(0)?.beside.backend ?? ''} is`, (p) => timesPeer(p.beside.same, p)),
      ],
    },
  );

/** The tables of `bench`. */
export function benchText(document: BenchDocument): string {
  const { machine, rates, stages, deviceStages, bounds, peers = [], skippedPeers = [], unavailable, agree } = document;
  const further = [
    boundsTable(bounds),
    deviceTable(deviceStages),
    clockTable(rates),
    peersTable(peers),
    otherPeersTable(peers),
  ];
  return [
    `${machine.cpu}, ${machine.threads} threads, Node ${machine.node}, ${document.date}`,
    tableText(ratesTable(rates)),
    agree
      ? 'Every backend counted the same integers.\n'
      : 'REFUSED: the backends counted different integers; these speeds mean nothing.\n',
    tableText(stagesTable(stages)),
    ...further.filter(({ rows }) => rows.length > 0).map(tableText),
    ...skippedPeers.map(({ peer, reason }) => `skipped ${peer}: ${reason}\n`),
    ...unavailable.map(({ name, reason }) => `${name}: not available. ${reason}\n`),
  ].join('\n');
}

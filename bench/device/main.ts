/**
 * Measures one GPU: says what machine it is, holds every kernel against the processor, then times the workload W and,
 * in turn with it, the peers that the machine can run, and writes one JSON file. What is missing is said in the file.
 * `--adapter software` proves the program itself where there is no GPU.
 *
 * Exit status: 0 all well, 1 the integers differ (no speed is then measured), 3 no adapter.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { host } from '#host';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { createWebGpuBackend } from '../../src/engine/webgpu/backend.js';
import { BatterywalkError } from '../../src/errors.js';
import { VERSION } from '../../src/version.js';
import { parityCases, runParity } from './parity.js';
import type { BenchDocument } from '../../src/report/bench-text.js';
import type { DeviceForm, ParityResult } from './parity.js';

const { values } = parseArgs({
  options: {
    adapter: { type: 'string', default: 'hardware' },
    /** Paths of each parity case. */
    paths: { type: 'string' },
    /** Wall time of a timed run, and how many there are. */
    seconds: { type: 'string', default: '1' },
    repeats: { type: 'string', default: '5' },
    /** Which peers; `none` for none. */
    peers: { type: 'string', default: 'cuda,cupy,torch,jax' },
    'peer-seconds': { type: 'string', default: '60' },
    /** Seconds for all: no peer is begun when they are nearly over. */
    budget: { type: 'string', default: '420' },
    out: { type: 'string' },
  },
});
const software = values.adapter === 'software';
const cli = join(dirname(fileURLToPath(import.meta.url)), 'cli.js');
const start = performance.now();
const elapsed = (): number => (performance.now() - start) / 1000;

/** What a program prints, or why it does not. */
function ask(program: string, ...args: string[]): string {
  const { status, stdout, error } = spawnSync(program, args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : `not there (${error?.message ?? `status ${String(status)}`})`;
}

/** One command of batterywalk, its JSON document. */
function batterywalk(...args: string[]): { readonly document?: unknown; readonly failure?: string } {
  const { status, stdout } = spawnSync(process.execPath, [cli, ...args, '--json'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    return { document: JSON.parse(stdout) as unknown };
  } catch {
    return { failure: `batterywalk ${args[0]}: status ${String(status)}, no document` };
  }
}

const say = (text: string): void => {
  console.error(`${elapsed().toFixed(1).padStart(6)} s  ${text}`);
};

const PYTHON_MODULES = `import importlib, sys
print(sys.version.split()[0])
for name in ('numpy', 'torch', 'jax', 'cupy'):
    try: print(name, importlib.import_module(name).__version__)
    except Exception as e: print(name, 'not there:', type(e).__name__)`;

async function main(): Promise<number> {
  const machine = {
    cpu: cpus()[0].model.trim(),
    threads: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    gpu: ask(
      'nvidia-smi',
      '--query-gpu=name,driver_version,memory.total,clocks.max.sm,clocks.max.memory',
      '--format=csv',
    ),
    nvcc: ask('nvcc', '--version').split('\n').at(-1),
    python: ask('python3', '-c', PYTHON_MODULES),
  };
  say(`${machine.cpu}, ${machine.threads} threads; ${machine.gpu.split('\n').at(-1) ?? ''}`);
  const forms: DeviceForm[] = [];
  let adapter: unknown;
  try {
    for (const [columns, tasks] of [
      ['workgroup', 'by round'],
      ['storage', 'by slot'],
    ] as const) {
      const handle = await host.requestAdapter(software ? 'software' : 'hardware');
      adapter = handle.info;
      const all = !software || columns === 'storage';
      forms.push({ columns, backend: await createWebGpuBackend(handle, { columns, tasks }), all });
    }
  } catch (error) {
    if (!(error instanceof BatterywalkError)) throw error;
    say(error.message);
    return 3;
  }
  say(`adapter: ${JSON.stringify(adapter)}`);
  const cpu = createCpuBackend(host);
  let parity: readonly ParityResult[];
  try {
    const paths = Number(values.paths ?? (software ? 1000 : 100_000));
    parity = await runParity(parityCases(paths), cpu, forms, ({ name, columns, agree, failure }) => {
      say(
        `${agree ? 'equal ' : 'DIFFER'}  ${name} (columns in ${columns})${failure === undefined ? '' : `: ${failure}`}`,
      );
    });
  } finally {
    await Promise.all([cpu, ...forms.map(({ backend }) => backend)].map((backend) => backend.release()));
  }
  const agree = parity.every((result) => result.agree);
  say(agree ? `all ${parity.length} parity cases equal` : 'THE INTEGERS DIFFER: no speed is measured');
  const doctor = batterywalk('doctor');
  const spent = elapsed();
  const budget = Math.max(1, Number(values.budget) - spent - 2 * Number(values['peer-seconds']));
  const peers = values.peers === 'none' ? [] : ['--peers', values.peers, '--peers-budget', String(Math.round(budget))];
  const bench = agree
    ? batterywalk(
        'bench',
        ...[
          '--backend',
          'webgpu',
          '--adapter',
          values.adapter,
          '--seconds',
          values.seconds,
          '--repeats',
          values.repeats,
        ],
        ...[...peers, '--peer-seconds', values['peer-seconds']],
      )
    : { failure: 'not run: the integers differ' };
  const result = {
    schemaVersion: 1,
    version: VERSION,
    date: new Date().toISOString(),
    machine,
    adapter,
    parity: { agree, cases: parity },
    doctor,
    bench,
    elapsedSeconds: elapsed(),
  };
  const name = machine.gpu.split('\n').at(-1)?.split(',')[0] ?? '';
  const device = (software ? 'software adapter' : name).toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const file = values.out ?? join('results', `${result.date.slice(0, 10)}-${device}.json`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  say(`written: ${file}`);
  console.log(summary(bench.document) ?? bench.failure ?? '');
  return agree ? 0 : 1;
}

/** The lines that matter of the bench's document. */
function summary(document: unknown): string | undefined {
  if (document === undefined) return undefined;
  const { rates, peers = [], skippedPeers = [] } = document as BenchDocument;
  const lines = rates.map(
    (r) =>
      `${r.workload.padEnd(30)} ${r.median.toExponential(3)} path-slots/s` +
      (r.deviceClock === undefined
        ? ''
        : `  (walk by the device's clock ${r.deviceClock.walk.median.toExponential(3)})`),
  );
  for (const p of peers) {
    const speeds = Object.entries(p.beside).filter((each): each is [string, number] => typeof each[1] === 'number');
    const ratios = speeds.map(([name, rate]) => `${name} ${(rate / p.median).toPrecision(3)} x`).join(', ');
    lines.push(`${p.name.padEnd(30)} ${p.median.toExponential(3)} path-slots/s  ${p.right ? ratios : 'WRONG MEAN'}`);
  }
  for (const { peer, reason } of skippedPeers) lines.push(`skipped ${peer}: ${reason}`);
  return lines.join('\n');
}

process.exitCode = await main();

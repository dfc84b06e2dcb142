/**
 * SIGINT and SIGTERM at random moments of every command that works for a while. Whatever the moment: the process ends,
 * with the status of a stop or of its work done; what it prints is whole, and so is each file that it leaves. A sweep
 * and a run that are stopped again and again end with the bits of one go. Times are printed, not judged.
 */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LIGHT } from './light.js';
import { runSignalled } from './signalled.js';
import type { Ended } from './signalled.js';

const SEED = process.env['BATTERYWALK_SIGNALS_SEED'] ?? 'signals';
const ROUNDS = 6;
/** Seconds of processors within which a signal comes: to start, a command needs a third of one. */
const MOST_SECONDS = 2.5;
/** Seconds after which a process hangs. */
const HANG = 120;
const LANES = 2;

/** A number in [0, 1) that belongs to these words. */
function drawn(...words: readonly (string | number)[]): number {
  return (
    createHash('sha256')
      .update([SEED, ...words].join(' '))
      .digest()
      .readUInt32LE() /
    2 ** 32
  );
}

const folder = mkdtempSync(join(tmpdir(), 'batterywalk-random-signals-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const CPU = ['--backend', 'cpu'];
const LONG = [...CPU, '--slots', '256', '--trials', '1e9'];
/** A run and a sweep that end, after some stops. */
const RUN = ['run', 'light.json', ...CPU, '--slots', '256', '--trials', '4e6', '--json'];
const SWEEP = ['sweep', 'sweep.json', ...CPU, '--json'];
const SWEPT = {
  ...{ schemaVersion: 1, base: LIGHT, trials: 200_000, horizons: [64, 1024], exact: 'law', shardPathSlots: 2e7 },
  axes: { 'harvest.mean.timesDemand': [1, 1.02, 1.05] },
};

/** Command lines by their names; each is run with a folder of its own for `--out`. */
const COMMANDS: readonly (readonly [name: string, args: (out: string) => readonly string[]])[] = [
  ['run', () => ['run', 'light.json', ...LONG, '--json']],
  ['run --out', (out) => ['run', 'light.json', ...LONG, '--out', out, '--json']],
  ['run again', () => [...RUN, '--out', 'run-again']],
  ['run --until', () => ['run', 'light.json', ...CPU, '--slots', '256', '--until', '0.01%', '--json']],
  ['run --dry-run', () => ['run', 'light.json', ...LONG, '--dry-run', '--json']],
  ['validate', (out) => ['validate', 'light.json', ...LONG, '--out', out, '--json']],
  ['validate laws', () => ['validate', 'reference', ...CPU, '--slots', '65536', '--trials', '200', '--json']],
  ['validate small', (out) => ['validate', ...CPU, '--slots', '64', '--trials', '2000', '--out', out, '--json']],
  ['sweep again', () => [...SWEEP, '--out', 'sweep-again']],
  ['sweep', (out) => [...SWEEP, '--out', out, '--plot']],
  ['sweep --dry-run', () => [...SWEEP, '--dry-run']],
  ['merge', (out) => ['merge', out, '--json']],
  ['compare', () => ['compare', 'solar-site', ...CPU, '--slots', '1d', '--trials', '1e8', '--json']],
  [
    'compare --from',
    (out) => [
      'compare',
      'solar-site',
      ...CPU,
      '--slots',
      '1d',
      '--from',
      '9',
      '--trials',
      '1e8',
      '--json',
      '--out',
      out,
    ],
  ],
  ['design', () => ['design', 'light.json', '--risk', '1e-6', '--vary', 'harvest.mean.timesDemand', ...LONG, '--json']],
  ['tail', () => ['tail', ...CPU, '--trials', '1e9', '--json']],
  ['prove', (out) => ['prove', ...CPU, '--trials', '1e9', '--out', out, '--json']],
  ['figure', (out) => ['figure', '2', ...CPU, '--trials', '1e7', '--out', out, '--json']],
  ['exact', () => ['exact', '--slots', '1e5', '--json']],
  ['exact site', () => ['exact', 'solar-site', '--slots', '1d', '--json']],
  ['reserve', () => ['reserve', 'light.json', ...LONG, '--risk', '0.1,1e-7', '--json']],
  ['doctor', () => ['doctor', '--json']],
  ['bench', () => ['bench', ...CPU, '--seconds', '0.5', '--repeats', '1', '--json']],
];

beforeAll(async () => {
  writeFileSync(join(folder, 'light.json'), JSON.stringify(LIGHT));
  writeFileSync(join(folder, 'sweep.json'), JSON.stringify(SWEPT));
  for (const args of [
    [...SWEEP, '--out', 'sweep-calm'],
    [...RUN, '--out', 'run-calm'],
  ]) {
    const { status, stderr } = await runSignalled(folder, args);
    expect(status, stderr).toBe(0);
  }
});

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** What is wrong with what was printed. */
function printedFaults({ status, stdout, stderr, died }: Ended): string[] {
  const faults: string[] = [];
  if (![0, 130, 143].includes(status)) faults.push(`status ${status}`);
  if (stdout !== '' && !(isJson(stdout) && stdout.endsWith('\n'))) faults.push(`stdout is cut: …${stdout.slice(-200)}`);
  if (status === 0 && stdout === '') faults.push('done, and nothing printed');
  if (stderr !== '' && !stderr.endsWith('\n')) faults.push(`stderr is cut: …${stderr.slice(-200)}`);
  const said = stderr.split('\n').filter((line) => line !== '' && !(line.startsWith('{') && isJson(line)));
  if (said.some((line) => /unexpected|^\s+at /.test(line))) faults.push(`unforeseen: ${said.join(' | ')}`);
  // Before it listens, a process dies of the signal as any other does.
  const isSilent = said.every((line) => !/stopped|finished|kept/.test(line));
  if (status !== 0 && isSilent && !(died && stdout === '')) faults.push(`says of no stop: ${said.join(' | ')}`);
  return faults;
}

/** How each kind of file ends. */
const ENDS: readonly (readonly [name: RegExp, isWhole: (bytes: Buffer) => boolean])[] = [
  [/\.json$/, (bytes) => isJson(bytes.toString())],
  [/\.svg$/, (bytes) => bytes.toString().trimEnd().endsWith('</svg>')],
  [/\.html$/, (bytes) => bytes.toString().trimEnd().endsWith('</html>')],
  [/\.parquet$/, (bytes) => bytes.subarray(0, 4).toString() === 'PAR1' && bytes.subarray(-4).toString() === 'PAR1'],
];

/** Files that are half written; what has a temporary name is none that anybody reads. */
function fileFaults(out: string): string[] {
  if (!existsSync(out)) return [];
  return readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/^\.tmp-|\.tmp$/.test(entry.name))
    .flatMap((entry) => {
      const bytes = readFileSync(join(entry.parentPath, entry.name));
      const kind = ENDS.find(([name]) => name.test(entry.name));
      const isWhole = kind === undefined ? bytes.length > 0 : kind[1](bytes);
      return isWhole ? [] : [`${entry.name} is half written (${bytes.length} bytes)`];
    });
}

interface Signalled extends Ended {
  readonly name: string;
}

/** One command, one signal. */
async function signalled(
  name: string,
  args: (typeof COMMANDS)[number][1],
  round: number,
): Promise<[Signalled, string[]]> {
  const out = `${name.replaceAll(' ', '-')}-${round}`;
  if (name === 'merge') {
    cpSync(join(folder, 'sweep-calm'), join(folder, out), { recursive: true });
    for (const file of ['results.parquet', 'manifest.json']) rmSync(join(folder, out, file));
  }
  const signal = drawn(name, round, 'signal') < 0.5 ? 'SIGINT' : 'SIGTERM';
  const moment = MOST_SECONDS * drawn(name, round, 'moment');
  const given = args(out);
  const ended = await runSignalled(folder, given, signal, ({ used }) => used > moment, HANG);
  const at = given.indexOf('--out');
  const target = name === 'merge' ? out : given[at + 1];
  const faults = [...printedFaults(ended), ...(at < 0 && name !== 'merge' ? [] : fileFaults(join(folder, target)))];
  const where = `${name}, round ${round}, ${signal} after ${moment.toFixed(2)} s`;
  return [{ name, ...ended }, faults.map((fault) => `${where}: ${fault}`)];
}

/** A line a command: how its processes ended, and in what time after the signal. */
function table(all: readonly Signalled[]): string {
  const most = (numbers: readonly number[]): string => Math.max(0, ...numbers).toFixed(2);
  return COMMANDS.map(([name]) => {
    const own = all.filter((one) => one.name === name);
    const count = (holds: (one: Signalled) => boolean): number => own.filter(holds).length;
    const after = own.flatMap((one) => one.after ?? []);
    const ends = `${count(({ status }) => status === 0)} done, ${count(({ died }) => died)} died`;
    const printed = `${count(({ status, stdout }) => status !== 0 && stdout !== '')} stopped with a report`;
    const times = `processor ${most(after.map((a) => a.processor))} s, wall ${most(after.map((a) => a.wall))} s at most`;
    return `${name}: ${own.length} (${ends}, ${printed}), ${times}`;
  }).join('\n');
}

test('a signal at any moment: a clean end, whole reports and whole files, and runs that go on to the same bits', async () => {
  const tasks = Array.from({ length: ROUNDS }, (_, round) =>
    COMMANDS.map(
      ([name, args]) =>
        () =>
          signalled(name, args, round),
    ),
  ).flat();
  const all: Signalled[] = [];
  const faults: string[] = [];
  const lane = async (): Promise<void> => {
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
      const [ended, wrong] = await task();
      all.push(ended);
      faults.push(...wrong);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  const sent = all.filter(({ after }) => after !== undefined).length;
  console.log(`${sent} signals in ${all.length} runs, seed ${SEED}\n${table(all)}`);
  if (faults.length > 0) console.log(faults.join('\n'));
  expect(faults).toEqual([]);
  expect(sent).toBeGreaterThanOrEqual(100);
  for (const [args, name] of [
    [SWEEP, 'sweep'],
    [RUN, 'run'],
  ] as const) {
    const { status, stderr } = await runSignalled(folder, [...args, '--out', `${name}-again`]);
    expect(status, stderr).toBe(0);
    const [calm, again] = [join(folder, `${name}-calm`), join(folder, `${name}-again`)];
    const names = (of: string): string[] =>
      readdirSync(of).filter((file) => !file.startsWith('.') && file !== 'shards');
    expect(names(again).sort()).toEqual(names(calm).sort());
    // Times stand in run.json alone.
    for (const file of names(calm).filter((each) => each !== 'run.json')) {
      expect(readFileSync(join(again, file)).equals(readFileSync(join(calm, file))), file).toBe(true);
    }
  }
});

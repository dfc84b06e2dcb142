/** The options that commands share: how they are declared, checked and completed. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { InputError } from '../errors.js';
import type { SlotLength } from '../scenario/quantities.js';
import { horizonLadder, parseChoice, parseCount, parseHorizons, parseSlots } from '../scenario/values.js';

export const BACKENDS = ['auto', 'webgpu', 'gpujs', 'cpu'] as const;
export const ADAPTERS = ['auto', 'hardware', 'software'] as const;

export interface SharedOptions {
  /** Paths to simulate. */
  readonly trials: number;
  /** T, the last horizon. */
  readonly slots: number;
  /** Checkpoint horizons, strictly ascending, the last of them T. */
  readonly horizons: readonly number[];
  readonly seed: string;
  readonly backend: (typeof BACKENDS)[number];
  readonly adapter: (typeof ADAPTERS)[number];
  /** Threads of the cpu backend; undefined: as many as the processor runs at once. */
  readonly threads: number | undefined;
  /** One JSON document on stdout and nothing else. */
  readonly json: boolean;
  /** The result's rows as CSV on stdout and nothing else. */
  readonly csv: boolean;
  /** Folder for what a command writes. */
  readonly out: string | undefined;
  readonly quiet: boolean;
  readonly debug: boolean;
}

export type SharedName = keyof SharedOptions;

/** What a command takes where the user says nothing. */
export interface SharedDefaults {
  readonly trials: number;
  readonly slots: number;
}

export const DEFAULTS: SharedDefaults = { trials: 1_000_000, slots: 4096 };

export const SHARED_NAMES = [
  ...(['trials', 'slots', 'horizons', 'seed', 'backend', 'adapter', 'threads'] as const),
  ...(['json', 'csv', 'out', 'quiet', 'debug'] as const),
] satisfies readonly SharedName[];

/** All that say how paths are walked. */
export const WALKING = ['trials', 'slots', 'horizons', 'seed', 'backend', 'adapter', 'threads'] as const;

/** More threads than any machine has are a slip. */
const MOST_THREADS = 1024;

/** Flags and descriptions in the order of `--help`. */
function shared(defaults: SharedDefaults): Readonly<Record<SharedName, readonly [string, string]>> {
  return {
    trials: ['--trials <N>', `paths to simulate (default: ${defaults.trials})`],
    slots: ['--slots <T>', `slots to walk, or a time such as 7d (default: ${defaults.slots})`],
    horizons: [
      '--horizons <T1,T2,…>',
      'horizons to report, in slots or times such as 1h,1d, ascending; the last is T (default: a ladder of powers of 4)',
    ],
    seed: ['--seed <TEXT>', 'seed of every draw (default: 1)'],
    backend: ['--backend <NAME>', `${BACKENDS.join(', ')} (default: auto)`],
    adapter: ['--adapter <KIND>', `${ADAPTERS.join(', ')} (default: auto)`],
    threads: ['--threads <N>', 'threads of the cpu backend (default: one for each the processor runs at once)'],
    json: ['--json', 'print one JSON document and nothing else'],
    csv: ['--csv', 'print the rows of the result as CSV, with units in its header, and nothing else'],
    out: ['--out <DIR>', 'folder to write results into'],
    quiet: ['--quiet', 'no progress'],
    debug: ['--debug', 'show the stack of an error'],
  };
}

/** `--help` shows those that apply; the others are read and told to have no meaning, for scripts give them to all. */
export function addSharedOptions(command: Command, defaults: SharedDefaults, applying: readonly SharedName[]): void {
  for (const [name, [flags, description]] of Object.entries(shared(defaults))) {
    command.addOption(new Option(flags, description).hideHelp(!applying.includes(name as SharedName)));
  }
}

/** The options that were given and mean nothing to a command, as they are written. */
export function withoutMeaning(
  raw: Readonly<Record<string, unknown>>,
  applying: readonly SharedName[],
): readonly string[] {
  return Object.keys(shared(DEFAULTS))
    .filter((name) => raw[name] !== undefined && !applying.includes(name as SharedName))
    .map((name) => `--${name}`);
}

/**
 * Checks the raw values of the shared options and fills in the rest.
 *
 * @param slotLength asked for only where a time is to be told in slots.
 * @throws {InputError} naming the option.
 */
export function resolveOptions(
  raw: Readonly<Record<string, unknown>>,
  defaults: SharedDefaults,
  slotLength?: SlotLength,
): SharedOptions {
  const text = (name: string): string | undefined => (typeof raw[name] === 'string' ? raw[name] : undefined);
  const given = <T>(name: string, parse: (option: string, value: string) => T): T | undefined => {
    const value = text(name);
    return value === undefined ? undefined : parse(`--${name}`, value);
  };
  const slots = given('slots', (option, value) => parseSlots(option, value, slotLength));
  const horizons = given('horizons', (option, value) => parseHorizons(option, value, slotLength));
  const last = horizons?.at(-1);
  if (slots !== undefined && last !== undefined && slots !== last) {
    throw new InputError(
      `--horizons: got ${last} as the last horizon and --slots ${slots}, expected the same number (or leave --slots out)`,
      '--horizons',
    );
  }
  if (raw['json'] === true && raw['csv'] === true) {
    throw new InputError('--csv: got it together with --json, expected one of the two', '--csv');
  }
  const total = last ?? slots ?? defaults.slots;
  const backend = given('backend', (option, value) => parseChoice(option, value, BACKENDS)) ?? 'auto';
  return {
    trials: given('trials', parseCount) ?? defaults.trials,
    slots: total,
    horizons: horizons ?? horizonLadder(total),
    seed: given('seed', parseSeed) ?? '1',
    backend,
    adapter: given('adapter', (option, value) => parseChoice(option, value, ADAPTERS)) ?? 'auto',
    threads: given('threads', (option, value) => parseThreads(option, value, backend)),
    json: raw['json'] === true,
    csv: raw['csv'] === true,
    out: given('out', parseFolder),
    quiet: raw['quiet'] === true,
    debug: raw['debug'] === true,
  };
}

function parseThreads(option: string, text: string, backend: SharedOptions['backend']): number {
  if (backend === 'webgpu' || backend === 'gpujs') {
    throw new InputError(`${option}: got it with --backend ${backend}, expected --backend cpu or auto`, option);
  }
  const threads = parseCount(option, text);
  if (threads <= MOST_THREADS) return threads;
  throw new InputError(`${option}: got ${JSON.stringify(text)}, expected at most ${MOST_THREADS}`, option);
}

function parseSeed(option: string, text: string): string {
  if (text === '') throw new InputError(`${option}: got an empty text, expected a seed such as 1 or "monday"`, option);
  return text;
}

function parseFolder(option: string, text: string): string {
  if (text === '') throw new InputError(`${option}: got an empty text, expected the name of a folder`, option);
  return text;
}

/** The options that all commands share (contract: "Shared options"): how they are declared, checked and completed. */
import type { Command } from 'commander';
import { InputError } from '../errors.js';
import { horizonLadder, parseChoice, parseCount, parseHorizons } from '../scenario/values.js';

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
  /** One JSON document on stdout and nothing else. */
  readonly json: boolean;
  /** Folder for what a command writes. */
  readonly out: string | undefined;
  readonly quiet: boolean;
  readonly debug: boolean;
}

/** What a command takes where the user says nothing. */
export interface SharedDefaults {
  readonly trials: number;
  readonly slots: number;
}

export const DEFAULTS: SharedDefaults = { trials: 1_000_000, slots: 4096 };

/** Declares the shared options; values stay text until `resolveOptions`, so that every message is ours. */
export function addSharedOptions(command: Command, defaults: SharedDefaults): void {
  command
    .option('--trials <N>', `paths to simulate (default: ${defaults.trials})`)
    .option('--slots <T>', `slots to walk (default: ${defaults.slots})`)
    .option('--horizons <T1,T2,…>', 'horizons to report, ascending; the last is T (default: a ladder of powers of 4)')
    .option('--seed <TEXT>', 'seed of every draw (default: 1)')
    .option('--backend <NAME>', `${BACKENDS.join(', ')} (default: auto)`)
    .option('--adapter <KIND>', `${ADAPTERS.join(', ')} (default: auto)`)
    .option('--json', 'print one JSON document and nothing else')
    .option('--out <DIR>', 'folder to write results into')
    .option('--quiet', 'no progress')
    .option('--debug', 'show the stack of an error');
}

/** Checks the raw values of the shared options and fills in the rest. @throws {InputError} naming the option. */
export function resolveOptions(raw: Readonly<Record<string, unknown>>, defaults: SharedDefaults): SharedOptions {
  const text = (name: string): string | undefined => (typeof raw[name] === 'string' ? raw[name] : undefined);
  const given = <T>(name: string, parse: (option: string, value: string) => T): T | undefined => {
    const value = text(name);
    return value === undefined ? undefined : parse(`--${name}`, value);
  };
  const slots = given('slots', parseCount);
  const horizons = given('horizons', parseHorizons);
  const last = horizons?.at(-1);
  if (slots !== undefined && last !== undefined && slots !== last) {
    throw new InputError(
      `--horizons: got ${last} as the last horizon and --slots ${slots}, expected the same number (or leave --slots out)`,
      '--horizons',
    );
  }
  const total = last ?? slots ?? defaults.slots;
  return {
    trials: given('trials', parseCount) ?? defaults.trials,
    slots: total,
    horizons: horizons ?? horizonLadder(total),
    seed: given('seed', parseSeed) ?? '1',
    backend: given('backend', (option, value) => parseChoice(option, value, BACKENDS)) ?? 'auto',
    adapter: given('adapter', (option, value) => parseChoice(option, value, ADAPTERS)) ?? 'auto',
    json: raw.json === true,
    out: given('out', parseFolder),
    quiet: raw.quiet === true,
    debug: raw.debug === true,
  };
}

function parseSeed(option: string, text: string): string {
  if (text === '') throw new InputError(`${option}: got an empty text, expected a seed such as 1 or "monday"`, option);
  return text;
}

function parseFolder(option: string, text: string): string {
  if (text === '') throw new InputError(`${option}: got an empty text, expected the name of a folder`, option);
  return text;
}

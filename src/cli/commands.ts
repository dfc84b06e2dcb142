/**
 * The commands of the command line, in the order of `--help`. A command is one file and one line here; its file, with
 * all that it needs, is read when the command is asked for.
 */
import type { CommandSpec } from './context.js';

const COMMANDS: Readonly<Record<string, () => Promise<CommandSpec>>> = {
  validate: async () => (await import('./validate.js')).validate,
  run: async () => (await import('./run.js')).runCommand,
  exact: async () => (await import('./exact.js')).exact,
  tasks: async () => (await import('./tasks.js')).tasks,
  reserve: async () => (await import('./reserve.js')).reserve,
  tail: async () => (await import('./tail.js')).tail,
  prove: async () => (await import('./prove.js')).prove,
  figure: async () => (await import('./figure.js')).figure,
  compare: async () => (await import('./compare.js')).compare,
  design: async () => (await import('./design.js')).design,
  sweep: async () => (await import('./sweep.js')).sweep,
  merge: async () => (await import('./merge.js')).merge,
  worker: async () => (await import('./worker.js')).worker,
  bench: async () => (await import('./bench.js')).bench,
  fit: async () => (await import('./fit.js')).fit,
  inspect: async () => (await import('./inspect.js')).inspect,
  serve: async () => (await import('./serve.js')).serve,
  presets: async () => (await import('./presets.js')).presets,
  preset: async () => (await import('./presets.js')).preset,
  doctor: async () => (await import('./doctor.js')).doctor,
  completion: async () => (await import('./completion.js')).completion,
};

/** Tells of every command, as help does. */
const OF_ALL = 'completion';

/** All commands. */
export const allCommands = (): Promise<CommandSpec[]> => Promise.all(Object.values(COMMANDS).map((load) => load()));

/** What a command line needs to be understood: the command that it begins with; all where it begins with none. */
export async function commandsFor(argv: readonly string[]): Promise<readonly CommandSpec[]> {
  const name = argv.at(0);
  if (name === '--version') return [];
  if (name === undefined || name === OF_ALL || !Object.hasOwn(COMMANDS, name)) return allCommands();
  return [await COMMANDS[name]()];
}

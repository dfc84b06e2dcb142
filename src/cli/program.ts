/** The command line as a function: arguments in, text to two sinks, exit status out. It ends no process and reads no globals. */
import { Command } from 'commander';
import { COMMANDS } from './commands.js';
import { CommandContext } from './context.js';
import type { CommandSpec, Io } from './context.js';
import { failureOf, INTERRUPTED } from './failure.js';
import { addSharedOptions, DEFAULTS, resolveOptions } from './options.js';
import { VERSION } from '../version.js';

/** Gives the signal that Ctrl-C raises; called only by commands that heed it. */
export type Interrupt = () => AbortSignal;

/**
 * Runs one command.
 *
 * @param argv arguments after the program's name.
 * @returns the exit status (contract): 0, 1, 2, 3 or 130.
 */
export async function runCommandLine(
  argv: readonly string[],
  io: Io,
  interrupt: Interrupt,
  commands: readonly CommandSpec[] = COMMANDS,
): Promise<number> {
  let status = 0;
  let signal: AbortSignal | undefined;
  const heed: Interrupt = () => (signal ??= interrupt());
  const interrupted = (): boolean => signal?.aborted === true;
  let running: CommandContext | undefined;

  const program = new Command('batterywalk')
    .description('Monte Carlo for the battery walk: how much auxiliary energy a data centre on wind or sun will need')
    .version(VERSION, '--version', 'print the version')
    .exitOverride()
    // Complaints are told by `failureOf`, not by commander.
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: () => undefined,
    });
  for (const spec of commands) {
    const defaults = { ...DEFAULTS, ...spec.defaults };
    const command = program.command(spec.name).description(spec.describe);
    addSharedOptions(command, defaults);
    spec.configure?.(command);
    command.action(async () => {
      const raw: Readonly<Record<string, unknown>> = command.opts();
      running = new CommandContext(command.args, resolveOptions(raw, defaults), raw, io, heed);
      running.checkFolder();
      status = (await spec.run(running)) ?? 0;
      running.finish();
    });
  }

  try {
    await program.parseAsync(argv, { from: 'user' });
    return interrupted() ? INTERRUPTED : status;
  } catch (error) {
    running?.progress.finish();
    const failure = failureOf(error, argv.includes('--debug'), interrupted());
    io.stderr.write(failure.text);
    return failure.status;
  }
}

/**
 * The command line as a function: arguments in, text to two sinks, exit status out. It ends no process and reads no
 * globals.
 */
import { Command, CommanderError } from 'commander';
import { commandsFor } from './commands.js';
import { CommandContext, namedScenario, takesScenario } from './context.js';
import type { CommandSpec, Io } from './context.js';
import { InputError } from '../errors.js';
import { failureOf, INTERRUPTED } from './failure.js';
import type { Failure } from './failure.js';
import type { Interrupt } from './interrupt.js';
import { clearMessage } from '../printable.js';
import { addSharedOptions, DEFAULTS, resolveOptions, SHARED_NAMES, withoutMeaning } from './options.js';
import type { SharedName } from './options.js';
import { VERSION } from '../version.js';

/**
 * Runs one command.
 *
 * @param argv arguments after the program's name.
 * @returns the exit status (docs/contract.md): 0, 1, 2, 3 or 130.
 */
export async function runCommandLine(
  argv: readonly string[],
  io: Io,
  interrupt: Interrupt,
  commands?: readonly CommandSpec[],
): Promise<number> {
  let status = 0;
  let signal: AbortSignal | undefined;
  const heed: Interrupt = (name, seconds) => {
    if (name === 'SIGTERM') return interrupt(name, seconds);
    if (signal === undefined || seconds !== undefined) signal = interrupt(name, seconds);
    return signal;
  };
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
  for (const spec of commands ?? (await commandsFor(argv))) {
    const defaults = { ...DEFAULTS, ...spec.defaults };
    const applying = applyingOptions(spec);
    const command = declared(program, spec, defaults, applying);
    command.action(async () => {
      const { args } = command;
      const raw: Readonly<Record<string, unknown>> = command.opts();
      const slotLength = (): number | undefined =>
        spec.scenario === undefined
          ? spec.slotLength?.(args, raw)
          : namedScenario(args, raw, spec.scenario).slotSeconds;
      running = new CommandContext(args, resolveOptions(raw, defaults, slotLength), raw, io, heed, program);
      running.stage('preparing');
      for (const option of withoutMeaning(raw, applying)) meaningless(running, spec, option);
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
    const failure =
      error instanceof CommanderError
        ? fromCommander(error)
        : failureOf(error, argv.includes('--debug'), interrupted());
    io.stderr.write(failure.text);
    return failure.status;
  }
}

/** The shared options that mean something to a command. */
const applyingOptions = ({ applies }: CommandSpec): readonly SharedName[] => [
  ...(applies ?? SHARED_NAMES.filter((name) => name !== 'csv')),
  ...(['quiet', 'debug'] as const),
];

/** The command with its arguments, options and examples. */
function declared(
  program: Command,
  spec: CommandSpec,
  defaults: typeof DEFAULTS,
  applying: readonly SharedName[],
): Command {
  const { name, describe, scenario, examples = [] } = spec;
  const command = program.command(name).description(describe);
  addSharedOptions(command, defaults, applying);
  if (scenario !== undefined) takesScenario(command, scenario);
  spec.configure?.(command);
  const lines = examples.map((line) => `  batterywalk ${line}\n`);
  if (lines.length > 0) command.addHelpText('after', `\nExamples:\n${lines.join('')}`);
  return command;
}

/** Rows as CSV cannot be had where there are none; what else means nothing changes nothing. @throws {InputError} */
function meaningless(context: CommandContext, { name }: CommandSpec, option: string): void {
  if (option !== '--csv') context.remark(`${option} means nothing to ${name} and is set aside`);
  else throw new InputError(`--csv: got it for ${name}, which has no rows, expected --json or neither`, option);
}

/** Commander has printed help or the version by itself; its complaints become one line of ours, suggestion included. */
function fromCommander(error: CommanderError): Failure {
  if (error.exitCode === 0) return { text: '', status: 0 };
  if (error.code === 'commander.help') return { text: '', status: 2 };
  const message = clearMessage(error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' '));
  return { text: `batterywalk: ${message}\n`, status: 2 };
}

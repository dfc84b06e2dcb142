/** What a command is given to work with, and what a command is. */
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { doubtsOf } from '../fleet/doubts.js';
import { clearMessage, printable } from '../printable.js';
import { foldText } from '../report/table.js';
import type { Scenario } from '../scenario/scenario.js';
import { isObject } from '../scenario/schema-parts.js';
import { csvText } from '../report/csv.js';
import type { CsvRow } from '../report/csv.js';
import type { SharedDefaults, SharedName, SharedOptions } from './options.js';
import type { Interrupt } from './interrupt.js';
import { progressReporter } from './progress.js';
import type { ProgressReporter, TextSink } from './progress.js';
import { jsonText } from '../report/run-files.js';
import { FilesRead } from './files-read.js';
import { readScenario, type TellReading } from './scenario-source.js';
import { makeFolder, notWritten } from '../sweep/node/files.js';

/** One command: one file that exports this, and one line in `commands.ts`. */
export interface CommandSpec {
  readonly name: string;
  /** One line for `--help`. */
  readonly describe: string;
  /** What the command takes where the user says nothing, if not the general defaults. */
  readonly defaults?: Partial<SharedDefaults>;
  /** Command lines for the end of `--help`, without the program's name. */
  readonly examples?: readonly string[];
  /** The shared options that mean something here, beside quiet and debug; left out, all but csv. */
  readonly applies?: readonly SharedName[];
  /** The command takes [SCENARIO] and `--set`; the preset that stands where none is named. */
  readonly scenario?: string;
  /** Seconds of a slot, where `--slots 7d` is to be told in slots and there is no [SCENARIO]. @param raw options */
  slotLength?(args: readonly string[], raw: Readonly<Record<string, unknown>>): number | undefined;
  /** Declares arguments and options of its own; the shared options are there already. */
  configure?(command: Command): void;
  /**
   * Does the work.
   * @returns the exit status: 0 (or nothing) all well, 1 a verdict failed. Everything else is thrown.
   */
  run(context: CommandContext): number | Promise<number> | Promise<void> | undefined;
}

export interface Io {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  /** Where stdout's documents go, as they are, if not with its text. */
  readonly documents?: TextSink;
  /** Where progress is shown; left out, on stderr. */
  readonly progress?: ProgressReporter;
  /** Takes what is to be printed should the command have to be ended; undefined takes it back. */
  readonly offer?: (offer: Offer | undefined) => void;
}

/** What is doubtful in an input: `key` is the path of the value. */
interface Warning {
  readonly code: string;
  readonly key: string;
  readonly message: string;
}

/** What there is of a result, in the forms that may be asked for. */
export interface Offered {
  readonly text: string;
  readonly document: object;
  readonly rows?: readonly CsvRow[];
}

/** What a command has found before a stage that a signal may cut short. */
export interface Offer {
  /** One line that says what was stopped, and what is reported or kept. */
  readonly remark: string;
  /** For stdout: text for people, or a document as it is. */
  readonly text?: string;
  readonly document?: string;
}

export class CommandContext {
  readonly progress: ProgressReporter;
  private readonly warnings: Warning[] = [];
  readonly files = new FilesRead();
  private readonly warned = new Set<string>();
  /** What kept the first result from being printed or saved; the command's work goes on. */
  private unwritten: Error | undefined;
  /** A file could not be saved: those after it, which may vouch for it, are not either. */
  private isCutShort = false;

  /**
   * @param args the positional arguments as written.
   * @param options the shared options, checked.
   * @param own raw values of the command's own options, by commander's camel-cased names.
   * @param interrupt gives the signal that Ctrl-C raises.
   * @param program all that the command line takes, as it was declared.
   */
  constructor(
    readonly args: readonly string[],
    readonly options: SharedOptions,
    readonly own: Readonly<Record<string, unknown>>,
    readonly io: Io,
    private readonly interrupt: Interrupt,
    readonly program: Command,
  ) {
    this.progress = io.progress ?? progressReporter(io.stderr, options.quiet);
  }

  /**
   * Raised by Ctrl-C and SIGTERM. A command that asks for it has a second to end, or is ended; one that never asks is
   * ended at once.
   */
  get signal(): AbortSignal {
    return this.interrupt('SIGINT');
  }

  /** The same for a command that may take longer to end, as one that hands work back to a server. */
  patientSignal(seconds: number): AbortSignal {
    return this.interrupt('SIGINT', seconds);
  }

  /** Raised by SIGTERM alone, which then no longer raises `signal`. */
  termination(seconds: number): AbortSignal {
    return this.interrupt('SIGTERM', seconds);
  }

  /** A stage begins that cannot say how far it is. */
  stage(label: string): void {
    this.progress.stage(label);
  }

  /**
   * Says what is printed should a signal come from now on, at once: before a stage that nothing can interrupt, such as
   * exact laws. After a signal the command has its time to end by itself.
   * @param act makes text and document of what there is, of which one is taken
   */
  offer(remark: string, act?: () => Offered): void {
    const take = this.io.offer;
    if (take === undefined) return;
    if (act === undefined) take({ remark });
    else {
      const { text, document, rows } = act();
      const { json, csv } = this.options;
      if (json) take({ remark, document: jsonText({ ...document, ...this.files.document, stopped: remark }) });
      else if (csv && rows !== undefined) take({ remark, document: csvText(rows) });
      else take({ remark, text: foldText(this.files.lines + text) });
    }
  }

  /** The value of one of the command's own options as text, if it was given. */
  text(name: string): string | undefined {
    const value = this.own[name];
    return typeof value === 'string' ? value : undefined;
  }

  /**
   * The scenario that the first argument names, with what `--set` changes; without one, that preset.
   * @throws {InputError}
   */
  scenario(preset = 'reference'): Scenario {
    const scenario = readScenario(this.args[0] ?? preset, settingsOf(this.own), this.readings);
    this.doubt(scenario);
    return scenario;
  }

  /** Says what is doubtful in a scenario, each kind and key once; with `--json` it is in the document too. */
  doubt(scenario: Scenario, name = ''): void {
    for (const { code, key, message } of doubtsOf(scenario)) this.warn({ code, key, message: `${name}${message}` });
  }

  /** Keeps what is read of files, to be told with the results, and says at once what is doubtful. */
  get readings(): TellReading {
    return {
      begin: (file) => {
        this.stage(`reading ${printable(file)}`);
      },
      read: (reading) => {
        const lines = this.files.add(reading);
        if (lines === undefined) return;
        // Documents take stdout for themselves.
        if (this.options.json || this.options.csv) this.remark(lines);
        for (const { code, key, message } of reading.warnings) {
          const path = key === 'startTime' ? key : `harvest.trace.${key}`;
          this.warn({ code, key: path, message: `${path}: ${reading.name}: ${message}` }, reading.name);
        }
      },
    };
  }

  /** A warning: the work goes on. Of one kind and key there is one, for each of the things that it is told `of`. */
  warn(warning: Warning, of = ''): void {
    const mark = JSON.stringify([warning.code, warning.key, of]);
    if (this.warned.has(mark)) return;
    this.warned.add(mark);
    this.warnings.push(warning);
    this.remark(`batterywalk: warning: ${clearMessage(warning.message)}`);
  }

  /** Prints text on stdout, no wider than a terminal. */
  print(text: string): void {
    const told = this.files.before(text);
    this.printing(() => this.io.stdout.write(foldText(told)));
  }

  /** Prints the one JSON document of `--json`. Numbers that JSON lacks become null. */
  printJson(value: unknown): void {
    const { files, warnings } = this;
    const more = { ...files.document, ...(warnings.length > 0 ? { warnings } : {}) };
    this.printDocument(jsonText(isObject(value) ? { ...value, ...more } : value));
  }

  /** Prints what programs read, as it is. */
  printDocument(text: string): void {
    this.printing(() => (this.io.documents ?? this.io.stdout).write(text));
  }

  /** Prints a result as it was asked for: its document as JSON, its rows as CSV, or its text. */
  show(document: unknown, rows: readonly CsvRow[], text: () => string): void {
    if (this.options.json) this.printJson(document);
    else if (this.options.csv) this.printDocument(csvText(rows));
    else this.print(text());
  }

  /** A short remark on stderr, not when quiet. */
  remark(text: string): void {
    if (this.options.quiet) return;
    this.progress.finish();
    this.io.stderr.write(`${text}\n`);
  }

  /**
   * Sees that `--out` is, or can become, a folder with room, before any work; it makes none yet.
   * @throws {InputError}
   */
  checkFolder(): void {
    const { out } = this.options;
    if (out === undefined) return;
    this.writing(out, () => {
      let folder = resolve(out);
      while (!existsSync(folder)) folder = dirname(folder);
      const probe = join(folder, `.batterywalk-${process.pid}.tmp`);
      try {
        writeFileSync(probe, 'x');
      } finally {
        rmSync(probe, { force: true });
      }
    });
  }

  /** Makes the folder of `--out`, before long work starts. @throws {InputError} */
  prepareFolder(): void {
    const { out } = this.options;
    if (out === undefined) return;
    this.writing(out, () => {
      makeFolder(out);
    });
  }

  /**
   * Writes a file into the folder of `--out`, whole or not at all; does nothing without `--out`. Where that fails the
   * results are still printed: the failure comes at the end of the command (`finish`).
   */
  save(name: string, contents: string | Uint8Array): void {
    const { out } = this.options;
    if (out === undefined || this.isCutShort) return;
    const path = join(out, name);
    this.isCutShort = true;
    this.keeping(() => {
      this.writing(path, () => {
        makeFolder(out);
        try {
          writeFileSync(`${path}.tmp`, contents);
          renameSync(`${path}.tmp`, path);
        } catch (error) {
          rmSync(`${path}.tmp`, { force: true });
          throw error;
        }
      });
      this.isCutShort = false;
    });
  }

  /** Takes a file out of the folder of `--out` again, unless one before it could not be saved. */
  unsave(name: string): void {
    const { out } = this.options;
    if (out !== undefined && !this.isCutShort) rmSync(join(out, name), { force: true });
  }

  /** Ends the command's output. @throws what kept a result from being printed or saved */
  finish(): void {
    this.progress.finish();
    if (this.unwritten !== undefined) throw this.unwritten;
  }

  /** Prints a result: from now on a stop leaves nothing else to be said. */
  private printing(act: () => void): void {
    this.progress.finish();
    this.io.offer?.(undefined);
    this.keeping(act);
  }

  private keeping(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.unwritten ??= error instanceof Error ? error : new Error(String(error));
    }
  }

  private writing(path: string, act: () => void): void {
    try {
      act();
    } catch (cause) {
      throw notWritten(path, cause, '');
    }
  }
}

/**
 * The scenario that the first argument names, with what `--set` changes; without one, that preset.
 * @throws {InputError}
 */
export function namedScenario(
  args: readonly string[],
  { set }: Readonly<Record<string, unknown>>,
  preset: string,
): Scenario {
  return readScenario(args[0] ?? preset, settingsOf({ set }));
}

/** What `--set` changes, in its order. */
export const settingsOf = ({ set }: Readonly<Record<string, unknown>>): readonly string[] =>
  Array.isArray(set) ? set.map(String) : [];

/** Declares the `[SCENARIO]` argument and the changes to it that `CommandContext.scenario` reads. */
export function takesScenario(command: Command, preset: string): void {
  command.argument('[SCENARIO]', `a scenario file, - for standard input, or a preset (default: ${preset})`);
  takesSettings(command, 'the scenario');
}

/** Declares `--set`. @param what it changes a value of */
export function takesSettings(command: Command, what: string): void {
  command.option(
    '--set <PATH=VALUE>',
    `change a value of ${what}, such as harvest.mean.timesDemand=1.05; may be given more than once`,
    (setting: string, before: readonly string[] | undefined) => [...(before ?? []), setting],
  );
}

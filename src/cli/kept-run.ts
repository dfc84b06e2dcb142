/**
 * The folder of `run --out` and `validate --out` as the place where a long run is kept while it goes on: the same
 * command goes on where it was stopped or killed, and ends with the same bits. A folder of another run is refused.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Job } from '../engine/job.js';
import { partialsFromJson, partialsToJson } from '../engine/partials-codec.js';
import type { Partials } from '../engine/partials.js';
import { jobRows } from '../engine/rows.js';
import { InputError } from '../errors.js';
import { canonicalJson } from '../hash.js';
import type { RunInputs } from '../report/manifest.js';
import { formatCount } from '../numeric/format.js';
import type { PrecisionState } from '../stats/precision.js';
import { CHECKPOINT_FILE, SHARD_FOLDER, SWEEP_FILE } from '../sweep/node/folder-names.js';
import type { Walked } from '../study/run.js';
import type { CommandContext } from './context.js';

const VERSION = 1;

export class KeptRun {
  /** What the folder has of this run already. */
  readonly before: Walked | undefined;

  /**
   * @param inputs what decides the paths
   * @param partialsFile the file that a finished run's partials stand in
   * @throws {InputError} where the folder is of another run, or has more paths than are asked for
   */
  constructor(
    private readonly context: CommandContext,
    private readonly out: string,
    private readonly inputs: RunInputs,
    job: Job,
    private readonly partialsFile = 'partials.json',
  ) {
    const swept = [SWEEP_FILE, SHARD_FOLDER].find((name) => existsSync(join(out, name)));
    if (swept !== undefined) {
      throw new InputError(
        `--out: ${out} holds a sweep (${swept}), whose results a run would write over, expected a folder for the run alone`,
        '--out',
      );
    }
    this.before = this.unfinished() ?? this.finished();
    if (this.before === undefined) return;
    const { partials } = this.before;
    const { count } = partials.horizons[0];
    if (layoutOf(partials.horizons) !== layoutOf(jobRows(job))) this.refuse('with other rows');
    if (count > job.paths) {
      throw new InputError(
        `--trials: got ${job.paths}, but ${out} has ${count} paths of this run already, expected at least as many, ` +
          'or another folder for --out',
        '--trials',
      );
    }
    context.remark(`${formatCount(count)} of ${formatCount(job.paths)} paths are in ${out} already`);
  }

  /** Keeps what has been walked so far. */
  save({ partials, ...rest }: Walked): void {
    const { inputs, context } = this;
    const document = { checkpointVersion: VERSION, inputs, ...rest, partials: partialsToJson(partials) };
    context.save(CHECKPOINT_FILE, `${JSON.stringify(document)}\n`);
  }

  /** The files that the run ends with are written: they are what is kept from now on. */
  finish(): void {
    this.context.unsave(CHECKPOINT_FILE);
  }

  private unfinished(): Walked | undefined {
    const document = this.read(CHECKPOINT_FILE);
    if (document === undefined) return undefined;
    this.check(document['inputs']);
    const { elapsedSeconds, precision, partials } = document;
    if (typeof elapsedSeconds !== 'number') throw this.damaged(CHECKPOINT_FILE, 'elapsedSeconds is missing');
    return {
      ...{ elapsedSeconds, partials: this.partialsOf(CHECKPOINT_FILE, partials) },
      ...(precision === undefined ? {} : { precision: precision as PrecisionState }),
    };
  }

  private finished(): Walked | undefined {
    const manifest = this.read('manifest.json');
    if (manifest === undefined) return undefined;
    this.check(manifest['hashed']);
    const partials = this.read(this.partialsFile);
    if (partials === undefined) this.refuse(`without ${this.partialsFile}`);
    const { elapsedSeconds } = this.read('run.json') ?? {};
    return {
      partials: this.partialsOf(this.partialsFile, partials),
      elapsedSeconds: typeof elapsedSeconds === 'number' ? elapsedSeconds : 0,
    };
  }

  /** @throws {InputError} where other inputs made what is there */
  private check(there: unknown): void {
    if (typeof there !== 'object' || there === null) this.refuse('that is none of a scenario');
    const found = there as Record<string, unknown>;
    if (!('scenarioSha256' in found)) this.refuse('that is none of a scenario');
    for (const [name, own] of Object.entries(this.inputs)) {
      // Its hash stands for it.
      if (name === 'scenario' || canonicalJson(found[name]) === canonicalJson(own)) continue;
      const shown = (value: unknown): string => shortened(JSON.stringify(value));
      this.refuse(
        name === 'scenarioSha256' || name === 'tablesSha256'
          ? `with another ${name === 'scenarioSha256' ? 'scenario' : 'kernel or sampled law'}`
          : `whose ${name} is ${shown(found[name])}, here ${shown(own)}`,
      );
    }
  }

  private refuse(what: string): never {
    throw new InputError(
      `--out: ${this.out} holds a run ${what}, expected a new folder, or one of the same run, which then goes on`,
      '--out',
    );
  }

  private read(name: string): Record<string, unknown> | undefined {
    let text: string;
    try {
      text = readFileSync(join(this.out, name), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
      throw new Error('no object');
    } catch (error) {
      throw this.damaged(name, error instanceof Error ? error.message : String(error));
    }
  }

  private partialsOf(name: string, json: unknown): Partials {
    try {
      return partialsFromJson(json);
    } catch (error) {
      throw this.damaged(name, error instanceof Error ? error.message : String(error));
    }
  }

  private damaged(name: string, why: string): InputError {
    return new InputError(
      `--out: ${join(this.out, name)} is damaged (${shortened(why)}), expected it as it was written: ` +
        'move it away to begin anew',
      '--out',
    );
  }
}

const MOST_SHOWN = 200;

function shortened(text: string): string {
  return text.length <= MOST_SHOWN ? text : `${text.slice(0, MOST_SHOWN)}…`;
}

function layoutOf(rows: readonly Pick<Partials['horizons'][number], 'slots' | 'bins'>[]): string {
  return rows.map(({ slots, bins: { offset, shift } }) => `${slots}:${offset}:${shift}`).join();
}

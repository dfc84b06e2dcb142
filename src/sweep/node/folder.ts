/** The folder of a sweep: what it is of, its ledger, and the files that it ends with. */
import { join } from 'node:path';
import { InputError } from '../../errors.js';
import { parseJsonText } from '../../scenario/json-text.js';
import type { Assembly } from '../assembly.js';
import { sweepManifest } from '../documents.js';
import { sweepParquet } from '../parquet.js';
import { planSweep } from '../points.js';
import type { Sweep } from '../points.js';
import { exactValues } from '../exact-values.js';
import type { Exact, ExactQuestion } from '../exact-values.js';
import { ThreadLost } from '../point-threads.js';
import type { PointThreads } from '../point-threads.js';
import { besideExact, exactQuestion } from '../results.js';
import type { SweepRow } from '../results.js';
import { parseSweepFile } from '../sweep-file.js';
import { writeWhole } from './files.js';
import type { InputKind } from './input-file.js';
import { readInputText } from './input-file.js';
import { MANIFEST_FILE, RESULTS_FILE, SWEEP_FILE } from './folder-names.js';

/** The sweep with all values of its traces, each on a line of its own. */
export const FOLDER_INPUT = { expected: 'a JSON file', mostBytes: 2 ** 29 - 2 ** 16 } as const satisfies InputKind;

/** The sweep that a folder is of. @throws {InputError} */
export function readSweepFolder(out: string): Sweep {
  const path = join(out, SWEEP_FILE);
  let text: string;
  try {
    text = readInputText(path, FOLDER_INPUT);
  } catch (cause) {
    const missing = (((cause as Error).cause as NodeJS.ErrnoException | undefined)?.code ?? '') === 'ENOENT';
    if (!missing) throw cause;
    throw new InputError(
      `${out}: got a folder without ${SWEEP_FILE}, expected one that batterywalk sweep --out has written`,
      'DIR',
      { cause },
    );
  }
  return planned(text, path);
}

/** The sweep whose file has this text. @throws {InputError} that begins with the name of the file */
export function planned(text: string, path: string): Sweep {
  const json = parseJsonText(text, path);
  try {
    return planSweep(parseSweepFile(json));
  } catch (error) {
    if (error instanceof InputError) throw new InputError(`${path}: ${error.message}`, error.field, { cause: error });
    throw error;
  }
}

/** Exact values, by a thread where there are threads. */
async function exactOn(threads: PointThreads | undefined, question: ExactQuestion): Promise<readonly Exact[]> {
  if (threads === undefined) return exactValues(question);
  try {
    return await threads.exact(question);
  } catch (error) {
    if (!(error instanceof ThreadLost)) throw error;
    return exactValues(question);
  }
}

/**
 * Writes results.parquet and manifest.json of a complete sweep.
 *
 * @param onPoint told how many points are done
 * @param threads make exact values; left out, this thread does
 * @returns the rows of each point
 */
export async function finishFolder(
  out: string,
  sweep: Sweep,
  assembly: Assembly,
  onPoint: (done: number) => void = () => undefined,
  threads?: PointThreads,
): Promise<(readonly SweepRow[])[]> {
  const estimated = assembly.rows();
  const rows: (readonly SweepRow[])[] = [...estimated];
  let [begun, done] = [0, 0];
  const work = async (): Promise<void> => {
    while (begun < estimated.length) {
      const place = begun++;
      const question = exactQuestion(sweep, estimated[place]);
      if (question !== undefined) {
        rows[place] = besideExact(sweep, estimated[place], await exactOn(threads, question));
      }
      onPoint(++done);
      // Exact laws take a while each: signals and progress get their turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, threads?.most ?? 0) }, work));
  const all = rows.flat();
  const parquet = sweepParquet(sweep, all);
  const manifest = sweepManifest(sweep, assembly, all.length, parquet);
  await writeWhole(join(out, RESULTS_FILE), parquet);
  await writeWhole(join(out, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
  return rows;
}

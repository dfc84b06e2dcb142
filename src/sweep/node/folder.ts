/** The folder of a sweep: what it is of, its ledger, and the files that it ends with. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../errors.js';
import { parseJsonText } from '../../scenario/json-text.js';
import type { Assembly } from '../assembly.js';
import { sweepManifest } from '../documents.js';
import { sweepParquet } from '../parquet.js';
import { planSweep } from '../points.js';
import type { Sweep } from '../points.js';
import { withExact } from '../results.js';
import type { SweepRow } from '../results.js';
import { parseSweepFile } from '../sweep-file.js';
import { writeWhole } from './files.js';

const SWEEP_FILE = 'sweep.json';
export const RESULTS_FILE = 'results.parquet';

/** Says what the folder is of. With `shared` other processes fill it too, so that another sweep's folder is refused. @throws {InputError} */
export async function claimFolder(out: string, sweep: Sweep, shared: boolean): Promise<void> {
  const text = `${JSON.stringify(sweep.file, null, 2)}\n`;
  const before = await readFile(join(out, SWEEP_FILE), 'utf8').catch(() => undefined);
  if (before === text) return;
  if (before !== undefined && shared && planSweep(parseSweepFile(JSON.parse(before))).sha256 !== sweep.sha256) {
    throw new InputError(
      `--out: ${out} holds another sweep, expected a folder that is new or of this one: its parts must go together`,
      '--out',
    );
  }
  await writeWhole(join(out, SWEEP_FILE), text);
}

/** The sweep that a folder is of. @throws {InputError} */
export async function readSweepFolder(out: string): Promise<Sweep> {
  const path = join(out, SWEEP_FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new InputError(
      `${out}: got a folder without ${SWEEP_FILE}, expected one that batterywalk sweep --out has written`,
      'DIR',
      { cause },
    );
  }
  return planSweep(parseSweepFile(parseJsonText(text, path)));
}

/** Writes results.parquet and manifest.json of a complete sweep. @returns the rows of each point. */
export async function finishFolder(
  out: string,
  sweep: Sweep,
  assembly: Assembly,
  onPoint: (done: number) => void = () => undefined,
): Promise<(readonly SweepRow[])[]> {
  const rows: (readonly SweepRow[])[] = [];
  for (const own of assembly.rows()) {
    rows.push(withExact(sweep, own));
    onPoint(rows.length);
    // Exact laws take a while each: signals and progress get their turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const all = rows.flat();
  const parquet = sweepParquet(sweep, all);
  const manifest = sweepManifest(sweep, assembly, all.length, parquet);
  await writeWhole(join(out, RESULTS_FILE), parquet);
  await writeWhole(join(out, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return rows;
}

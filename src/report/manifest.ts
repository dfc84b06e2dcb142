/**
 * The manifest of a run: what went in and what came out, so that anybody can repeat it and see that it is the same. It
 * is the same, byte for byte, for equal inputs on one backend, and its `hashed` part on every backend; what differs
 * between hosts and hours stands apart, in run.json.
 */
import { canonicalJson, sha256Hex, sha256Text } from '../hash.js';
import { partialsSha256 } from '../engine/partials-codec.js';
import type { Outcome } from '../study/finished.js';
import type { AnyPrepared } from '../study/study.js';
import type { FileRead } from '../scenario/trace/inspect.js';
import type { WalkTables } from '../law/tables.js';
import type { SiteTables } from '../law/site-tables.js';
import type { TaskTables } from '../law/task-tables.js';
import { VERSION } from '../version.js';

/** What the command line knows of its surroundings. */
export interface RunHost {
  /** Version of Node, platform and processor architecture, as Node names them. */
  readonly node: string;
  readonly platform: string;
  readonly arch: string;
  /** When the run began and ended, ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string;
}

/** What goes in and what comes out, with its own hash: equal for equal inputs on every backend. */
export function hashedInputs(run: AnyPrepared & Pick<Outcome, 'partials'>) {
  const { batterywalk, scenario, seed, horizons, ...hashes } = plannedInputs(run);
  const hashed = {
    ...{ batterywalk, scenario, seed, trials: run.partials.horizons[0].count, horizons },
    ...{ ...hashes, partialsSha256: partialsSha256(run.partials) },
  };
  return { ...hashed, sha256: sha256Text(canonicalJson(hashed)) };
}

export type HashedInputs = ReturnType<typeof hashedInputs>;

/** What decides the paths of a run, however many are walked. */
export function plannedInputs(planned: AnyPrepared) {
  const { scenario, seed, law, job } = planned;
  return {
    batterywalk: VERSION,
    scenario,
    seed,
    horizons: job.horizons.map((h) => h.slots),
    quantumJoules: law.quantumJoules,
    // How a site's slots are drawn; of a walk its tables say it.
    ...('site' in planned ? { kernel: planned.law.form } : {}),
    scenarioSha256: sha256Text(canonicalJson(scenario)),
    tablesSha256: plannedTablesSha256(planned),
  };
}

export type RunInputs = ReturnType<typeof plannedInputs>;

/** Hash of the integers that its kernel draws from. */
export function plannedTablesSha256(planned: AnyPrepared): string {
  const { initialQuanta } = planned.law;
  return 'site' in planned
    ? siteTablesSha256(planned.law.tables, initialQuanta)
    : tablesSha256(planned.law.tables, initialQuanta);
}

/**
 * The manifest. `files` are the names and contents of what is written beside it, `read` is what was read of files of
 * measured values: their values are in the scenario.
 */
export function manifestDocument(
  hashed: HashedInputs,
  files: readonly (readonly [name: string, contents: string])[],
  read: readonly FileRead[] = [],
) {
  return {
    manifestVersion: 2,
    hashed,
    ...(read.length === 0 ? {} : { read }),
    files: Object.fromEntries(files.map(([name, contents]) => [name, { sha256: sha256Text(contents) }])),
  };
}

/** run.json: where and when a run was made, and how fast; what differs from one run of the same inputs to the next. */
export function runRecord(
  run: Pick<Outcome, 'backend' | 'adapter' | 'remarks' | 'elapsedSeconds' | 'pathSlotsPerSecond'>,
  trialsAsked: number,
  host: RunHost,
) {
  const { backend, adapter, remarks = [], elapsedSeconds, pathSlotsPerSecond } = run;
  return { backend, adapter, remarks, ...host, trialsAsked, elapsedSeconds, pathSlotsPerSecond };
}

/**
 * SHA-256 of the integers that a kernel draws from: base, core shift, B_0 in quanta, number of core columns and of
 * residual cells, then the core columns and, where there are any, the residual columns, first points and shifts; for
 * the tasks kernel then the counts' draws, their columns, the entries' columns, energies, profile starts and lengths,
 * and the profiles; each little-endian in 32 bits.
 */
export function tablesSha256(tables: WalkTables | TaskTables, initialQuanta: number): string {
  const { columns, residual, base, coreShift } = tables;
  const rest = residual === undefined ? [] : [residual.columns, residual.first, residual.shift];
  const head = [base, coreShift, initialQuanta, columns.length, residual?.first.length ?? 0];
  const parts = [head, columns, ...rest, ...taskParts(tables)];
  return wordsSha256(parts);
}

/** The same of a site's tables, which are words as they stand. */
const siteTablesSha256 = ({ words }: SiteTables, initialQuanta: number): string =>
  wordsSha256([[initialQuanta], words]);

/** Room for the words of tables: a sweep hashes them by the thousand. */
let hashRoom = new Int32Array(0);

/** SHA-256 of words, one list after the other, little-endian. */
function wordsSha256(parts: readonly ArrayLike<number>[]): string {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (hashRoom.length < length) hashRoom = new Int32Array(length);
  const words = hashRoom.subarray(0, length);
  let at = 0;
  // A typed array takes a number modulo 2^32, so signed and unsigned words are written alike.
  for (const part of parts) {
    words.set(part, at);
    at += part.length;
  }
  const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  if (!LITTLE_ENDIAN) for (let i = 0; i < bytes.length; i += 4) bytes.subarray(i, i + 4).reverse();
  return sha256Hex(bytes);
}

const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

function taskParts(tables: WalkTables | TaskTables): ArrayLike<number>[] {
  if (!('entryColumns' in tables)) return [];
  const { countDraws, countColumns, entryColumns, energies, profileStart, profileLength, profiles } = tables;
  return [[countDraws], countColumns, entryColumns, energies, profileStart, profileLength, profiles];
}

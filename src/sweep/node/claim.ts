/**
 * Whose a folder is: a sweep may go on with its own, or grow in it; another sweep's results, and files of something
 * else, are written over by nobody who does not say so. What is in a folder is `folder.ts`.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../errors.js';
import { canonicalJson } from '../../hash.js';
import type { Sweep } from '../points.js';
import { FOLDER_INPUT, planned } from './folder.js';
import { CHECKPOINT_FILE, MANIFEST_FILE, RESULTS_FILE, SHARD_FOLDER, SWEEP_FILE } from './folder-names.js';
import { writeWhole } from './files.js';
import { readInputText } from './input-file.js';

/**
 * How a folder is taken: `shared` by processes that fill it together, or to `replace` what another sweep ended with.
 */
export interface Claim {
  readonly shared?: boolean;
  readonly replace?: boolean;
}

/** Says what the folder is of. @throws {InputError} where it is of another sweep, or of none */
export async function claimFolder(out: string, sweep: Sweep, { shared, replace }: Claim = {}): Promise<void> {
  const path = join(out, SWEEP_FILE);
  const text = `${JSON.stringify(sweep.file, null, 2)}\n`;
  const before = existsSync(path) ? readInputText(path, FOLDER_INPUT) : undefined;
  if (before === text) return;
  const why = replace === true ? undefined : obstacle(out, sweep, before, shared === true);
  if (why !== undefined) {
    const more = shared === true ? ': its parts must go together' : '; --replace writes over its results';
    throw new InputError(`--out: ${out} holds ${why}, expected a folder that is new or of this one${more}`, '--out');
  }
  await writeWhole(path, text);
}

/** What a sweep would write over; undefined where there is nothing that it may not. */
function obstacle(out: string, sweep: Sweep, before: string | undefined, shared: boolean): string | undefined {
  const has = (name: string): boolean => existsSync(join(out, name));
  const hasResults = has(RESULTS_FILE) || has(MANIFEST_FILE);
  if (has(CHECKPOINT_FILE)) return `a run that goes on (${CHECKPOINT_FILE})`;
  if (before === undefined) return hasResults ? `results of something else than a sweep (${MANIFEST_FILE})` : undefined;
  let other: Sweep;
  try {
    other = planned(before, join(out, SWEEP_FILE));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // What a broken disk has left of a sweep that has no results yet is nothing to keep.
    return hasResults || shared ? `a sweep that cannot be read (${error.message.split('\n')[0]})` : undefined;
  }
  if (other.sha256 === sweep.sha256) return undefined;
  if (shared) return 'another sweep';
  if (!hasResults && !has(SHARD_FOLDER)) return `a ${SWEEP_FILE} that no sweep has written`;
  const own = new Set(sweep.points.map(contentOf));
  const lost = other.points.filter((point) => !own.has(contentOf(point))).length;
  return lost === 0 ? undefined : `another sweep (${lost} of its ${other.points.length} points are not in this one)`;
}

const contentOf = ({ scenario, seed }: Sweep['points'][number]): string =>
  canonicalJson({ scenario: { ...scenario, name: '' }, seed });

/** What a bad input is, the pieces that such are made of, and what may be wrong with how one is told. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { presetDocument } from '../../src/scenario/presets.js';

export interface BadInput {
  readonly name: string;
  /** Arguments; files are made when it is called. */
  readonly args: (folder: string) => string[];
  readonly says: RegExp;
  readonly status: 1 | 2 | 3;
}

export type Json = Record<string, unknown>;
export const QUICK = ['--quiet', '--backend', 'cpu', '--trials', '16', '--slots', '16'];

/** A file in a folder of its own. */
export function put(folder: string, name: string, contents: string | Uint8Array): string {
  const own = join(folder, 'case');
  mkdirSync(own, { recursive: true });
  const path = join(own, name);
  writeFileSync(path, contents);
  return path;
}

export const SITE: Json = {
  schemaVersion: 1,
  slotSeconds: 10,
  arrivals: { ratePerSlot: 2, profile: { values: [1, 2], slotsPerValue: 4 } },
  tasks: [{ energyJoules: 2400 }, { energyJoules: 9000, weight: 2 }],
  harvest: {
    mean: { timesDemand: 1.2 },
    variance: 'matched',
    weather: {
      slotsPerStep: 2,
      states: [
        { name: 'a', factor: 1 },
        { name: 'b', factor: 0.5 },
      ],
      transitions: [
        [0.9, 0.1],
        [0.2, 0.8],
      ],
    },
  },
  battery: { initialJoules: 20000, capacityJoules: 40000, chargeEfficiency: 0.95 },
};
export const reference = (): Json => structuredClone(presetDocument('reference')) as Json;

/** A copy with a value at a path of keys; undefined takes the key away. */
export function edited(document: Json, path: readonly (string | number)[], value: unknown): Json {
  const copy = structuredClone(document);
  let at = copy as Record<string | number, unknown>;
  for (const step of path.slice(0, -1)) at = at[step] as Record<string | number, unknown>;
  const last = path[path.length - 1];
  if (value === undefined) Reflect.deleteProperty(at, last);
  else at[last] = value;
  return copy;
}

export const ofScenario = (name: string, text: (() => string) | string, says: RegExp): BadInput => ({
  name,
  says,
  status: 2,
  args: (folder) => ['run', put(folder, 'scenario.json', typeof text === 'string' ? text : text()), ...QUICK],
});

export const field = (path: readonly (string | number)[]): string =>
  path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`)).join('');
export const quoted = (text: string): RegExp => new RegExp(text.replaceAll(/[[\].*+?()$^|{}\\/]/g, '\\$&'));

/** What is wrong with how a bad input was told; empty where nothing is. */
export function faultsOf(bad: BadInput, came: { status: number | null; stdout: string; stderr: string }): string[] {
  const faults: string[] = [];
  // A busy machine may have a stage last, which is then told.
  const stderr = came.stderr.replace(/^\{"label":.*\}\n/gm, '');
  if (came.status !== bad.status) faults.push(`status ${came.status}, expected ${bad.status}`);
  if (came.stdout !== '') faults.push(`stdout has ${came.stdout.length} characters`);
  if (!/^batterywalk: [^\n]+\n$/.test(stderr)) faults.push(`not one line: ${JSON.stringify(stderr.slice(0, 300))}`);
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  if (/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.test(stderr)) faults.push('control codes');
  if (stderr.length > 1300) faults.push(`${stderr.length} characters`);
  if (/ at \S+:\d+:\d+|unexpected/.test(stderr)) faults.push('a stack, or unforeseen');
  if (!bad.says.test(stderr)) faults.push(`expected ${String(bad.says)} in ${JSON.stringify(stderr.slice(0, 300))}`);
  return faults;
}

/** The manifest.json and the run.json of a run: every number, and the hashes of what is written beside them. */
import { createHash } from 'node:crypto';
import type { Scenario } from '../../src/scenario/scenario.js';
import { compareJson, standsAt } from './explained.js';
import { asked, given } from './exemptions.js';
import type { LeafRule } from './explained.js';
import { timeRules } from './leaf-rules.js';
import type { Timed } from './leaf-rules.js';
import type { Written } from './validated.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** JSON with sorted keys and no blanks (RFC 8785). */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, inside]) => inside !== undefined);
  const parts = entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([k, inside]) => `${JSON.stringify(k)}:${canonical(inside)}`);
  return `{${parts.join(',')}}`;
}

/** What was run. */
export interface Ran {
  readonly scenario: Scenario;
  readonly trials: number;
  readonly horizons: readonly number[];
  readonly prepared: { readonly law: { readonly quantumJoules: number } };
}

/** Complaints about the two files. */
export function recordComplaints({ manifest, record, files }: Written, ran: Ran): string[] {
  const { scenario, trials, horizons, prepared } = ran;
  const rules: LeafRule[] = [
    [/^\/manifestVersion$/, () => 2],
    [/^\/hashed\/scenario\/(.*)$/, (place) => standsAt(scenario, `/${place}`) as number],
    [/^\/hashed\/trials$/, () => trials],
    [/^\/hashed\/horizons\/(\d+)$/, (i) => horizons[Number(i)]],
    [/^\/hashed\/quantumJoules$/, () => asked('sampled law', prepared.law).quantumJoules],
  ];
  const times = timeRules(trials * horizons[horizons.length - 1], record as Timed);
  const places = [...given('threads').map(([, value]): LeafRule => [/^\/adapter\/threads$/, value])];
  const { sha256: own, ...hashed } = (manifest as { readonly hashed: Record<string, unknown> }).hashed;
  const hashes: readonly (readonly [string, unknown, string])[] = [
    ['scenario', hashed['scenarioSha256'], sha256(canonical(scenario))],
    ['hashed', own, sha256(canonical(hashed))],
    ...[...files].map(([name, text]) => {
      const listed = (manifest as { readonly files: Record<string, { readonly sha256: string } | undefined> }).files;
      return [name, listed[name]?.sha256, sha256(text)] as const;
    }),
  ];
  return [
    ...compareJson(manifest, rules),
    ...compareJson(record, [[/^\/trialsAsked$/, () => trials], ...places, ...times]),
    ...hashes.filter(([, found, expected]) => found !== expected).map(([name]) => `the hash of ${name}`),
  ];
}

/** Units of a trace: powers in watts or energies of one value's interval in joules, and how headers write them. */

import { energyUnit, isFraction, nearest, powerUnit } from '../units.js';

export const TRACE_UNITS = ['W', 'kW', 'MW', 'J', 'kJ', 'MJ', 'Wh', 'kWh', 'MWh'] as const;

export type TraceUnit = (typeof TRACE_UNITS)[number];

/** Joules of one unit held or spread over `seconds`. */
export function joulesOf(unit: TraceUnit, seconds: number): number {
  const watts = siOf(unit, powerUnit);
  return watts === undefined ? (siOf(unit, energyUnit) ?? NaN) : watts * seconds;
}

function siOf(word: string, sizeOf: typeof energyUnit): number | undefined {
  const size = sizeOf(word);
  return isFraction(size) ? nearest(size) : undefined;
}

/** The unit of a word, in whatever spelling is understood elsewhere (units.ts). */
function unitOf(word: string): TraceUnit | undefined {
  for (const sizeOf of [powerUnit, energyUnit]) {
    const size = siOf(word, sizeOf);
    if (size !== undefined) return TRACE_UNITS.find((unit) => siOf(unit, sizeOf) === size);
  }
  return undefined;
}

const MARKS = /\[[^\]]*\]|\([^)]*\)/g;

/** The unit that a header names, as in `power_W`, `P [kW]`, `energy (kWh)`; undefined for `ghi [W/m2]`. */
export function unitInHeader(header: string): TraceUnit | undefined {
  const marked = [...header.matchAll(MARKS)].map(([text]) => unitOf(text.slice(1, -1).trim()));
  const unit = marked.find((found) => found !== undefined);
  if (unit !== undefined || /[[(]/.test(header)) return unit;
  const word = /(?:^|[\s_,:.-])([A-Za-z]+)$/.exec(header.trim())?.[1];
  return word === undefined ? undefined : unitOf(word);
}

/** Units of a trace: powers in watts or energies of one value's interval in joules, and how headers write them. */

interface UnitMeaning {
  readonly kind: 'power' | 'energy';
  /** Watts or joules of one unit. */
  readonly si: number;
}

const MEANINGS = {
  W: { kind: 'power', si: 1 },
  kW: { kind: 'power', si: 1e3 },
  MW: { kind: 'power', si: 1e6 },
  J: { kind: 'energy', si: 1 },
  kJ: { kind: 'energy', si: 1e3 },
  MJ: { kind: 'energy', si: 1e6 },
  Wh: { kind: 'energy', si: 3600 },
  kWh: { kind: 'energy', si: 3.6e6 },
  MWh: { kind: 'energy', si: 3.6e9 },
} as const satisfies Readonly<Record<string, UnitMeaning>>;

export type TraceUnit = keyof typeof MEANINGS;

export const TRACE_UNITS = Object.keys(MEANINGS) as readonly TraceUnit[];

/** Joules of one unit held or spread over `seconds`. */
export function joulesOf(unit: TraceUnit, seconds: number): number {
  const { kind, si } = MEANINGS[unit];
  return kind === 'power' ? si * seconds : si;
}

/** Letter case matters between m and M only: `kw` is kW, but `mw` could be milliwatts and is no unit here. */
function unitOf(word: string): TraceUnit | undefined {
  return TRACE_UNITS.find(
    (unit) => unit === word || (!unit.startsWith('M') && unit.toLowerCase() === word.toLowerCase()),
  );
}

const MARKS = /\[[^\]]*\]|\([^)]*\)/g;

/** The unit that a header names, as in `power_W`, `P [kW]`, `energy (kWh)`; undefined where it names none, as in `ghi [W/m2]`. */
export function unitInHeader(header: string): TraceUnit | undefined {
  const marked = [...header.matchAll(MARKS)].map(([text]) => unitOf(text.slice(1, -1).trim()));
  const unit = marked.find((found) => found !== undefined);
  if (unit !== undefined || /[[(]/.test(header)) return unit;
  const word = /(?:^|[\s_,:.-])([A-Za-z]+)$/.exec(header.trim())?.[1];
  return word === undefined ? undefined : unitOf(word);
}

/** From a parsed trace to what a scenario holds: plain numbers in one of the scenario's units. */
import type { Trace as ScenarioTrace } from '../scenario.js';
import type { TraceUnit } from './units.js';

/** The scenario's unit, and how many of it a unit of the file is. */
const IN_SCENARIO = {
  W: ['W', 1],
  kW: ['kW', 1],
  MW: ['kW', 1e3],
  GW: ['kW', 1e6],
  J: ['J', 1],
  kJ: ['J', 1e3],
  MJ: ['J', 1e6],
  Wh: ['J', 3600],
  kWh: ['kWh', 1],
  MWh: ['kWh', 1e3],
  GWh: ['kWh', 1e6],
} as const satisfies Readonly<Record<TraceUnit, readonly [ScenarioTrace['unit'], number]>>;

export function resolved(trace: {
  readonly values: Float64Array;
  readonly unit: TraceUnit;
  readonly secondsPerValue: number;
}): Pick<ScenarioTrace, 'values' | 'unit' | 'secondsPerValue'> {
  const [unit, factor] = IN_SCENARIO[trace.unit];
  const values = factor === 1 ? Array.from(trace.values) : Array.from(trace.values, (value) => value * factor);
  return { values, unit, secondsPerValue: trace.secondsPerValue };
}

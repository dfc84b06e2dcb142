/** How far plain simulations of batteries lie from the exact law of their chain. */
import { auxiliaryLaw } from '../../src/theory/chain/auxiliary-law.js';
import { batteryLaw } from '../../src/theory/chain/battery-law.js';
import type { BatteryHorizon } from '../../src/theory/chain/battery-law.js';
import type { AuxiliaryLaw } from '../../src/theory/chain/constant-law.js';
import type { Estimate } from '../../src/theory/chain/extrapolate.js';
import type { ChainModel } from '../../src/theory/chain/model.js';
import { simulate } from './chain-models.js';

const SLOTS = 24;
/** Laws of the models at SLOTS slots, made once. */
const laws = new Map<ChainModel, [law: BatteryHorizon, total: AuxiliaryLaw]>();

function lawsOf(model: ChainModel): [BatteryHorizon, AuxiliaryLaw] {
  const known = laws.get(model) ?? [batteryLaw(model, [SLOTS])[0], auxiliaryLaw(model, [SLOTS])[0]];
  laws.set(model, known);
  return known;
}

/** Distances between a simulation and the chain in standard errors of the simulation. */
export function distances(model: ChainModel, played: ChainModel, seed: number): Map<string, number> {
  const paths = simulate(played, SLOTS, 200_000, seed);
  const [law, total] = lawsOf(model);
  const out = new Map<string, number>();
  const compare = (name: string, values: number[], expected: number, error: number): void => {
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1);
    out.set(name, Math.max(0, Math.abs(mean - expected) - error) / Math.sqrt(Math.max(variance, 1e-9) / values.length));
  };
  const estimated = (name: string, of: (path: (typeof paths)[number]) => number, estimate: Estimate): void => {
    compare(name, paths.map(of), estimate.value, estimate.error);
  };
  estimated('auxiliary', (path) => path.auxiliary, law.auxiliary);
  const { value: mean } = law.auxiliary;
  const { value: sd, error } = law.auxiliaryDeviation;
  compare(
    'auxiliary variance',
    paths.map((path) => (path.auxiliary - mean) ** 2),
    sd * sd,
    2 * sd * error,
  );
  estimated('waste', (path) => path.waste, law.waste);
  estimated('zero', (path) => (path.auxiliary === 0 ? 1 : 0), law.probabilityZero);
  estimated('deficit slots', (path) => path.deficitSlots, law.deficitSlots);
  estimated('level', (path) => path.level, law.level.mean);
  estimated('empty', (path) => (path.level < 1e-9 ? 1 : 0), law.level.probabilityEmpty);
  estimated('full', (path) => (path.level > model.battery.capacityJoules - 1e-9 ? 1 : 0), law.level.probabilityFull);
  for (const b of [1.1, 4.7, 9.3, 13.9]) {
    compare(
      `level ≤ ${b}`,
      paths.map((path) => (path.level <= b ? 1 : 0)),
      law.level.cdf(b),
      law.level.cdfErrorAt(b),
    );
  }
  for (const p of [0.3, 0.6, 0.9, 0.99]) {
    const a = total.quantile(p);
    compare(
      `auxiliary ≤ ${p}`,
      paths.map((path) => (path.auxiliary <= a ? 1 : 0)),
      total.cdf(a),
      total.cdfErrorAt(a),
    );
  }
  return out;
}

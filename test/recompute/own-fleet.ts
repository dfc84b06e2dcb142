/** What a task costs on a model, in plain code: the paper's equations 40 to 45, with a library's incomplete beta. */
import betainc from '@stdlib/math-base-special-betainc';

export interface OwnHardware {
  readonly joulesPerParameterAccess: number;
  readonly joulesPerFlop: number;
  readonly parametersPerSecond: number;
  readonly flopsPerSecond: number;
}
export interface OwnModel {
  readonly parameters: number;
  readonly layers: number;
  readonly attentionWidth: number;
}
export interface OwnTask {
  readonly difficulty: number;
  readonly skills: number;
  readonly tokensPerSkill: number;
  readonly tolerance: number;
}
export interface OwnCost {
  readonly tokens: number;
  readonly energyJoules: number;
  readonly latencySeconds: number;
}

/** Loss on the compute-optimal frontier, by Hoffmann et al. (2022). */
const lossOf = (parameters: number): number => 1.69 + 406.4 * (1 + 0.34 / 0.28) * parameters ** -0.34;

/** Tokens that a task needs: the smallest number at which all its skills succeed often enough. */
function tokensOf({ difficulty, skills, tokensPerSkill, tolerance }: OwnTask, loss: number, steepness: number): number {
  const success = 1 / (1 + Math.exp(steepness * (loss - difficulty)));
  const succeeds = (attempts: number): boolean => betainc(success, skills, attempts - skills + 1) >= 1 - tolerance;
  let [low, high] = [skills, 2 * skills];
  if (succeeds(low)) return low * tokensPerSkill;
  while (!succeeds(high)) high *= 2;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (succeeds(middle)) high = middle;
    else low = middle;
  }
  return high * tokensPerSkill;
}

export function ownCost(task: OwnTask, model: OwnModel, hardware: OwnHardware, steepness: number): OwnCost {
  const { parameters, layers, attentionWidth } = model;
  const tokens = tokensOf(task, lossOf(parameters), steepness);
  const flops = 2 * parameters * tokens + 2 * layers * attentionWidth * tokens ** 2;
  return {
    tokens,
    energyJoules: hardware.joulesPerParameterAccess * parameters * tokens + hardware.joulesPerFlop * flops,
    latencySeconds: (parameters * tokens) / hardware.parametersPerSecond + flops / hardware.flopsPerSecond,
  };
}

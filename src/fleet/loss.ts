/** Loss of a model on the compute-optimal frontier (docs/model.md section 1; Hoffmann et al. 2022). */
import { power } from '../numeric/power.js';
import type { Scaling } from '../scenario/scenario.js';

/**
 * L(N) = E + A (1 + α/β) N^(−α), nats per token: the loss of a model of N parameters trained on its compute-optimal
 * number of tokens, where B D^(−β) = (α/β) A N^(−α). B thus drops out.
 */
export function frontierLoss(scaling: Scaling, parameters: number): number {
  const { E, A, alpha, beta } = scaling;
  return E + A * (1 + alpha / beta) * power(parameters, -alpha);
}

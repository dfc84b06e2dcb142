import type { Scenario } from '../../src/scenario/scenario.js';
import { breakEvenMap } from '../../src/stats/break-even.js';
import type { BreakEven, PlainRouter } from '../../src/stats/break-even.js';

/** One place of the map. */
export const breakEvenErrorRate = (
  scenario: Scenario,
  overheadJoules: number,
  overheadSeconds: number,
  baseline?: PlainRouter,
): BreakEven => breakEvenMap(scenario, [overheadJoules], [overheadSeconds], baseline)[0][0];

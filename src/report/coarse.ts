/**
 * What a report says where theory's own error is no longer small beside what the trials can see: such a test may pass
 * and mean little.
 */
import type { Coarse } from '../stats/verdict.js';

/** One sentence a horizon with such tests; none as a rule. `label` names a test. */
export function coarseSentences<T extends { readonly coarse?: Coarse | undefined }>(
  horizons: readonly { readonly slots: number; readonly verdicts: readonly T[] }[],
  label: (verdict: T) => string,
): readonly string[] {
  return horizons.flatMap(({ slots, verdicts }) => {
    const tests = verdicts.flatMap((verdict) => {
      const { coarse } = verdict;
      return coarse === undefined
        ? []
        : [
            `${label(verdict)} (error ${coarse.error.toExponential(1)} against sampling error ` +
              `${coarse.samplingError.toExponential(1)})`,
          ];
    });
    return tests.length === 0 ? [] : [`At ${slots} slots there are too many trials for this law: ${tests.join(', ')}.`];
  });
}

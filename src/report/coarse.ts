/**
 * What a report says where theory's own error is no longer small beside what the trials can see: such a test may pass
 * and mean little.
 */
import type { Judgement, Verdict } from '../stats/verdict.js';

/** One sentence a horizon with such tests; none as a rule. `label` names a test. */
export function coarseSentences(
  horizons: Judgement['horizons'],
  label: (name: Verdict['name']) => string,
): readonly string[] {
  return horizons.flatMap(({ slots, verdicts }) => {
    const tests = verdicts.flatMap(({ name, coarse }) =>
      coarse === undefined
        ? []
        : [
            `${label(name)} (error ${coarse.error.toExponential(1)} against sampling error ` +
              `${coarse.samplingError.toExponential(1)})`,
          ],
    );
    return tests.length === 0 ? [] : [`At ${slots} slots there are too many trials for this law: ${tests.join(', ')}.`];
  });
}

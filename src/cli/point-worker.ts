/** The program of a thread that makes laws and exact values of a sweep's points (dist/point-worker.js). */
import { workerScope } from '#worker-scope';
import { plainError } from '../plain-error.js';
import { exactValues } from '../sweep/exact-values.js';
import type { PointAnswer, PointQuestion } from '../sweep/point-threads.js';
import { pointLaw } from '../sweep/point-law.js';
import { sharing } from '../sweep/points.js';

/** Equal parts of points are one object again: what is known of them is kept by object. */
const shared = sharing();

workerScope.onMessage((message) => {
  const { number, ...asked } = message as PointQuestion & { readonly number: number };
  const answer = (): PointAnswer => {
    try {
      if (asked.kind === 'exact') return { number, made: exactValues(asked.question) };
      const { point, request } = asked;
      return { number, made: pointLaw({ ...point, scenario: shared(point.scenario) }, request) };
    } catch (error) {
      return { number, failure: plainError(error) };
    }
  };
  workerScope.postMessage(answer());
});

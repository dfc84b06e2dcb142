/** The program of a thread that makes laws of a sweep's points (dist/law-worker.js). */
import { workerScope } from '#worker-scope';
import { plainError } from '../plain-error.js';
import type { LawAnswer, LawQuestion } from './law-threads.js';
import { pointLaw } from './point-law.js';
import { sharing } from './points.js';

/** Equal parts of points are one object again: what is known of them is kept by object. */
const shared = sharing();

workerScope.onMessage((message) => {
  const { number, point, request } = message as LawQuestion;
  const answer = (): LawAnswer => {
    try {
      return { number, made: pointLaw({ ...point, scenario: shared(point.scenario) }, request) };
    } catch (error) {
      return { number, failure: plainError(error) };
    }
  };
  workerScope.postMessage(answer());
});

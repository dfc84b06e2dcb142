/** An error's way from thread to thread: what comes out is what went in, class and all, through a real channel. */
import { describe, expect, test } from 'vitest';
import * as errors from '../../src/errors.js';
import { plainError, revivedError } from '../../src/plain-error.js';

const sent = (error: unknown): Error => revivedError(structuredClone(plainError(error)));

/** What an error carries; a field that it does not name is no more there than one that is missing. */
const told = (error: Error) =>
  Object.entries(error)
    .filter(([, value]) => value !== undefined)
    .sort();

const raised = [
  new errors.InputError('trials: got 0, expected 1 or more', 'trials'),
  new errors.PlanError('slots: too many'),
  new errors.BackendError('no adapter'),
  new errors.DeviceError('cannot do it'),
  new errors.KernelError('does not compile'),
  new errors.DeviceLostError('lost'),
  new errors.DeviceLimitError('too large'),
  new errors.WrongAnswerError('a device', 'walk', 'got 1, expected 2'),
  new errors.AccuracyError('not reached', 1e-3),
  new errors.StoppedError('stopped'),
];

describe('an error of ours', () => {
  test.each(raised.map((error) => [error.name, error] as const))('%s comes out as it went in', (name, error) => {
    const got = sent(error);
    expect(got).toBeInstanceOf(error.constructor);
    expect(got.constructor).toBe(error.constructor);
    expect(got).toBeInstanceOf(Error);
    expect(told(got)).toEqual(told(error));
    expect([got.name, got.message, got.stack]).toEqual([name, error.message, error.stack]);
  });

  test('is each of the classes that there are', () => {
    const classes = Object.values(errors).filter((of) => of !== errors.BatterywalkError);
    expect(new Set(raised.map((error) => error.constructor))).toEqual(new Set(classes));
  });
});

test('causes travel with it, of their own classes', () => {
  const cause = new errors.DeviceLostError('lost', { cause: new RangeError('of memory') });
  const got = sent(new errors.InputError('refused', 'x', { cause }));
  expect(got.cause).toBeInstanceOf(errors.DeviceLostError);
  const { cause: first } = got.cause as Error;
  expect(first).not.toBeInstanceOf(errors.BatterywalkError);
  expect(first).toMatchObject({ name: 'RangeError', message: 'of memory' });
});

test('whatever else is thrown becomes an error that says it', () => {
  expect(sent('no more')).toMatchObject({ name: 'Error', message: 'no more' });
  expect(sent(new TypeError('not a function'))).toMatchObject({ name: 'TypeError', message: 'not a function' });
  expect(sent(new TypeError('not a function'))).not.toBeInstanceOf(errors.BatterywalkError);
  const aborted = sent(new DOMException('stopped', 'AbortError'));
  expect([aborted.name, aborted.message]).toEqual(['AbortError', 'stopped']);
});

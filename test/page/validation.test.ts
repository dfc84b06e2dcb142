/** The Validate tab's state: what is said and what can be pressed, from a run's start to its end. */
import { describe, expect, test } from 'vitest';
import { encodeLink } from '../../src/page/permalink.js';
import type { HorizonLaws } from '../../src/page/protocol.js';
import { Rig, foundOf, judgedOf } from './validation-rig.js';

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);
const lawsOf = (slots: number) => ({ slots }) as HorizonLaws;

describe('a run', () => {
  test('starts: the form is closed, Stop is open, the worker and the laws are asked', () => {
    const rig = new Rig();
    rig.remark = 'of the run before';
    rig.validation.start();
    expect(rig.runs).toMatchObject([
      { settings: { trials: 1000, horizons: [16, 64], seed: 'rig' }, backend: 'auto', from: undefined },
    ]);
    expect(rig.horizon).toBe(1);
    expect(rig.theory.heard).toMatchObject([{ type: 'prepare', settings: { trials: 1000 } }]);
    expect(rig.status).toBe('Preparing the laws…');
    expect(rig.remark).toBe('');
    expect(rig.controls).toEqual({
      ...{ canRun: false, canStop: true, canContinue: false, continueText: 'Continue', canReport: true },
      ...{ showsProgress: true, showsResult: false, showsReport: false },
    });
    expect(rig.validation.current.running).toBe(true);
    // A second press does nothing.
    rig.validation.start();
    expect(rig.runs).toHaveLength(1);
  });

  test('does not start where a field is wrong', () => {
    const rig = new Rig();
    rig.texts.trials = 'many';
    rig.validation.start();
    expect(rig.wrongAt).toBe('trials');
    expect(rig.status).toBe('The run has not started: see the message at the field.');
    expect(rig.runs).toEqual([]);
    expect(rig.theories).toEqual([]);
    expect(rig.controls).toBeUndefined();
    expect(rig.validation.result()).toBeUndefined();
  });

  test('is drawn as it goes on, ends, and is judged', () => {
    const rig = new Rig();
    rig.start();
    rig.progress(400);
    expect(rig.scheduled).toBe(1);
    expect(rig.validation.current.run?.snapshot?.paths).toBe(400);
    expect(rig.validation.counted()).toBeUndefined();
    expect(rig.validation.result()).toMatchObject({ schemaVersion: 1, seed: 'rig', horizons: [{ slots: 64 }] });
    rig.end(1000, A);
    expect(rig.status).toBe('Finished: 1,000 paths. The exact law is being solved for the verdict…');
    expect(rig.theory.heard[1]).toMatchObject({ type: 'judge', settings: { trials: 1000 }, backend: 'cpu' });
    expect(rig.controls).toEqual({
      ...{ canRun: true, canStop: true, canContinue: true, continueText: 'Continue to 2,000 paths', canReport: true },
      ...{ showsProgress: true, showsResult: true, showsReport: true },
    });
    expect(rig.link).toBe('preset=reference&trials=1000&horizons=16%2C+64&seed=rig&partials=' + A);
    expect(rig.validation.result()).toMatchObject({ partialsSha256: A });
    expect(rig.validation.counted()).toEqual(foundOf(1000).counted);

    rig.theory.listener.onEvent({ type: 'judged', judged: judgedOf(A) });
    expect(rig.status).toBe('PASS: 1,000 paths, judged at 1 horizons. Partials aaaaaaaaaaaa….');
    expect(rig.controls).toMatchObject({ canStop: false, canContinue: true, showsReport: true });
    expect(rig.drawn?.judged).toEqual(judgedOf(A));
    expect(rig.validation.result()).toMatchObject({ pass: true });
  });

  test.each([
    [{ pass: false }, /^FAIL: 1,000 paths, judged at/],
    [{ noExactLaw: 'its harvest remembers' }, /^PASS: 1,000 paths, by the rules of paths alone, at 1 horizons/],
  ])('with a verdict of %j says so', (more, said) => {
    const rig = new Rig();
    rig.start();
    rig.end(1000, A);
    rig.theory.listener.onEvent({ type: 'judged', judged: judgedOf(A, more) });
    expect(rig.status).toMatch(said);
  });

  test('shows what its worker remarks', () => {
    const rig = new Rig();
    rig.start();
    rig.validation.takeRun({ type: 'remark', text: 'The device was lost' });
    rig.validation.takeRun({ type: 'alive' });
    expect(rig.remark).toBe('The device was lost');
  });

  test('of which nothing is known takes no event', () => {
    const rig = new Rig();
    rig.end(1000, A);
    expect(rig.status).toBe('');
    expect(rig.controls).toBeUndefined();
  });

  test('shows another horizon', () => {
    const rig = new Rig();
    rig.start();
    rig.validation.show(0);
    expect(rig.horizon).toBe(0);
  });
});

describe('Stop', () => {
  test('asks once, and what was finished can be continued', () => {
    const rig = new Rig();
    rig.start();
    rig.progress(400);
    rig.validation.stop();
    expect(rig.status).toBe('Stopping…');
    expect(rig.stops).toBe(1);
    expect(rig.controls).toMatchObject({ canRun: false, canStop: false, canContinue: false });
    rig.end(400, A, true);
    expect(rig.status).toMatch(/^Stopped: 400 paths\. The exact law is being solved/);
    expect(rig.theory.heard[1]).toMatchObject({ type: 'judge', settings: { trials: 400 } });
    expect(rig.controls).toMatchObject({ canStop: true, continueText: 'Continue to 1,000 paths' });
  });

  test.each([
    ['nothing', undefined],
    ['no path', foundOf(0)],
  ])('before any path leaves nothing to continue: %s', (_, found) => {
    const rig = new Rig();
    rig.start();
    rig.validation.stop();
    rig.validation.takeRun({ type: 'ended', found, partialsSha256: '', stopped: true });
    expect(rig.status).toBe('Stopped before any path was finished.');
    expect(rig.controls).toEqual({
      ...{ canRun: true, canStop: false, canContinue: false, continueText: 'Continue', canReport: true },
      ...{ showsProgress: false, showsResult: false, showsReport: false },
    });
    rig.validation.goOn();
    expect(rig.runs).toHaveLength(1);
  });

  test('ends the wait for a verdict; the next run has its law solved', () => {
    const rig = new Rig();
    rig.start();
    rig.end(1000, A);
    rig.validation.stop();
    expect(rig.theory.isEnded).toBe(true);
    expect(rig.status).toBe('Finished: 1,000 paths, not judged.');
    expect(rig.unjudged).toMatch(/stopped before its law was solved/);
    expect(rig.drawn?.unjudged).toBe(rig.unjudged);
    expect(rig.controls).toMatchObject({ canStop: false, canContinue: true, showsResult: true, showsReport: false });
    rig.start();
    expect(rig.theories).toHaveLength(2);
    rig.end(1000, A);
    expect(rig.theory.heard.map(({ type }) => type)).toEqual(['prepare', 'judge']);
  });

  test('ends a report; the verdict stays', () => {
    const rig = new Rig();
    rig.start();
    rig.end(1000, A);
    rig.theory.listener.onEvent({ type: 'judged', judged: judgedOf(A) });
    rig.validation.report();
    expect(rig.theory.heard.at(-1)).toEqual({ type: 'report' });
    expect(rig.controls).toMatchObject({ canRun: true, canStop: true, canReport: false });
    rig.validation.stop();
    expect(rig.status).toBe('The report was stopped. Run, or Continue, makes it anew.');
    expect(rig.controls).toMatchObject({ canStop: false, canReport: true, showsReport: false });
    expect(rig.unjudged).toBeUndefined();
  });
});

test('a report is saved, and nothing is waited for any more', () => {
  const rig = new Rig();
  rig.start();
  rig.end(1000, A);
  rig.theory.listener.onEvent({ type: 'judged', judged: judgedOf(A) });
  rig.validation.report();
  rig.theory.listener.onEvent({ type: 'report', html: '<p>report</p>' });
  expect(rig.report).toBe('<p>report</p>');
  expect(rig.controls).toMatchObject({ canStop: false, canReport: true, showsReport: true });
});

describe('Continue', () => {
  const stopped = (): Rig => {
    const rig = new Rig();
    rig.start();
    rig.progress(400);
    rig.end(400, A, true);
    return rig;
  };

  test('goes on to what was asked for, then to twice as many', () => {
    const rig = stopped();
    rig.validation.goOn();
    expect(rig.runs[1]).toMatchObject({ settings: { trials: 1000 }, from: foundOf(400) });
    expect(rig.status).toBe('Going on from 400 paths.');
    expect(rig.controls).toMatchObject({ canRun: false, canStop: true, canContinue: false, showsResult: false });
    // The laws are those of before.
    expect(rig.theories).toHaveLength(1);
    // A verdict on the 400 paths comes late.
    rig.theory.listener.onEvent({ type: 'judged', judged: judgedOf(A) });
    expect(rig.status).toBe('Going on from 400 paths.');
    rig.end(1000, B);
    rig.theory.listener.onEvent({ type: 'judged', judged: judgedOf(A) });
    expect(rig.status).toMatch(/^Finished: 1,000 paths\. The exact law/);
    rig.theory.listener.onEvent({ type: 'judged', judged: judgedOf(B) });
    expect(rig.status).toMatch(/^PASS: 1,000 paths/);
    rig.validation.goOn();
    expect(rig.runs[2]).toMatchObject({ settings: { trials: 2000 }, from: foundOf(1000) });
    expect(rig.texts.trials).toBe('2000');
  });

  test('of an edited form takes the backend alone: the run stays what it was', () => {
    const rig = stopped();
    Object.assign(rig.texts, { backend: 'cpu', seed: 'another', horizons: '8', trials: '5' });
    rig.validation.goOn();
    expect(rig.runs[1]).toMatchObject({
      ...{ backend: 'cpu', settings: { trials: 1000, seed: 'rig', horizons: [16, 64] } },
    });
    expect(rig.texts.trials).toBe('1000');
  });

  test('of a form that is wrong does nothing but complain', () => {
    const rig = stopped();
    rig.texts.seed = '';
    rig.validation.goOn();
    expect(rig.wrongAt).toBe('seed');
    expect(rig.runs).toHaveLength(1);
    expect(rig.validation.counted()).toEqual(foundOf(400).counted);
    expect(rig.controls).toMatchObject({ canContinue: true, showsResult: true });
  });

  test('after a law that was stopped has it solved', () => {
    const rig = stopped();
    rig.validation.stop();
    rig.validation.goOn();
    expect(rig.unjudged).toBeUndefined();
    expect(rig.theories).toHaveLength(2);
    rig.end(1000, B);
    expect(rig.theory.heard.map(({ type }) => type)).toEqual(['prepare', 'judge']);
  });
});

describe('a run that fails', () => {
  test('of its input says so at the field, and the next run asks for its laws anew', () => {
    const rig = new Rig();
    rig.start();
    const failure = { name: 'PlanError', message: 'trials: got 1e13', field: 'trials' };
    rig.validation.takeRun({ type: 'failed', failure, found: undefined });
    expect(rig.wrongAt).toBe('trials');
    expect(rig.status).toBe('The run has not started: see the message at the field.');
    expect(rig.remark).toBe('');
    expect(rig.theory.isEnded).toBe(true);
    expect(rig.controls).toMatchObject({ canRun: true, canStop: false, canContinue: false });
    rig.validation.start();
    expect(rig.theories).toHaveLength(2);
  });

  test.each([
    [undefined, 'DeviceLostError: gone', false],
    [foundOf(400), 'DeviceLostError: gone What was finished is kept: Continue goes on from there.', true],
  ])('of its device says so; what was finished is kept (%#)', (found, remark, canContinue) => {
    const rig = new Rig();
    rig.start();
    rig.validation.takeRun({ type: 'failed', failure: { name: 'DeviceLostError', message: 'gone' }, found });
    expect(rig.status).toBe('The run failed: gone');
    expect(rig.remark).toBe(remark);
    expect(rig.theory.isEnded).toBe(false);
    expect(rig.controls).toMatchObject({ canRun: true, canStop: false, canContinue, showsResult: false });
    rig.validation.goOn();
    expect(rig.runs).toHaveLength(canContinue ? 2 : 1);
  });
});

describe('laws', () => {
  test('are told to the run, and told again to another run of the same scenario and horizons', () => {
    const rig = new Rig();
    rig.start();
    rig.theory.listener.onEvent({ type: 'laws', laws: lawsOf(16) });
    rig.theory.listener.onEvent({ type: 'laws', laws: lawsOf(64) });
    // What is known better takes the place of what was known before.
    rig.theory.listener.onEvent({ type: 'laws', laws: lawsOf(16) });
    rig.end(1000, A);
    expect(rig.toldLaws.splice(0)).toEqual([16, 64, 16]);
    rig.texts.seed = 'another';
    rig.start();
    expect(rig.theories).toHaveLength(1);
    expect(rig.toldLaws.splice(0)).toEqual([64, 16]);
    rig.end(1000, B);
    rig.texts.horizons = '32';
    rig.start();
    expect(rig.theories.map(({ isEnded }) => isEnded)).toEqual([true, false]);
    expect(rig.toldLaws).toEqual([]);
  });

  test('that cannot be solved while the run goes on are named at its end', () => {
    const rig = new Rig();
    rig.start();
    rig.theory.listener.onEvent({ type: 'failed', failure: { name: 'AccuracyError', message: 'too coarse' } });
    expect(rig.validation.current.running).toBe(true);
    expect(rig.unjudged).toBeUndefined();
    rig.end(1000, A);
    expect(rig.status).toBe('Finished: 1,000 paths, not judged.');
    expect(rig.unjudged).toBe('The law could not be solved: too coarse');
    expect(rig.controls).toMatchObject({ canStop: false, canContinue: true, showsResult: true, showsReport: false });
  });

  test('whose input is wrong are left to the run, which says it at the field', () => {
    const rig = new Rig();
    rig.start();
    const failure = { name: 'InputError', message: 'trials', field: 'trials' };
    rig.theory.listener.onEvent({ type: 'failed', failure });
    expect(rig.validation.current.run?.unjudged).toBeUndefined();
    expect(rig.theory.isEnded).toBe(true);
  });

  test('whose worker breaks while the verdict is waited for leave the run unjudged', () => {
    const rig = new Rig();
    rig.start();
    rig.end(400, A, true);
    rig.theory.listener.onBroken('out of memory');
    expect(rig.theory.isEnded).toBe(true);
    expect(rig.status).toBe('Stopped: 400 paths, not judged.');
    expect(rig.unjudged).toBe('The worker that solves the laws failed: out of memory');
    expect(rig.controls).toMatchObject({ canStop: false, canContinue: true, showsReport: false });
  });
});

describe('a link', () => {
  const LINKED = { preset: 'shortfall', trials: '500', horizons: '8', seed: 'linked', partials: A };
  const opened = (): Rig => {
    const rig = new Rig();
    rig.fragment = `#${encodeLink(LINKED)}`;
    rig.validation.open(LINKED);
    return rig;
  };

  test('fills the form, and its hash is to come out again', () => {
    const rig = opened();
    expect(rig.preset).toBe('shortfall');
    expect(rig.texts).toMatchObject({ trials: '500', horizons: '8', seed: 'linked' });
    expect(rig.remark).toMatch(/had the hash aaaaaaaaaaaa…: press Run/);
    rig.start();
    rig.end(500, A);
    expect(rig.remark).toBe('The link’s run came out again: the same integers, aaaaaaaaaaaa….');
  });

  test('of another hash: the run came out otherwise', () => {
    const rig = opened();
    rig.start();
    rig.end(500, B);
    expect(rig.remark).toMatch(/came out otherwise: bbbbbbbbbbbb… for aaaaaaaaaaaa…\. It is of another version/);
  });

  test.each([
    ['a form that was edited', (rig: Rig) => (rig.texts.seed = 'another'), false],
    ['a run that was stopped', () => undefined, true],
  ])('is not held against %s', (_, edit, stopped) => {
    const rig = opened();
    edit(rig);
    rig.start();
    rig.end(500, B, stopped);
    expect(rig.remark).toBe('');
  });

  test('that is followed fills the form, unless a run goes on or it says nothing', () => {
    const rig = new Rig();
    rig.validation.open({});
    expect(rig.remark).toBe('');
    rig.validation.follow({});
    expect(rig.texts.seed).toBe('rig');
    rig.validation.follow({ seed: 'followed' });
    expect(rig.texts.seed).toBe('followed');
    rig.start();
    rig.validation.follow(LINKED);
    expect(rig.texts.seed).toBe('followed');
  });
});

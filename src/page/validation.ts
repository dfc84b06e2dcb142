/**
 * The state of the Validate tab: which run is in hand, what the page waits for, what is said and what can be pressed.
 * It steers the workers through what it is given, and knows no DOM.
 */
import { formatCount } from '../numeric/format.js';
import type { PlainError } from '../plain-error.js';
import { NOTHING_FINISHED } from '../study/progress.js';
import type { Drawing } from './drawing.js';
import type { RunForm } from './form.js';
import { LawSolver } from './law-solver.js';
import { decodeLink, encodeLink, isSameRun } from './permalink.js';
import type { LinkedRun } from './permalink.js';
import { documentOf } from './protocol.js';
import type { Found, RunEvent, TheoryEvent } from './protocol.js';
import { controlsOf, goalOf, newRun, pathsOf, resultOf, verdictLine } from './run-state.js';
import type { Controls, Run, Waiting } from './run-state.js';
import type { Runner } from './runner.js';
import type { startTheoryWorker } from './workers.js';

/** What the state is shown on. */
export interface Screen {
  /** The status line, which is read out. */
  say(text: string): void;
  /** What a reader must not miss; empty where there is nothing. */
  remark(text: string): void;
  update(controls: Controls): void;
  /** Why there is no verdict, in the verdict's place; undefined clears it. */
  showUnjudged(reason: string | undefined): void;
  /** The link to the run that has ended: what is to stand after `#`. */
  link(fragment: string): void;
  saveReport(html: string): void;
}

/** What a validation steers. */
export interface Steered {
  readonly form: Omit<RunForm, 'enable'>;
  readonly runner: Pick<Runner, 'run' | 'stop' | 'show' | 'tellLaws'>;
  readonly drawing: Drawing;
  readonly screen: Screen;
  readonly startTheory: typeof startTheoryWorker;
  /** What the page's address has after `#`. */
  readonly fragment: () => string;
}

const NOT_STARTED = 'The run has not started: see the message at the field.';

export class Validation {
  private run: Run | undefined;
  private stage = { waiting: 'nothing' as Waiting, isStopping: false, hasResult: false, hasReport: false };
  /** The hash that the run of the page's link had. */
  private expected: string | undefined;
  private readonly laws: LawSolver;

  constructor(private readonly to: Steered) {
    this.laws = new LawSolver(to.startTheory, {
      onLaws: (laws) => {
        to.runner.tellLaws(laws);
      },
      onEvent: (event) => {
        this.takeTheory(event);
      },
      onBroken: (message) => {
        this.lackVerdict(`The worker that solves the laws failed: ${message}`);
      },
    });
  }

  /** The run to draw, and whether it goes on. */
  get current(): { readonly run: Run | undefined; readonly running: boolean } {
    return { run: this.run, running: this.stage.waiting === 'run' };
  }

  /** Fills the form from the link with which the page is opened. */
  open(linked: LinkedRun): void {
    this.to.form.fill(linked);
    this.expected = linked.partials;
    if (this.expected === undefined) return;
    this.to.screen.remark(
      `This link is of a run whose result had the hash ${this.expected.slice(0, 12)}…: ` +
        'press Run, and the page says whether it comes out again.',
    );
  }

  /** Fills the form from another link, unless a run goes on. */
  follow(linked: LinkedRun): void {
    if (this.stage.waiting === 'run' || Object.keys(linked).length === 0) return;
    this.to.form.fill(linked);
    this.expected = linked.partials;
  }

  start(): void {
    if (this.stage.waiting === 'run') return;
    const { form, screen, drawing, runner } = this.to;
    const read = form.read();
    if (read === undefined) {
      screen.say(NOT_STARTED);
      return;
    }
    const { settings, backend } = read;
    this.run = newRun(settings);
    screen.remark('');
    const shown = drawing.clear(settings.horizons);
    this.stage.hasResult = false;
    runner.run({ type: 'run', settings, backend, from: undefined });
    runner.show(shown);
    this.laws.ask(settings);
    this.waitFor('run');
    screen.say('Preparing the laws…');
  }

  /** Stops what is waited for. */
  stop(): void {
    const { screen, runner } = this.to;
    const { waiting } = this.stage;
    if (waiting === 'run') {
      this.stage.isStopping = true;
      this.update();
      screen.say('Stopping…');
      runner.stop();
      return;
    }
    this.laws.end();
    if (waiting === 'verdict')
      this.lackVerdict('It was stopped before its law was solved. Run, or Continue, has it judged');
    else screen.say('The report was stopped. Run, or Continue, makes it anew.');
    this.stage.hasReport = false;
    this.waitFor('nothing');
  }

  /** Goes on from the paths of a run that has ended, with its own settings, on the backend that the form says now. */
  goOn(): void {
    const { form, screen, runner } = this.to;
    const { run } = this;
    const trials = run && goalOf(run);
    if (run?.ended === undefined || trials === undefined || this.stage.waiting === 'run') return;
    const from: Found = run.ended;
    form.setTrials(trials);
    const read = form.read();
    if (read === undefined) return;
    const settings = { ...run.settings, trials };
    const unjudged = this.laws.isThere ? run.unjudged : undefined;
    this.run = { ...run, settings, ended: undefined, judged: undefined, unjudged };
    screen.showUnjudged(undefined);
    this.stage.hasResult = false;
    runner.run({ type: 'run', settings, backend: read.backend, from });
    if (!this.laws.isThere) this.laws.ask(settings);
    this.waitFor('run');
    screen.say(`Going on from ${formatCount(from.partials.horizons[0].count)} paths.`);
  }

  /** Shows another horizon, by its place. */
  show(horizon: number): void {
    this.to.runner.show(horizon);
    this.to.drawing.draw();
  }

  /** Has a report made of the run that has ended. */
  report(): void {
    this.laws.post({ type: 'report' });
    this.waitFor('report');
  }

  /** What can be saved of the run, as JSON; undefined where there is nothing yet. */
  result(): object | undefined {
    return this.run && resultOf(this.run);
  }

  /** What the run has counted; undefined before its end. */
  counted(): Found['counted'] | undefined {
    return this.run?.ended?.counted;
  }

  /** Takes what the worker that runs says. */
  takeRun(event: RunEvent): void {
    const { run } = this;
    if (run === undefined) return;
    switch (event.type) {
      case 'alive':
      case 'kept':
        return;
      case 'opened':
        run.opened = { backend: event.backend, adapter: event.adapter };
        return;
      case 'snapshot':
        run.snapshot = event.snapshot;
        this.to.drawing.schedule();
        return;
      case 'remark':
        this.to.screen.remark(event.text);
        return;
      case 'ended':
        this.end(run, event.found, event.partialsSha256, event.stopped);
        return;
      case 'failed':
        if (event.found !== undefined) run.ended = { ...event.found, sha256: '' };
        this.fail(run, event.failure);
    }
  }

  private takeTheory(event: Exclude<TheoryEvent, { readonly type: 'laws' }>): void {
    const { run } = this;
    switch (event.type) {
      case 'judged':
        // A verdict on paths that have been added to since is late.
        if (run?.ended === undefined || documentOf(event.judged).partialsSha256 !== run.ended.sha256) return;
        run.judged = event.judged;
        this.waitFor('nothing');
        this.to.screen.say(verdictLine(event.judged, run.ended.partials.horizons[0].count));
        this.to.drawing.draw();
        return;
      case 'report':
        if (this.stage.waiting === 'report') this.waitFor('nothing');
        this.to.screen.saveReport(event.html);
        return;
      case 'failed':
        // The run worker checks the same input and says what is wrong with it at the field.
        if (event.failure.field === undefined || this.stage.waiting === 'verdict')
          this.lackVerdict(`The law could not be solved: ${event.failure.message}`);
    }
  }

  private end(run: Run, found: Found | undefined, sha256: string, stopped: boolean): void {
    const { screen, drawing, form } = this.to;
    const count = found?.partials.horizons[0].count ?? 0;
    if (found === undefined || count === 0) {
      this.waitFor('nothing');
      screen.say(`${NOTHING_FINISHED.replace('s', 'S')}.`);
      return;
    }
    run.ended = { ...found, sha256 };
    const { partials, elapsedSeconds } = found;
    const { opened, settings, unjudged } = run;
    const judging = unjudged === undefined && opened !== undefined && this.laws.isThere;
    this.stage.hasResult = true;
    this.stage.hasReport = judging;
    this.waitFor(judging ? 'verdict' : 'nothing');
    drawing.draw();
    // Where a law lacks, that is known before the end or after it: the same is said.
    const lack = unjudged === undefined ? '' : ', not judged';
    const came = `${stopped ? 'Stopped' : 'Finished'}: ${formatCount(count)} paths${lack}.`;
    if (judging) {
      screen.say(`${came} The exact law is being solved for the verdict…`);
      this.laws.post({ type: 'judge', settings: { ...settings, trials: count }, partials, elapsedSeconds, ...opened });
    } else {
      screen.say(came);
      screen.showUnjudged(unjudged ?? '');
    }
    if (!stopped) this.compareWithLink(sha256);
    screen.link(encodeLink({ ...form.link(), trials: String(count), partials: sha256 }));
  }

  /** Says whether the run of the page's link came out again. */
  private compareWithLink(sha256: string): void {
    const { form, screen, fragment } = this.to;
    if (this.expected === undefined || !isSameRun(decodeLink(fragment()), form.link())) return;
    screen.remark(
      this.expected === sha256
        ? `The link’s run came out again: the same integers, ${sha256.slice(0, 12)}….`
        : `The link’s run came out otherwise: ${sha256.slice(0, 12)}… for ${this.expected.slice(0, 12)}…. ` +
            'It is of another version of batterywalk, or one of the two devices computes wrongly.',
    );
  }

  /** There will be no verdict on this run. */
  private lackVerdict(reason: string): void {
    const { run } = this;
    if (run === undefined || run.judged !== undefined) return;
    run.unjudged = reason;
    const count = pathsOf(run);
    if (count === undefined) return;
    this.stage.hasReport = false;
    if (this.stage.waiting === 'verdict') {
      this.waitFor('nothing');
      const came = count < run.settings.trials ? 'Stopped' : 'Finished';
      this.to.screen.say(`${came}: ${formatCount(count)} paths, not judged.`);
    } else this.update();
    // Columns for laws that will not come go.
    this.to.drawing.draw();
    this.to.screen.showUnjudged(reason);
  }

  private fail(run: Run, failure: PlainError): void {
    const { form, screen } = this.to;
    this.waitFor('nothing');
    // Theory fails of the same input, sooner or later: what is run next must not wait for the laws of a worker that has
    // none.
    if (failure.field !== undefined) this.laws.end();
    if (form.complain(failure)) {
      screen.say(NOT_STARTED);
      return;
    }
    screen.say(`The run failed: ${failure.message}`);
    const kept = run.ended === undefined ? '' : ' What was finished is kept: Continue goes on from there.';
    screen.remark(`${failure.name}: ${failure.message}${kept}`);
  }

  private waitFor(waiting: Waiting): void {
    this.stage.waiting = waiting;
    this.stage.isStopping = false;
    this.update();
  }

  private update(): void {
    this.to.screen.update(controlsOf(this.run, this.stage));
  }
}

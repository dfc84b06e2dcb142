/** The Validate tab: a run that is watched, stopped, continued and judged. Workers do the work; here it is steered. */
import { partialsToJson } from '../engine/partials-codec.js';
import { html } from '../report/html/markup.js';
import { formatCount } from '../numeric/format.js';
import { startDrawing } from './drawing.js';
import type { PlainError } from '../plain-error.js';
import type { Run } from './drawing.js';
import { NOTHING_FINISHED } from '../study/progress.js';
import { element, save, say, show } from './elements.js';
import { startForm } from './form.js';
import { decodeLink, encodeLink } from './permalink.js';
import { documentOf } from './protocol.js';
import type { Found, HorizonLaws, Judged, RunEvent, RunSettings, TheoryCommand, TheoryEvent } from './protocol.js';
import { Runner } from './runner.js';
import { startTheoryWorker } from './workers.js';
import type { Client } from './workers.js';

/** What the page waits for: each can be stopped. */
type Waiting = 'nothing' | 'run' | 'verdict' | 'report';

export function startValidate(): void {
  const form = startForm();
  const runButton = element('run', HTMLButtonElement);
  const stopButton = element('stop', HTMLButtonElement);
  const continueButton = element('continue', HTMLButtonElement);
  const reportButton = element('save-report', HTMLButtonElement);
  const status = element('status', HTMLElement);
  const remark = element('remark', HTMLElement);
  const verdict = element('verdict', HTMLElement);
  const shown = element('shown', HTMLSelectElement);
  const downloads = element('downloads', HTMLElement);
  const link = element('link', HTMLAnchorElement);

  let run: Run | undefined;
  let waiting: Waiting = 'nothing';
  let expected: string | undefined;
  let theoryOf = '';
  let theory: Client<TheoryCommand> | undefined;
  let laws: HorizonLaws[] = [];

  const runner = new Runner(onRunEvent);
  const drawing = startDrawing(
    () => ({ run, running: waiting === 'run' }),
    (text) => (status.textContent = text),
  );

  const fromLink = decodeLink(location.hash);
  form.fill(fromLink);
  expected = fromLink.partials;
  if (expected !== undefined) {
    say(
      remark,
      `This link is of a run whose result had the hash ${expected.slice(0, 12)}…: press Run, and the page says whether it comes out again.`,
    );
  }
  window.addEventListener('hashchange', () => {
    const linked = decodeLink(location.hash);
    if (waiting === 'run' || Object.keys(linked).length === 0) return;
    form.fill(linked);
    expected = linked.partials;
  });

  element('run-form', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    if (waiting !== 'run') start();
  });
  stopButton.addEventListener('click', stop);
  continueButton.addEventListener('click', goOn);
  shown.addEventListener('change', () => {
    runner.show(shown.selectedIndex);
    drawing.draw();
  });
  element('save-summary', HTMLButtonElement).addEventListener('click', () => {
    if (run?.judged !== undefined)
      save('summary.json', 'application/json', `${JSON.stringify(documentOf(run.judged), null, 2)}\n`);
    else if (run?.snapshot !== undefined)
      save('summary.json', 'application/json', `${JSON.stringify(estimates(run), null, 2)}\n`);
  });
  element('save-partials', HTMLButtonElement).addEventListener('click', () => {
    if (run?.ended !== undefined)
      save('partials.json', 'application/json', `${JSON.stringify(partialsToJson(run.ended.counted))}\n`);
  });
  reportButton.addEventListener('click', () => {
    theory?.post({ type: 'report' });
    waitFor('report');
  });
  element('copy-link', HTMLButtonElement).addEventListener('click', () => {
    void navigator.clipboard.writeText(link.href).then(
      () => (status.textContent = 'The link is copied.'),
      () => (status.textContent = 'The browser does not let the page copy; the link beside the button is the same.'),
    );
  });

  function start(): void {
    const read = form.read();
    if (read === undefined) {
      status.textContent = 'The run has not started: see the message at the field.';
      return;
    }
    const { settings, backend } = read;
    run = {
      settings,
      opened: undefined,
      snapshot: undefined,
      ended: undefined,
      judged: undefined,
      unjudged: undefined,
    };
    say(remark, '');
    drawing.clear(settings.horizons);
    downloads.hidden = true;
    runner.run({ type: 'run', settings, backend, from: undefined });
    runner.show(shown.selectedIndex);
    askTheory(settings);
    waitFor('run');
    status.textContent = 'Preparing the laws…';
  }

  /** The same scenario and horizons have the same laws: they are asked for once. */
  function askTheory(settings: RunSettings): void {
    const key = JSON.stringify([settings.document, settings.horizons]);
    if (key === theoryOf && theory !== undefined) {
      for (const own of laws) runner.tellLaws(own);
      return;
    }
    endTheory();
    laws = [];
    theoryOf = key;
    theory = startTheoryWorker({
      onEvent: onTheoryEvent,
      onBroken: (message) => {
        endTheory();
        lackVerdict(`The worker that solves the laws failed: ${message}`);
      },
    });
    theory.post({ type: 'prepare', settings });
  }

  function endTheory(): void {
    theory?.terminate();
    theory = undefined;
    theoryOf = '';
  }

  function stop(): void {
    if (waiting === 'run') {
      stopButton.disabled = true;
      status.textContent = 'Stopping…';
      runner.stop();
      return;
    }
    endTheory();
    if (waiting === 'verdict') lackVerdict('It was stopped before its law was solved. Run, or Continue, has it judged');
    else status.textContent = 'The report was stopped. Run, or Continue, makes it anew.';
    reportButton.hidden = true;
    waitFor('nothing');
  }

  function goOn(): void {
    if (run?.ended === undefined || waiting === 'run') return;
    const from: Found = run.ended;
    const { count } = from.partials.horizons[0];
    const trials = count < run.settings.trials ? run.settings.trials : 2 * run.settings.trials;
    form.setTrials(trials);
    const read = form.read();
    if (read === undefined) return;
    const settings = { ...run.settings, trials };
    const unjudged = theory === undefined ? undefined : run.unjudged;
    run = { ...run, settings, ended: undefined, judged: undefined, unjudged };
    show(verdict, undefined);
    downloads.hidden = true;
    runner.run({ type: 'run', settings, backend: read.backend, from });
    if (theory === undefined) askTheory(settings);
    waitFor('run');
    status.textContent = `Going on from ${formatCount(count)} paths.`;
  }

  function waitFor(what: Waiting): void {
    waiting = what;
    const running = what === 'run';
    runButton.disabled = running;
    stopButton.disabled = what === 'nothing';
    reportButton.disabled = what === 'report';
    form.enable(!running);
    element('progress-area', HTMLElement).hidden = run?.snapshot === undefined && !running;
    const done = run?.ended?.partials.horizons[0].count;
    continueButton.disabled = running || done === undefined;
    if (run !== undefined) {
      const goal = done !== undefined && done < run.settings.trials ? run.settings.trials : 2 * run.settings.trials;
      continueButton.textContent = done === undefined ? 'Continue' : `Continue to ${formatCount(goal)} paths`;
    }
  }

  function onRunEvent(event: RunEvent): void {
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
        drawing.schedule();
        return;
      case 'remark':
        say(remark, event.text);
        return;
      case 'ended':
        end(event.found, event.partialsSha256, event.stopped);
        return;
      case 'failed':
        if (event.found !== undefined) run.ended = { ...event.found, sha256: '' };
        fail(event.failure);
    }
  }

  function end(found: Found | undefined, sha256: string, stopped: boolean): void {
    if (run === undefined) return;
    const count = found?.partials.horizons[0].count ?? 0;
    if (found === undefined || count === 0) {
      waitFor('nothing');
      status.textContent = `${NOTHING_FINISHED.replace('s', 'S')}.`;
      return;
    }
    run.ended = { ...found, sha256 };
    const { partials, elapsedSeconds } = found;
    const { opened, settings, unjudged } = run;
    const judging = unjudged === undefined && opened !== undefined && theory !== undefined;
    waitFor(judging ? 'verdict' : 'nothing');
    drawing.draw();
    const came = `${stopped ? 'Stopped' : 'Finished'}: ${formatCount(count)} paths`;
    // Where a law lacks, that is known before the end or after it: the same is said.
    status.textContent = unjudged === undefined ? `${came}.` : `${came}, not judged.`;
    if (judging) {
      status.textContent += ' The exact law is being solved for the verdict…';
      theory?.post({ type: 'judge', settings: { ...settings, trials: count }, partials, elapsedSeconds, ...opened });
    } else showUnjudged();
    compareWithLink(sha256, stopped);
    const address = new URL(location.href);
    address.hash = encodeLink({ ...form.link(), trials: String(count), partials: sha256 });
    link.href = address.href;
    downloads.hidden = false;
    reportButton.hidden = !judging;
  }

  function compareWithLink(sha256: string, stopped: boolean): void {
    if (expected === undefined || stopped) return;
    const settings = form.link();
    const linked = decodeLink(location.hash);
    const same = (['preset', 'scenario', 'trials', 'horizons', 'seed'] as const).every(
      (key) => (linked[key] ?? '') === (settings[key] ?? ''),
    );
    if (!same) return;
    say(
      remark,
      expected === sha256
        ? `The link’s run came out again: the same integers, ${sha256.slice(0, 12)}….`
        : `The link’s run came out otherwise: ${sha256.slice(0, 12)}… for ${expected.slice(0, 12)}…. It is of another version of batterywalk, or one of the two devices computes wrongly.`,
    );
  }

  function onTheoryEvent(event: TheoryEvent): void {
    switch (event.type) {
      case 'laws':
        laws = [...laws.filter(({ slots }) => slots !== event.laws.slots), event.laws];
        runner.tellLaws(event.laws);
        return;
      case 'judged':
        // A verdict on paths that have been added to since is late.
        if (run?.ended === undefined || documentOf(event.judged).partialsSha256 !== run.ended.sha256) return;
        run.judged = event.judged;
        waitFor('nothing');
        sayVerdict(event.judged, run.ended.partials.horizons[0].count);
        drawing.draw();
        return;
      case 'report':
        if (waiting === 'report') waitFor('nothing');
        save('report.html', 'text/html', event.html);
        return;
      case 'failed':
        // What it would have known is asked for again. The run worker checks the same input and says so at the field.
        endTheory();
        if (event.failure.field === undefined || waiting === 'verdict')
          lackVerdict(`The law could not be solved: ${event.failure.message}`);
    }
  }

  /** There will be no verdict on this run. */
  function lackVerdict(reason: string): void {
    if (run === undefined || run.judged !== undefined) return;
    run.unjudged = reason;
    if (run.ended === undefined) return;
    if (waiting === 'verdict') {
      waitFor('nothing');
      const { count } = run.ended.partials.horizons[0];
      const came = count < run.settings.trials ? 'Stopped' : 'Finished';
      status.textContent = `${came}: ${formatCount(count)} paths, not judged.`;
    }
    reportButton.hidden = true;
    // Columns for laws that will not come go.
    drawing.draw();
    showUnjudged();
  }

  function showUnjudged(): void {
    show(
      verdict,
      html`<section class="apart">
        <h2>Estimated, not judged</h2>
        <p>${run?.unjudged ?? ''}</p>
      </section>`,
    );
  }

  function sayVerdict(of: Judged, paths: number): void {
    const document = documentOf(of);
    const { pass, partialsSha256, horizons } = document;
    const what = 'noExactLaw' in document ? 'by the rules of paths alone, at' : 'judged at';
    status.textContent = `${pass ? 'PASS' : 'FAIL'}: ${formatCount(paths)} paths, ${what} ${horizons.length} horizons. Partials ${partialsSha256.slice(0, 12)}….`;
  }

  function fail(failure: PlainError): void {
    waitFor('nothing');
    // Theory fails of the same input, sooner or later: what is run next must not wait for the laws of a worker that has
    // none.
    if (failure.field !== undefined) endTheory();
    const atField = form.complain(failure);
    status.textContent = atField
      ? 'The run has not started: see the message at the field.'
      : `The run failed: ${failure.message}`;
    if (!atField)
      say(
        remark,
        `${failure.name}: ${failure.message}${run?.ended === undefined ? '' : ' What was finished is kept: Continue goes on from there.'}`,
      );
  }
}

/** The result of a run that is not judged. */
function estimates({ settings, snapshot, ended }: Run) {
  return {
    schemaVersion: 1,
    ...{ scenario: settings.document, seed: settings.seed },
    horizons: snapshot?.summary.horizons,
    partialsSha256: ended?.sha256,
  };
}

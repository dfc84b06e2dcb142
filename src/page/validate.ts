/** The Validate tab: a run that is watched, stopped, continued and judged. Workers do the work; here it is shown. */
import type { BackendName } from '../engine/backend.js';
import type { Partials } from '../engine/partials.js';
import { partialsToJson } from '../engine/partials-codec.js';
import { html } from '../report/html/markup.js';
import type { Markup } from '../report/html/markup.js';
import { adapterWords, factEntries, figure } from '../report/html/parts.js';
import { scientific } from '../report/html/words.js';
import { formatCount, formatDuration } from '../report/table.js';
import { element, save, say, show } from './elements.js';
import { startForm } from './form.js';
import { decodeLink, encodeLink } from './permalink.js';
import type {
  Adapter,
  Failure,
  HorizonLaws,
  Judged,
  RunEvent,
  RunSettings,
  Snapshot,
  TheoryCommand,
  TheoryEvent,
} from './protocol.js';
import { viewOf } from './view.js';
import { startRunWorker, startTheoryWorker } from './workers.js';
import type { Client } from './workers.js';

/** Charts are drawn at most this often, ms: a chart takes some ten. */
const DRAW_EVERY = 250;
/** The status line is read out; it changes at most this often while a run goes on, ms. */
const SAY_EVERY = 5000;

/** A run and what it has found. */
interface Run {
  readonly settings: RunSettings;
  opened: { readonly backend: BackendName; readonly adapter: Adapter } | undefined;
  snapshot: Snapshot | undefined;
  ended: { readonly partials: Partials; readonly sha256: string; readonly elapsedSeconds: number } | undefined;
  judged: Judged | undefined;
  unjudged: string | undefined;
}

export function startValidate(): void {
  const form = startForm();
  const runButton = element('run', HTMLButtonElement);
  const stopButton = element('stop', HTMLButtonElement);
  const continueButton = element('continue', HTMLButtonElement);
  const status = element('status', HTMLElement);
  const remark = element('remark', HTMLElement);
  const progress = element('progress', HTMLProgressElement);
  const facts = element('facts', HTMLElement);
  const results = element('results', HTMLElement);
  const verdict = element('verdict', HTMLElement);
  const shown = element('shown', HTMLSelectElement);
  const charts = element('charts', HTMLElement);
  const tables = element('tables', HTMLElement);
  const downloads = element('downloads', HTMLElement);
  const link = element('link', HTMLAnchorElement);

  let run: Run | undefined;
  let running = false;
  let expected: string | undefined;
  let theoryOf = '';
  let theory: Client<TheoryCommand> | undefined;
  let laws: HorizonLaws[] = [];
  let reportWanted: (() => void) | undefined;

  const broken = (message: string): void => {
    fail({ name: 'WorkerError', message: `${message}. Reload the page to start again.` });
  };
  const runner = startRunWorker(onRunEvent, broken);

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
    if (running || Object.keys(linked).length === 0) return;
    form.fill(linked);
    expected = linked.partials;
  });

  element('run-form', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    if (!running) start();
  });
  stopButton.addEventListener('click', () => {
    stopButton.disabled = true;
    status.textContent = 'Stopping after the part in hand…';
    runner.post({ type: 'stop' });
  });
  continueButton.addEventListener('click', goOn);
  shown.addEventListener('change', () => {
    runner.post({ type: 'show', horizon: shown.selectedIndex });
    draw(true);
  });
  element('save-summary', HTMLButtonElement).addEventListener('click', () => {
    if (run?.judged !== undefined)
      save('summary.json', 'application/json', `${JSON.stringify(run.judged.document, null, 2)}\n`);
    else if (run?.snapshot !== undefined)
      save('summary.json', 'application/json', `${JSON.stringify(estimates(run), null, 2)}\n`);
  });
  element('save-partials', HTMLButtonElement).addEventListener('click', () => {
    if (run?.ended !== undefined)
      save('partials.json', 'application/json', `${JSON.stringify(partialsToJson(run.ended.partials))}\n`);
  });
  const reportButton = element('save-report', HTMLButtonElement);
  reportButton.addEventListener('click', () => {
    reportButton.disabled = true;
    reportWanted = () => {
      reportButton.disabled = false;
    };
    theory?.post({ type: 'report' });
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
    show(verdict, undefined);
    show(tables, undefined);
    show(charts, undefined);
    results.hidden = true;
    downloads.hidden = true;
    shown.replaceChildren(...settings.horizons.map((slots) => new Option(`${formatCount(slots)} slots`)));
    shown.selectedIndex = settings.horizons.length - 1;
    runner.post({ type: 'run', settings, backend, from: undefined });
    runner.post({ type: 'show', horizon: shown.selectedIndex });
    askTheory(settings);
    setRunning(true);
    status.textContent = 'Preparing the laws…';
  }

  /** The same scenario and horizons have the same laws: they are asked for once. */
  function askTheory(settings: RunSettings): void {
    const key = JSON.stringify([settings.document, settings.horizons]);
    if (key === theoryOf && theory !== undefined) {
      for (const own of laws) runner.post({ type: 'laws', laws: own });
      return;
    }
    theory?.terminate();
    laws = [];
    theoryOf = key;
    theory = startTheoryWorker(onTheoryEvent, broken);
    theory.post({ type: 'prepare', settings });
  }

  function goOn(): void {
    if (run?.ended === undefined || running) return;
    const { partials, elapsedSeconds } = run.ended;
    const { count } = partials.horizons[0];
    const trials = count < run.settings.trials ? run.settings.trials : 2 * run.settings.trials;
    form.setTrials(trials);
    const read = form.read();
    if (read === undefined) return;
    const settings = { ...run.settings, trials };
    run = { ...run, settings, ended: undefined, judged: undefined };
    show(verdict, undefined);
    downloads.hidden = true;
    runner.post({ type: 'run', settings, backend: read.backend, from: { partials, elapsedSeconds } });
    setRunning(true);
    status.textContent = `Going on from ${formatCount(count)} paths.`;
  }

  function setRunning(now: boolean): void {
    running = now;
    runButton.disabled = now;
    stopButton.disabled = !now;
    form.enable(!now);
    element('progress-area', HTMLElement).hidden = run?.snapshot === undefined && !now;
    const done = run?.ended?.partials.horizons[0].count;
    continueButton.disabled = now || done === undefined;
    if (run !== undefined) {
      const goal = done !== undefined && done < run.settings.trials ? run.settings.trials : 2 * run.settings.trials;
      continueButton.textContent = done === undefined ? 'Continue' : `Continue to ${formatCount(goal)} paths`;
    }
  }

  function onRunEvent(event: RunEvent): void {
    if (run === undefined) return;
    switch (event.type) {
      case 'opened':
        run.opened = { backend: event.backend, adapter: event.adapter };
        return;
      case 'snapshot':
        run.snapshot = event.snapshot;
        schedule();
        return;
      case 'remark':
        say(remark, event.text);
        return;
      case 'ended':
        end(event.partials, event.partialsSha256, event.elapsedSeconds, event.stopped);
        return;
      case 'failed':
        if (event.partials !== undefined)
          run.ended = { partials: event.partials, sha256: '', elapsedSeconds: event.elapsedSeconds };
        fail(event.failure);
    }
  }

  function end(partials: Partials, sha256: string, elapsedSeconds: number, stopped: boolean): void {
    if (run === undefined) return;
    const { count } = partials.horizons[0];
    if (count === 0) {
      setRunning(false);
      status.textContent = 'Stopped before any path was finished.';
      return;
    }
    run.ended = { partials, sha256, elapsedSeconds };
    setRunning(false);
    draw(true);
    const { opened, settings } = run;
    const what = `${stopped ? 'Stopped' : 'Finished'}: ${formatCount(count)} paths`;
    if (run.unjudged !== undefined) {
      status.textContent = `${what}.`;
      showUnjudged();
    } else {
      status.textContent = `${what}. The exact law is being solved for the verdict…`;
      if (opened !== undefined)
        theory?.post({ type: 'judge', settings: { ...settings, trials: count }, partials, elapsedSeconds, ...opened });
    }
    compareWithLink(sha256, stopped);
    const address = new URL(location.href);
    address.hash = encodeLink({ ...form.link(), trials: String(count), partials: sha256 });
    link.href = address.href;
    downloads.hidden = false;
    reportButton.hidden = run.unjudged !== undefined;
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
        laws = [...laws.filter((l) => l.slots !== event.laws.slots), event.laws];
        runner.post({ type: 'laws', laws: event.laws });
        return;
      case 'none':
        if (run !== undefined) run.unjudged = event.reason;
        if (run?.ended !== undefined) showUnjudged();
        return;
      case 'judged':
        // A verdict on paths that have been added to since is late.
        if (run?.ended === undefined || event.judged.document.partialsSha256 !== run.ended.sha256) return;
        run.judged = event.judged;
        sayVerdict(event.judged, run.ended.partials.horizons[0].count);
        draw(true);
        return;
      case 'report':
        reportWanted?.();
        save('report.html', 'text/html', event.html);
        return;
      case 'failed':
        // What it would have known is asked for again. The run worker checks the same input and says so at the field.
        theoryOf = '';
        if (event.failure.field === undefined) say(remark, `Theory: ${event.failure.message}`);
    }
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

  function sayVerdict({ document }: Judged, paths: number): void {
    const { pass, partialsSha256, horizons } = document;
    const what = 'noExactLaw' in document ? 'by the rules of paths alone, at' : 'judged at';
    status.textContent = `${pass ? 'PASS' : 'FAIL'}: ${formatCount(paths)} paths, ${what} ${horizons.length} horizons. Partials ${partialsSha256.slice(0, 12)}….`;
  }

  function fail(failure: Failure): void {
    setRunning(false);
    // Theory fails of the same input, sooner or later: what is run next must not wait for the laws of a worker that has none.
    if (failure.field !== undefined) {
      theory?.terminate();
      theory = undefined;
      theoryOf = '';
    }
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

  // Drawing.
  let drawn = 0;
  let said = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  function schedule(): void {
    timer ??= setTimeout(
      () => {
        timer = undefined;
        draw();
      },
      Math.max(0, drawn + DRAW_EVERY - performance.now()),
    );
  }

  function draw(now = false): void {
    const snapshot = run?.snapshot;
    if (run === undefined || snapshot === undefined) return;
    if (now) clearTimeout(timer);
    if (now) timer = undefined;
    drawn = performance.now();
    progress.value = snapshot.paths / snapshot.trials;
    show(facts, factsOf(run, snapshot));
    results.hidden = false;
    if (running && drawn > said + SAY_EVERY) {
      said = drawn;
      status.textContent = `${Math.round(100 * progress.value)} %, ${timeLeft(snapshot)}`;
    }
    const view = viewOf(snapshot, run.judged, shown.selectedIndex);
    show(tables, html`${view.tables()} ${run.judged !== undefined && hashNote(run.judged)}`);
    if (run.judged !== undefined) show(verdict, view.verdict());
    void drawCharts(run, snapshot);
  }

  let drawing = false;
  async function drawCharts(of: Run, snapshot: Snapshot): Promise<void> {
    if (drawing) return;
    drawing = true;
    try {
      const loaded = await import('./charts.js');
      const setting = { document: document };
      const parts = viewOf(snapshot, of.judged, shown.selectedIndex).figures(loaded);
      // One chart a task, so that none holds the page up.
      const figures: Markup[] = [];
      for (const { title, caption, draw: chart } of parts) {
        figures.push(figure(title, caption, chart(setting)));
        await new Promise((resolve) => setTimeout(resolve));
      }
      if (run === of) show(charts, html`${figures}`);
    } finally {
      drawing = false;
    }
    // What came in between.
    if (run !== undefined && (run !== of || run.snapshot !== snapshot || run.judged !== of.judged)) schedule();
  }
}

function timeLeft({ paths, trials, elapsedSeconds }: Snapshot): string {
  return paths >= trials ? 'done' : `${formatDuration((elapsedSeconds * (trials - paths)) / paths)} left`;
}

function factsOf({ opened }: Run, snapshot: Snapshot): Markup {
  const entries: [string, string][] = [
    ['paths', `${formatCount(snapshot.paths)} of ${formatCount(snapshot.trials)}`],
    ['path-slots/s', scientific(snapshot.pathSlotsPerSecond)],
    ['time', snapshot.paths >= snapshot.trials ? formatDuration(snapshot.elapsedSeconds) : timeLeft(snapshot)],
  ];
  if (opened !== undefined) entries.push(['runs on', `${opened.backend}, ${adapterWords(opened.adapter)}`]);
  return factEntries(entries);
}

function hashNote({ document }: Judged): Markup {
  return html`<p class="note">
    Partials <code id="hash">${document.partialsSha256}</code> (SHA-256): equal on every backend and device.
  </p>`;
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

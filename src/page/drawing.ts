/** How the Validate tab draws a run while it goes on and when it is over: facts, tables, verdict, charts. */
import { documentOf } from './protocol.js';
import { html } from '../report/html/markup.js';
import type { Markup } from '../report/html/markup.js';
import { adapterWords } from '../report/adapter-words.js';
import { factEntries, figure } from '../report/html/parts.js';
import { scientific } from '../report/words.js';
import { formatCount } from '../numeric/format.js';
import { formatDuration } from '../report/table.js';
import { progressAt } from '../study/progress.js';
import { element, show } from './elements.js';
import type { Judged, Snapshot } from './protocol.js';
import type { Run } from './run-state.js';
import { viewOf } from './view.js';

/** Charts are drawn at most this often, ms: a chart takes some ten. */
const DRAW_EVERY = 250;
/** The status line is read out; it changes at most this often while a run goes on, ms. */
const SAY_EVERY = 5000;

export interface Drawing {
  /** Draws the run before long. */
  schedule(): void;
  draw(): void;
  /** Takes away what an earlier run left, for a run of these horizons. @returns place of the one that is shown */
  clear(horizons: readonly number[]): number;
}

/**
 * @param current the run to draw, and whether it goes on
 * @param say told how far it is, for the status line
 */
export function startDrawing(
  current: () => { readonly run: Run | undefined; readonly running: boolean },
  say: (text: string) => void,
): Drawing {
  const progress = element('progress', HTMLProgressElement);
  const facts = element('facts', HTMLElement);
  const results = element('results', HTMLElement);
  const verdict = element('verdict', HTMLElement);
  const shown = element('shown', HTMLSelectElement);
  const charts = element('charts', HTMLElement);
  const tables = element('tables', HTMLElement);

  let drawn = 0;
  let said = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  function schedule(): void {
    timer ??= setTimeout(draw, Math.max(0, drawn + DRAW_EVERY - performance.now()));
  }

  function draw(): void {
    clearTimeout(timer);
    timer = undefined;
    const { run, running } = current();
    const snapshot = run?.snapshot;
    if (run === undefined || snapshot === undefined) return;
    drawn = performance.now();
    progress.value = snapshot.paths / snapshot.trials;
    show(facts, factsOf(run, snapshot));
    results.hidden = false;
    if (running && drawn > said + SAY_EVERY) {
      said = drawn;
      say(`${Math.round(100 * progress.value)} %, ${timeLeft(snapshot)}`);
    }
    const view = viewOf(run, snapshot, shown.selectedIndex);
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
      const parts = viewOf(of, snapshot, shown.selectedIndex).figures(loaded);
      // One chart a task, so that none holds the page up.
      const figures: Markup[] = [];
      for (const { title, caption, draw: chart } of parts) {
        figures.push(figure(title, caption, chart(setting)));
        await new Promise((resolve) => setTimeout(resolve));
      }
      if (current().run === of) show(charts, html`${figures}`);
    } finally {
      drawing = false;
    }
    // What came in between.
    const { run } = current();
    if (run !== undefined && (run !== of || run.snapshot !== snapshot || run.judged !== of.judged)) schedule();
  }

  function clear(horizons: readonly number[]): number {
    for (const part of [verdict, tables, charts]) show(part, undefined);
    results.hidden = true;
    shown.replaceChildren(...horizons.map((slots) => new Option(`${formatCount(slots)} slots`)));
    shown.selectedIndex = horizons.length - 1;
    return shown.selectedIndex;
  }

  return { schedule, draw, clear };
}

function timeLeft({ paths, trials, elapsedSeconds }: Snapshot): string {
  if (paths >= trials) return 'done';
  return `${formatDuration(progressAt('', { done: paths, total: trials }, paths, elapsedSeconds).etaSeconds)} left`;
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

function hashNote(judged: Judged): Markup {
  const { partialsSha256 } = documentOf(judged);
  return html`<p class="note">
    Partials <code id="hash">${partialsSha256}</code> (SHA-256): equal on every backend and device.
  </p>`;
}

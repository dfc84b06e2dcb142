/**
 * The Benchmark tab: speeds of every backend of this browser, each beside the hash of what it counted. A wrong hash has
 * no speed.
 */
import type { Markup } from '../report/html/markup.js';
import { BACKEND_NAMES } from '../engine/backend.js';
import type { BackendName } from '../engine/backend.js';
import { html } from '../report/html/markup.js';
import { tableHtml } from '../report/html/table.js';
import { fullAdapterWords } from '../report/adapter-words.js';
import type { Row } from '../report/table-model.js';
import { scientific } from '../report/words.js';
import { formatCount } from '../numeric/format.js';
import { formatDuration } from '../report/table.js';
import { VERSION } from '../version.js';
import { element, save, say, show } from './elements.js';
import type { BenchBackend, BenchCommand, BenchEvent, BenchRow } from './protocol.js';
import { STOP_MS } from './runner.js';
import { startBenchWorker } from './workers.js';
import type { Client } from './workers.js';

/** A timer that comes later than this was held back, ms. */
const LATE = 750;
const TICK = 250;
/** Of the fixed loop's pace before and after: below this the machine was not steady. */
const STEADY = 0.8;

const LABELS: Readonly<Record<BackendName, string>> = { webgpu: 'WebGPU', gpujs: 'WebGL 2 (gpu.js)', cpu: 'processor' };

interface Results {
  readonly startedAt: string;
  readonly backends: BenchBackend[];
  readonly rows: (BenchRow & { readonly disturbed: boolean })[];
  readonly unavailable: { readonly backend: BackendName; readonly reason: string }[];
  readonly disturbances: string[];
  steadiness: number | undefined;
}

export function startBenchmark(): void {
  const startButton = element('bench-start', HTMLButtonElement);
  const stopButton = element('bench-stop', HTMLButtonElement);
  const saveButton = element('bench-save', HTMLButtonElement);
  const length = element('bench-length', HTMLSelectElement);
  const status = element('bench-status', HTMLElement);
  const warning = element('bench-warning', HTMLElement);
  const view = element('bench-results', HTMLElement);

  let results: Results | undefined;
  let worker: Client<BenchCommand> | undefined;
  let disturbed = false;
  let watch: (() => void) | undefined;
  let deadline: ReturnType<typeof setTimeout> | undefined;

  startButton.addEventListener('click', () => {
    results = {
      startedAt: new Date().toISOString(),
      ...{ backends: [], rows: [], unavailable: [], disturbances: [], steadiness: undefined },
    };
    disturbed = false;
    say(warning, '');
    worker?.terminate();
    worker = startBenchWorker({
      onEvent,
      onBroken: (message) => {
        status.textContent = `The benchmark failed: ${message}.`;
        running(false);
      },
    });
    worker.post({ type: 'bench', backends: [...BACKEND_NAMES].reverse(), secondsPerSize: Number(length.value) });
    watch = watchPage(disturb);
    running(true);
    status.textContent = 'Measuring. Leave this tab in front and the machine alone.';
    draw();
  });
  stopButton.addEventListener('click', () => {
    worker?.post({ type: 'stop' });
    status.textContent = 'Stopping…';
    stopButton.disabled = true;
    // Whatever it is at: what was measured is here.
    deadline = setTimeout(() => {
      worker?.terminate();
      running(false);
      status.textContent = 'Stopped.';
    }, STOP_MS);
  });
  saveButton.addEventListener('click', () => {
    if (results !== undefined)
      save('batterywalk-benchmark.json', 'application/json', `${JSON.stringify(exported(results), null, 2)}\n`);
  });

  function running(now: boolean): void {
    startButton.disabled = now;
    stopButton.disabled = !now;
    length.disabled = now;
    saveButton.disabled = now || results === undefined;
    if (!now) watch?.();
    if (!now) clearTimeout(deadline);
  }

  function disturb(what: string): void {
    if (results === undefined) return;
    disturbed = true;
    if (!results.disturbances.includes(what)) results.disturbances.push(what);
    say(warning, `${results.disturbances.join(' ')} What was measured then is marked and not to be quoted.`);
  }

  function onEvent(event: BenchEvent): void {
    if (results === undefined) return;
    switch (event.type) {
      case 'opened':
        results.backends.push(event.backend);
        status.textContent = `Measuring: ${LABELS[event.backend.backend]}.`;
        break;
      case 'row':
        results.rows.push({ ...event.row, disturbed });
        disturbed = document.hidden;
        break;
      case 'unavailable':
        results.unavailable.push(event);
        break;
      case 'remark':
        disturb(event.text);
        break;
      case 'ended':
        results.steadiness = event.steadiness;
        if (event.steadiness < STEADY)
          disturb(
            `The processor ran a fixed loop ${Math.round(100 * (1 - event.steadiness))} % slower at one end of the measurement than at the other: it was throttled, or busy.`,
          );
        running(false);
        status.textContent = event.stopped ? 'Stopped.' : 'Done.';
    }
    draw();
  }

  function draw(): void {
    if (results !== undefined) show(view, resultsMarkup(results));
  }
}

/** Says when the tab was hidden or its timers were held back. @returns what ends the watch */
function watchPage(disturb: (what: string) => void): () => void {
  const hidden = (): void => {
    if (document.hidden) disturb('The tab was in the background.');
  };
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    if (now - last > TICK + LATE) disturb('The browser held the page back.');
    last = now;
  }, TICK);
  document.addEventListener('visibilitychange', hidden);
  hidden();
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', hidden);
  };
}

/** Whether a backend counts what the processor counts. */
function agrees({ backends }: Results, name: BackendName): boolean | undefined {
  const expected = backends.find((b) => b.backend === 'cpu')?.checkSha256;
  const own = backends.find((b) => b.backend === name)?.checkSha256;
  return expected === undefined || own === undefined ? undefined : own === expected;
}

function verdictOf(results: Results, row: BenchRow): 'right' | 'unchecked' | 'wrong' {
  const others = results.rows.filter((r) => r.paths === row.paths);
  const sameSize = others.every((r) => r.partialsSha256 === row.partialsSha256);
  const agreed = agrees(results, row.backend);
  if (row.partialsSha256 === '' || agreed === false || !sameSize) return 'wrong';
  return agreed === undefined ? 'unchecked' : 'right';
}

function resultsMarkup(results: Results): Markup {
  const rows = results.rows.map((row, i): Row => {
    const verdict = verdictOf(results, row);
    const refused = verdict === 'wrong';
    const spread = row.fastest / row.slowest - 1;
    return {
      continues: i > 0 && results.rows[i - 1].backend === row.backend,
      cells: [
        LABELS[row.backend],
        formatCount(row.paths),
        refused ? 'refused' : scientific(row.median),
        refused ? '—' : `${(100 * spread).toFixed(0)} %`,
        { code: row.partialsSha256 === '' ? 'differs from run to run' : row.partialsSha256.slice(0, 12) },
        { pass: !refused, shown: refused ? 'WRONG' : verdict },
        row.disturbed ? { pass: false, shown: 'disturbed' } : '',
      ],
    };
  });
  return html`
    ${
      rows.length > 0 &&
      tableHtml({
        caption: 'Path-slots a second',
        columns: [
          { header: 'backend', align: 'left' },
          { header: 'paths' },
          { header: 'median' },
          { header: 'spread' },
          { header: 'hash', align: 'left' },
          { header: 'count', align: 'left' },
          { header: '', align: 'left' },
        ],
        rows,
      })
    }
    ${results.backends.map(deviceMarkup)}
    ${results.unavailable.map(({ backend, reason }) => html`<p class="note"><strong>${LABELS[backend]}</strong> is not available: ${reason}</p>`)}
    ${results.backends.length > 0 && html`<p class="note">Browser: ${navigator.userAgent}; ${navigator.hardwareConcurrency} threads.</p>`}
  `;
}

function deviceMarkup({ backend, adapter, limits, features, warmUpSeconds, checkSha256 }: BenchBackend): Markup {
  return html`<details>
    <summary>${LABELS[backend]}: ${fullAdapterWords(adapter)}</summary>
    <p class="note">
      Warm-up (open, compile, first run): ${formatDuration(warmUpSeconds)}. First paths
      <code>${checkSha256.slice(0, 12)}</code>.
      ${limits !== undefined && html`<br />${Object.entries(limits).map(([name, value]) => `${name} ${formatCount(value)}; `)}`}
      ${features !== undefined && html`<br />Features: ${features.join(', ')}`}
    </p>
  </details>`;
}

/** What is saved: speeds of wrong counts are left out. */
function exported(results: Results) {
  return {
    schemaVersion: 1,
    version: VERSION,
    startedAt: results.startedAt,
    browser: navigator.userAgent,
    hardwareConcurrency: navigator.hardwareConcurrency,
    workload: { preset: 'benchmark', slots: 4096, horizons: 32 },
    backends: results.backends.map((b) => ({ ...b, agrees: agrees(results, b.backend) ?? null })),
    rates: results.rows.filter((row) => verdictOf(results, row) !== 'wrong'),
    refused: results.rows
      .filter((row) => verdictOf(results, row) === 'wrong')
      .map(({ backend, paths, partialsSha256 }) => ({ backend, paths, partialsSha256 })),
    unavailable: results.unavailable,
    disturbances: results.disturbances,
    steadiness: results.steadiness ?? null,
  };
}

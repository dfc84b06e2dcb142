/** The Benchmark tab: speeds of every backend of this browser, each beside the hash of what it counted. */
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
import { element, save, say, show } from './elements.js';
import { Measurement, exported, verdictOf } from './measurement.js';
import type { Results } from './measurement.js';
import type { BenchBackend, BenchCommand, BenchEvent } from './protocol.js';
import { STOP_MS } from './runner.js';
import { startBenchWorker } from './workers.js';
import type { Client } from './workers.js';

/** A timer that comes later than this was held back, ms. */
const LATE = 750;
const TICK = 250;

const LABELS: Readonly<Record<BackendName, string>> = { webgpu: 'WebGPU', gpujs: 'WebGL 2 (gpu.js)', cpu: 'processor' };

export function startBenchmark(): void {
  const startButton = element('bench-start', HTMLButtonElement);
  const stopButton = element('bench-stop', HTMLButtonElement);
  const saveButton = element('bench-save', HTMLButtonElement);
  const length = element('bench-length', HTMLSelectElement);
  const status = element('bench-status', HTMLElement);
  const warning = element('bench-warning', HTMLElement);
  const view = element('bench-results', HTMLElement);

  let measurement: Measurement | undefined;
  let worker: Client<BenchCommand> | undefined;
  let watch: (() => void) | undefined;
  let deadline: ReturnType<typeof setTimeout> | undefined;

  startButton.addEventListener('click', () => {
    measurement = new Measurement(new Date().toISOString());
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
    if (measurement === undefined) return;
    const saved = exported(measurement.results, navigator);
    save('batterywalk-benchmark.json', 'application/json', `${JSON.stringify(saved, null, 2)}\n`);
  });

  function running(now: boolean): void {
    startButton.disabled = now;
    stopButton.disabled = !now;
    length.disabled = now;
    saveButton.disabled = now || measurement === undefined;
    if (!now) watch?.();
    if (!now) clearTimeout(deadline);
  }

  function disturb(what: string): void {
    measurement?.disturb(what);
    say(warning, measurement?.warning ?? '');
  }

  function onEvent(event: BenchEvent): void {
    if (measurement === undefined) return;
    measurement.take(event, document.hidden);
    say(warning, measurement.warning);
    if (event.type === 'opened') status.textContent = `Measuring: ${LABELS[event.backend.backend]}.`;
    if (event.type === 'ended') {
      running(false);
      status.textContent = event.stopped ? 'Stopped.' : 'Done.';
    }
    draw();
  }

  function draw(): void {
    if (measurement !== undefined) show(view, resultsMarkup(measurement.results));
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

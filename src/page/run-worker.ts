/**
 * The worker that runs: opens a backend, walks part after part, and sends what the page is to draw a few times a
 * second.
 */
import { resolveScenario } from '../fleet/resolve.js';
import { host as ownHost } from '#host';
import { workerScope } from '#worker-scope';
import { partialsSha256 } from '../engine/partials-codec.js';
import { borrowWorkers } from '../host/lending.js';
import { openBackend } from '../engine/open-backend.js';
import { studyOf } from '../study/study.js';
import type { AnyPrepared, Study } from '../study/study.js';
import type { PreparedProof, PreparedRun, PreparedSite } from '../study/plan.js';
import { countOf } from '../study/run.js';
import type { Walked } from '../study/run.js';
import { splitSite } from '../engine/site-job.js';
import { InputError } from '../errors.js';
import { volatility } from '../fleet/walk-law.js';
import { curvesOnBins } from '../report/curves.js';
import { siteDistribution } from '../report/site-curves.js';
import { siteUnits } from '../study/site.js';
import { parseScenario } from '../scenario/parse.js';
import { binDeficits } from '../stats/binned.js';
import { summarizeSite } from '../stats/site-summary.js';
import { summarize } from '../stats/summary.js';
import type {
  Found,
  HorizonLaws,
  Lending,
  RunCommand,
  RunEvent,
  SiteSnapshot,
  Started,
  WalkSnapshot,
} from './protocol.js';
import { plainError } from '../plain-error.js';
import { runInParts } from './run-parts.js';

const PART_SECONDS = 0.2;
/** The page is given what is finished so often, ms. */
const KEEP_EVERY = 2000;
const BEAT_MS = 1000;

/** Its workers are the page's: it is told of them first of all. */
let host = ownHost;

let stop = new AbortController();
let shown = 0;
/** Laws by horizon: of the run that they were sent for. */
let laws = new Map<number, HorizonLaws>();
let current: { readonly study: Study; readonly walked: Walked } | undefined;

const send = (event: RunEvent | Started): void => {
  workerScope.postMessage(event);
};

workerScope.onMessage((message) => {
  const command = message as RunCommand | Lending;
  switch (command.type) {
    case 'lend':
      host = borrowWorkers(ownHost, command.port);
      return;
    case 'run':
      void run(command);
      return;
    case 'stop':
      stop.abort();
      return;
    case 'laws':
      laws.set(command.laws.slots, command.laws);
      sendSnapshot();
      return;
    case 'show':
      shown = command.horizon;
      sendSnapshot();
  }
});
send({ type: 'started' });
setInterval(() => {
  send({ type: 'alive' });
}, BEAT_MS);

async function run({ settings, backend, from }: Extract<RunCommand, { type: 'run' }>): Promise<void> {
  stop = new AbortController();
  const { signal } = stop;
  let finished: Found | undefined = from;
  try {
    if (from === undefined) laws = new Map();
    const study = studyOf(resolveScenario(parseScenario(settings.document)), settings, 'validate');
    const { kernel } = study.planned.job;
    if (study.kind === 'site' && backend === 'gpujs') {
      throw new InputError(
        'backend: got WebGL 2 for a site, expected WebGPU, the processor or the fastest that works: WebGL 2 has the paper’s kernel only',
        'backend',
      );
    }
    const onRemark = (text: string): void => {
      send({ type: 'remark', text });
    };
    const open = () => openBackend(host, { backend, kernel, onRemark });
    let keptAt = -Infinity;
    const walked = await runInParts(study.planned.job, open, {
      ...{ signal, before: from, partSeconds: PART_SECONDS },
      onOpened: ({ name, adapter }) => {
        send({ type: 'opened', backend: name, adapter });
      },
      onPart: (soFar) => {
        finished = foundOf(study, soFar);
        current = { study, walked: soFar };
        sendSnapshot();
        if (performance.now() - keptAt < KEEP_EVERY) return;
        keptAt = performance.now();
        send({ type: 'kept', ...finished });
      },
    });
    const found = foundOf(study, walked);
    send({
      ...{ type: 'ended', found, partialsSha256: partialsSha256(found.counted) },
      stopped: countOf(walked) < settings.trials,
    });
  } catch (error) {
    // What was finished by earlier parts of this run can be gone on with.
    send({ type: 'failed', failure: plainError(error), found: finished });
  }
}

function foundOf(study: Study, { partials, elapsedSeconds }: Walked): Found {
  return { partials, counted: study.counted(partials), elapsedSeconds };
}

function sendSnapshot(): void {
  if (current === undefined || countOf(current.walked) === 0) return;
  const { study, walked } = current;
  const { planned } = study;
  const snapshot = 'site' in planned ? siteSnapshot(planned, walked) : walkSnapshot(study, planned, walked);
  send({ type: 'snapshot', snapshot });
}

function progressOf({ job }: AnyPrepared, { partials, elapsedSeconds }: Walked) {
  const { count: paths } = partials.horizons[0];
  const { slots } = job.horizons[job.horizons.length - 1];
  return { paths, trials: job.paths, elapsedSeconds, pathSlotsPerSecond: (paths * slots) / elapsedSeconds };
}

function siteSnapshot(prepared: PreparedSite, walked: Walked): SiteSnapshot {
  const { partials } = walked;
  const units = siteUnits(prepared);
  const { auxiliary } = splitSite(partials);
  return {
    kind: 'site',
    ...progressOf(prepared, walked),
    summary: summarizeSite(partials, units),
    slotSeconds: units.slotSeconds,
    capacityJoules: prepared.site.battery.capacityJoules,
    distribution: siteDistribution(auxiliary[Math.min(shown, auxiliary.length - 1)], units.quantumJoules),
  };
}

function walkSnapshot(study: Study, prepared: PreparedRun | PreparedProof, walked: Walked): WalkSnapshot {
  const partials = study.counted(walked.partials);
  const { law, walk } = prepared;
  const summary = summarize(partials, law.quantumJoules);
  const horizon = partials.horizons[Math.min(shown, partials.horizons.length - 1)];
  const known = laws.get(horizon.slots);
  const sigma = volatility(walk);
  return {
    kind: 'walk',
    ...progressOf(prepared, walked),
    summary,
    means: summary.horizons.map((h) => {
      const own = laws.get(h.slots)?.means;
      return {
        slots: h.slots,
        simulated: h.meanDeficit,
        lower: h.meanInterval.lower,
        upper: h.meanInterval.upper,
        exact: own?.exact ?? NaN,
        corrected: own?.corrected ?? NaN,
        brownian: own?.brownian ?? NaN,
      };
    }),
    curves:
      known === undefined
        ? undefined
        : curvesOnBins(
            horizon.slots,
            binDeficits(horizon, law.quantumJoules),
            // The corrected law stands where the exact one will be; it is not drawn as that.
            { ...known.onBins, exact: known.onBins.exact ?? known.onBins.corrected },
            sigma,
          ),
    exactKnown: known?.onBins.exact !== undefined,
  };
}

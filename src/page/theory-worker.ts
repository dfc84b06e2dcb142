/**
 * The worker that knows the truth: laws of every horizon, the cheap ones first, while the run goes on beside it; then
 * the verdicts and the report.
 */
import { workerScope } from '#worker-scope';
import { resolveScenario } from '../fleet/resolve.js';
import type { WalkLaw } from '../fleet/walk-law.js';
import { validationAnswer } from '../report/answer.js';
import { parseScenario } from '../scenario/parse.js';
import { binEdges } from '../stats/binned.js';
import { lawOnBins } from '../stats/law-on-bins.js';
import { studyOf } from '../study/study.js';
import type { Study } from '../study/study.js';
import { cheapLaws } from '../theory/walk-theory.js';
import type { DeficitLaw } from '../theory/deficit-law.js';
import type { Judged, RunSettings, Started, TheoryCommand, TheoryEvent } from './protocol.js';
import { plainError } from '../plain-error.js';

type JudgeCommand = Extract<TheoryCommand, { type: 'judge' }>;

/** What is asked, with its laws. */
let study: Study | undefined;
let judged: Judged | undefined;

const send = (event: TheoryEvent | Started): void => {
  workerScope.postMessage(event);
};

workerScope.onMessage((message) => {
  const command = message as TheoryCommand;
  try {
    if (command.type === 'prepare') study = prepare(command.settings);
    else if (command.type === 'judge') judgeRun(command);
    else {
      sendReport().catch((error: unknown) => {
        send({ type: 'failed', failure: plainError(error) });
      });
    }
  } catch (error) {
    send({ type: 'failed', failure: plainError(error) });
  }
});
send({ type: 'started' });

/** A site's laws come all at once, and late: they are asked for while the run goes on. */
function prepare(settings: RunSettings): Study {
  const planned = studyOf(resolveScenario(parseScenario(settings.document)), settings, 'validate');
  if (planned.kind === 'walk' && 'walk' in planned.planned) sendLaws(planned, planned.planned.walk, settings);
  else planned.prepareLaws();
  return planned;
}

/**
 * All laws of a walk, each sent as soon as it is known: the cheap ones of every horizon, then the exact ones from the
 * last on.
 */
function sendLaws(own: Study, walk: WalkLaw, { trials }: RunSettings): void {
  const { job, law, scenario } = own.planned;
  const read = new Map(
    job.horizons.map(({ slots, bins }) => {
      const binned = { edges: binEdges(bins, law.quantumJoules), trials };
      const onBins = (of: DeficitLaw) => ({ mean: of.mean, onBins: lawOnBins(of, binned) });
      const { corrected, brownian } = cheapLaws(walk, slots, scenario.battery.initialJoules);
      return [slots, { onBins, corrected: onBins(corrected), brownian: onBins(brownian) }] as const;
    }),
  );
  const sendAt = (slots: number, exactLaw?: DeficitLaw): void => {
    const at = read.get(slots);
    if (at === undefined) return;
    const { onBins, corrected, brownian } = at;
    const exact = exactLaw && onBins(exactLaw);
    send({
      type: 'laws',
      laws: {
        slots,
        onBins: { corrected: corrected.onBins, brownian: brownian.onBins, exact: exact?.onBins },
        means: { corrected: corrected.mean, brownian: brownian.mean, exact: exact?.mean },
      },
    });
  };
  for (const slots of read.keys()) sendAt(slots);
  own.prepareLaws(({ slots, exact }) => {
    if (exact.missing === undefined) sendAt(slots, exact);
  });
}

function judgeRun({ settings, partials, elapsedSeconds, backend, adapter }: JudgeCommand): void {
  if (study === undefined) throw new Error('no laws were prepared for this run');
  const { count } = partials.horizons[0];
  const pathSlotsPerSecond = (count * settings.horizons[settings.horizons.length - 1]) / elapsedSeconds;
  const outcome = { partials, backend, adapter, elapsedSeconds, pathSlotsPerSecond };
  judged = validationAnswer(study.judge(outcome), settings.read).content();
  send({ type: 'judged', judged });
}

/**
 * The report of the last run: the same file as `validate --out` writes, without the paper's figures. Its charts are
 * drawn without the page.
 */
async function sendReport(): Promise<void> {
  if (judged?.kind === 'site') {
    const { siteReportHtml } = await import('../report/html/site-report.js');
    send({ type: 'report', html: siteReportHtml(judged) });
  } else if (judged !== undefined) {
    const { reportHtml } = await import('../report/html/report.js');
    send({ type: 'report', html: reportHtml(judged) });
  }
}

/**
 * The program of the second thread of `validate` and `reserve` (dist/validator-worker.js): laws while the run goes on
 * beside it, then the verdicts and the files.
 */
import { workerScope } from '#worker-scope';
import { resolveScenario } from '../fleet/resolve.js';
import { validationAnswer } from '../report/answer.js';
import { reserveAnswer } from '../report/reserve-report.js';
import { lawReserves, runReserves } from '../study/reserve.js';
import { studyOf, theoryOf } from '../study/study.js';
import type { Study, Theory } from '../study/study.js';
import { runHost } from './simulating.js';
import { plainError } from '../plain-error.js';
import type { FromValidator, ToValidator } from './validator-protocol.js';

/** What is asked, with its laws. */
let known: { readonly study: Study; readonly theory: Theory | undefined } | undefined;
/** Set once something went wrong, which is told once. */
let failed = false;

const send = (message: FromValidator): void => {
  workerScope.postMessage(message);
};

workerScope.onMessage((message) => {
  act(message as ToValidator).catch((error: unknown) => {
    if (failed) return;
    failed = true;
    send({ kind: 'failed', failure: plainError(error) });
  });
});

async function act(message: ToValidator): Promise<void> {
  if (message.kind === 'prepare') known = prepare(message);
  else if (known === undefined) return;
  else if (message.kind === 'judge') await judge(known.study, message);
  else if (known.theory !== undefined) {
    const reserves = runReserves(known.study, message.outcome, message.risks);
    const { document, rows, text } = reserveAnswer(reserves, lawReserves(known.theory, reserves));
    send({ kind: 'judged', pass: true, document, rows, text: text() });
  }
}

function prepare({ question, scenario, request }: Extract<ToValidator, { kind: 'prepare' }>): typeof known {
  const resolved = resolveScenario(scenario);
  if (question === 'reserve') {
    const study = studyOf(resolved, request, 'run');
    return { study, theory: theoryOf(resolved, request.horizons.slice(-1)) };
  }
  const study = studyOf(resolved, request, 'validate');
  study.prepareLaws();
  return { study, theory: undefined };
}

async function judge(
  own: Study,
  { outcome, startedAt, read, wantsFiles }: Extract<ToValidator, { kind: 'judge' }>,
): Promise<void> {
  const { pass, document, rows, text, files } = validationAnswer(own.judge(outcome), read);
  if (wantsFiles) {
    for await (const [name, contents] of files(() => runHost(startedAt))) send({ kind: 'file', name, contents });
  }
  send({ kind: 'judged', pass, document, rows, text: text() });
}

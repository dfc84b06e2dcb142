/** The program of validate's second thread (dist/validator-worker.js): laws of every horizon while the run goes on beside it, then the verdicts and the files. */
import { workerScope } from '#worker-scope';
import { resolveScenario } from '../fleet/resolve.js';
import { validationAnswer } from '../report/answer.js';
import { studyOf } from '../study/study.js';
import type { Study } from '../study/study.js';
import { runHost } from './simulating.js';
import { plainError } from '../plain-error.js';
import type { FromValidator, ToValidator } from './validator-protocol.js';

let study: Study | undefined;
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
  if (message.kind === 'prepare') {
    study = studyOf(resolveScenario(message.scenario), message.request, 'validate');
    study.prepareLaws();
  } else if (study !== undefined) await judge(study, message);
}

async function judge(
  own: Study,
  { outcome, startedAt, wantsFiles }: Extract<ToValidator, { kind: 'judge' }>,
): Promise<void> {
  const { pass, document, rows, text, files } = validationAnswer(own.judge(outcome));
  if (wantsFiles) {
    for await (const [name, contents] of files(() => runHost(startedAt))) send({ kind: 'file', name, contents });
  }
  send({ kind: 'judged', pass, document, rows, text: text() });
}

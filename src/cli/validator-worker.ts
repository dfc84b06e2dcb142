/** The program of validate's second thread (dist/validator-worker.js): laws of every horizon while the run goes on beside it, then the verdicts and the files. */
import { resolveScenario } from '../fleet/resolve.js';
import { workerScope } from '#worker-scope';
import { prepareRun } from '../study/plan.js';
import type { PreparedRun } from '../study/plan.js';
import { validateDocument } from '../report/documents.js';
import type { FinishedRun } from '../report/documents.js';
import { judgedHorizons, sampledReferences, walkTheory } from '../study/theory.js';
import type { WalkTheory } from '../study/theory.js';
import { validateText } from '../report/run-text.js';
import { validationFiles } from '../report/validation-files.js';
import { summarize } from '../stats/summary.js';
import { judge } from '../stats/verdict.js';
import type { ExactReference } from '../stats/verdict.js';
import { runHost } from './simulating.js';
import { plainError } from './validator-protocol.js';
import type { FromValidator, ToValidator } from './validator-protocol.js';

/** Laws of the walk, and of the walk that is sampled. */
interface Known {
  readonly prepared: PreparedRun;
  readonly theory: WalkTheory;
  readonly references: readonly ExactReference[];
}

let known: Known | undefined;
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
  else if (known !== undefined) await judgeRun(known, message);
}

function prepare({ scenario, request }: Extract<ToValidator, { kind: 'prepare' }>): Known {
  const prepared = prepareRun(resolveScenario(scenario), request);
  const theory = walkTheory(prepared.walk, request.horizons);
  return { prepared, theory, references: sampledReferences(prepared.law, theory) };
}

async function judgeRun(
  { prepared, theory, references }: Known,
  { outcome, startedAt, wantsFiles }: Extract<ToValidator, { kind: 'judge' }>,
): Promise<void> {
  const { paths, ...came } = outcome;
  const simulation: FinishedRun = { ...prepared, ...came, job: { ...prepared.job, paths } };
  const { partials, law } = simulation;
  const summary = summarize(partials, law.quantumJoules);
  const judgement = judge(partials, law.quantumJoules, references);
  const judged = judgedHorizons(simulation, theory);
  const document = validateDocument(simulation, summary, judgement, judged);
  if (wantsFiles) {
    const sampled = references.map((reference) => reference.law);
    const files = validationFiles({ simulation, summary, judged, document, sampled }, () => runHost(startedAt));
    for await (const [name, contents] of files) send({ kind: 'file', name, contents });
  }
  const text = validateText(simulation, summary, judgement, judged);
  send({ kind: 'judged', pass: judgement.pass, text, document });
}

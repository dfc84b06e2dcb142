/**
 * `batterywalk doctor`: what this host can do, and what to install for more. Asks every backend, runs each for a
 * moment.
 */
import { resolveScenario } from '../fleet/resolve.js';
import { host } from '#host';
import type { Backend } from '../engine/backend.js';
import type { BackendRequest } from '../engine/open-backend.js';
import { partialsSha256 } from '../engine/partials-codec.js';
import { prepareRun } from '../study/plan.js';
import type { PreparedRun } from '../study/plan.js';
import { BatterywalkError, DeviceLostError, KernelError, WrongAnswerError } from '../errors.js';
import { adapterWords } from '../report/adapter-words.js';
import { formatTable } from '../report/table.js';
import { loadPreset } from '../scenario/presets.js';
import { quantityKinds } from '../scenario/quantities.js';
import { VERSION } from '../version.js';
import type { CommandContext, CommandSpec } from './context.js';
import { openTold } from './running.js';

interface Finding {
  readonly name: string;
  readonly request: BackendRequest;
  readonly available: boolean;
  readonly device: string;
  /** Path-slots a second of a run of a moment: an impression, not a benchmark. */
  readonly pathSlotsPerSecond: number | undefined;
  readonly partialsSha256: string | undefined;
  /** Why it is not available, and what of its work fails. */
  readonly reason: string | undefined;
  readonly stage: string | undefined;
}

const CANDIDATES: readonly { readonly name: string; readonly request: BackendRequest }[] = [
  { name: 'webgpu, hardware', request: { backend: 'webgpu', adapter: 'hardware' } },
  { name: 'webgpu, software', request: { backend: 'webgpu', adapter: 'software' } },
  { name: 'cpu', request: { backend: 'cpu' } },
  { name: 'gpujs', request: { backend: 'gpujs' } },
];

export const doctor: CommandSpec = {
  name: 'doctor',
  describe: 'what this host can do',
  applies: ['json'],
  examples: ['doctor', 'doctor --json'],
  async run(context) {
    const prepared = prepareRun(resolveScenario(loadPreset('benchmark')), {
      trials: 20_000,
      horizons: [256],
      seed: 'doctor',
    });
    const findings: Finding[] = [];
    const isAgreed = (): boolean => new Set(findings.flatMap((f) => f.partialsSha256 ?? [])).size <= 1;
    for (const candidate of CANDIDATES) {
      context.stage(candidate.name);
      findings.push(await examine(context, candidate, prepared));
      context.offer(`stopped: ${findings.length} of ${CANDIDATES.length} backends were asked`, () => ({
        document: { schemaVersion: 1, version: VERSION, backends: findings },
        text: text(findings, undefined, isAgreed()),
      }));
    }
    const agree = isAgreed() && findings.some((f) => f.partialsSha256 !== undefined);
    const chosen = findings.find((f) => f.available && f.name !== 'webgpu, software')?.name;
    if (context.options.json) {
      context.printJson({
        schemaVersion: 1,
        version: VERSION,
        host: host.name,
        node: process.version,
        platform: process.platform,
        architecture: process.arch,
        auto: chosen,
        backends: findings,
        agree,
        quantities: quantityKinds(),
      });
    } else {
      context.print(`${text(findings, chosen, agree)}\n${quantitiesText()}`);
    }
    return agree ? 0 : 1;
  },
};

async function examine(
  context: CommandContext,
  { name, request }: (typeof CANDIDATES)[number],
  prepared: PreparedRun,
): Promise<Finding> {
  let backend: Backend | undefined;
  try {
    backend = await openTold(context, request);
    // The first run warms up: workers start, pipelines are compiled.
    await backend.run({ ...prepared.job, paths: 1000 });
    const start = performance.now();
    const partials = await backend.run(prepared.job);
    const seconds = (performance.now() - start) / 1000;
    const { adapter } = backend;
    return {
      name,
      request,
      available: true,
      device: adapterWords(adapter),
      pathSlotsPerSecond: (prepared.job.paths * 256) / seconds,
      partialsSha256: partialsSha256(partials),
      reason: undefined,
      stage: undefined,
    };
  } catch (error) {
    if (!(error instanceof BatterywalkError)) throw error;
    return {
      name,
      request,
      available: false,
      device: '',
      pathSlotsPerSecond: undefined,
      partialsSha256: undefined,
      reason: error.message,
      stage: stageOf(error),
    };
  } finally {
    await backend?.release();
  }
}

/** What of a backend's work an error is of. */
function stageOf(error: BatterywalkError): string {
  if (error instanceof WrongAnswerError) return error.stage;
  if (error instanceof KernelError) return 'compilation';
  return error instanceof DeviceLostError ? 'device' : 'opening';
}

/** What may be written with a unit. */
function quantitiesText(): string {
  return formatTable(
    [
      { header: 'quantity', align: 'left' },
      { header: 'such as', align: 'left' },
      { header: 'without a unit', align: 'left' },
      { header: 'units', align: 'left' },
    ],
    quantityKinds().map(({ kind, example, base, units }) => [kind, example, base === '' ? '1' : base, units]),
    'quantities in scenarios, sweep files and options may be texts with a unit',
  );
}

function text(findings: readonly Finding[], chosen: string | undefined, agree: boolean): string {
  const table = formatTable(
    [
      { header: 'backend', align: 'left' },
      { header: 'available', align: 'left' },
      { header: 'path-slots/s' },
      { header: 'partials', align: 'left' },
      { header: 'device', align: 'left' },
    ],
    findings.map((f) => [
      f.name,
      f.available ? 'yes' : 'no',
      f.pathSlotsPerSecond?.toExponential(1) ?? '',
      f.partialsSha256?.slice(0, 8) ?? '',
      f.device,
    ]),
  );
  const reasons = findings.flatMap(({ name, stage, reason }) =>
    reason === undefined ? [] : [`${name}: fails at the stage '${stage ?? ''}': ${reason}\n`],
  );
  return (
    `batterywalk ${VERSION} on ${host.name} ${process.version}, ${process.platform}-${process.arch}, ${host.hardwareConcurrency} threads\n\n` +
    `${table}\n${reasons.join('')}` +
    `auto takes ${chosen ?? 'nothing'}; ${agree ? 'all backends give the same partials' : 'THE BACKENDS DISAGREE: please report this output'}\n`
  );
}

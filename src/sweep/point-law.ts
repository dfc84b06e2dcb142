/** The law and the job of one point of a sweep. */
import type { Job } from '../engine/job.js';
import type { JobRequest } from '../engine/job-request.js';
import { resolveScenario } from '../fleet/resolve.js';
import { plannedTablesSha256 } from '../report/manifest.js';
import { studyAs } from '../study/study.js';
import type { SweepPoint } from './points.js';
import type { ShardResult } from './shard-result.js';

/** Plain data: it travels between threads. */
export interface PointLaw {
  readonly job: Job;
  readonly law: Pick<ShardResult, 'tablesSha256' | 'quantumJoules'>;
}

/** @throws {InputError}, {PlanError} where a point has no law */
export function pointLaw({ scenario, kind }: Pick<SweepPoint, 'scenario' | 'kind'>, request: JobRequest): PointLaw {
  const { planned } = studyAs(kind, resolveScenario(scenario), request, 'point');
  return {
    job: planned.job,
    law: { tablesSha256: plannedTablesSha256(planned), quantumJoules: planned.law.quantumJoules },
  };
}

/** Jobs of every kernel, small ones. */
import type { Job } from '../../src/engine/job.js';
import { planTasksJob } from '../../src/engine/job.js';
import { planProofJob } from '../../src/engine/proof-job.js';
import { planSiteJob } from '../../src/engine/site-job.js';
import { SETTINGS, jobOf } from './jobs.js';
import { SITE_SETTINGS, siteLawOf } from './site-settings.js';
import { TASK_SETTINGS, taskLawOf } from './task-settings.js';

const SLOTS = 60;
const REQUEST = { trials: 700, horizons: [9, SLOTS], seed: 'lasting' };

export function jobsOfEveryKernel(): Job[] {
  const tasks = taskLawOf(TASK_SETTINGS[0].scenario, SLOTS);
  const sites = [SITE_SETTINGS[1], SITE_SETTINGS[SITE_SETTINGS.length - 1]];
  return [
    jobOf(SETTINGS[0], { ...REQUEST, trials: 5000 }),
    jobOf(SETTINGS[1], REQUEST),
    planTasksJob(tasks, 'lumped', REQUEST),
    planTasksJob(tasks, 'distributed', REQUEST),
    planProofJob(tasks, REQUEST),
    ...sites.map(({ scenario }) => planSiteJob(siteLawOf(scenario, SLOTS), REQUEST)),
    jobOf(SETTINGS[4], { ...REQUEST, firstPath: 2 ** 33 }),
  ];
}

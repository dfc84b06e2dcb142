/** The program of a queue worker's second thread, which holds the device (dist/sweep-worker.js). */
import { host } from '#host';
import { workerScope } from '#worker-scope';
import { openBackend } from '../engine/open-backend.js';
import { runEngine } from '../sweep/node/queue/engine.js';

runEngine(workerScope, { open: (request) => openBackend(host, request) });

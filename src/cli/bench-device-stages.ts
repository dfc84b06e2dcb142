/**
 * The stages alone on a device: draws by kernels/stages.wgsl, each with sums that are held against the processor's, and
 * the way of words to the host.
 */
import { host } from '#host';
import { stageSums } from '../engine/cpu/stages.js';
import type { AdapterKind } from '../host/contract.js';
import type { TasksJob } from '../engine/job.js';
import { STAGES } from '../engine/stages.js';
import type { BenchDeviceStage } from '../report/bench-text.js';
import { spread } from './bench-measure.js';
import type { Effort } from './bench-measure.js';

/** Paths that draw at once: enough to fill a large GPU; a processor that plays one wants fewer. */
const HARDWARE_PATHS = 2 ** 18;
const SOFTWARE_PATHS = 2 ** 12;
/** A timed dispatch: long against what a dispatch costs, short against what a browser or a driver allows. */
const DISPATCH_SECONDS = 0.05;
/** Paths whose sums are compared, after so many draws. */
const COMPARED = { paths: 512, times: 64 };
/** Words of a transfer: the partials of some hundred horizons. */
const TRANSFER_WORDS = 2 ** 19;

export async function deviceStageRates(
  backend: string,
  adapter: AdapterKind,
  job: TasksJob,
  { repeats }: Effort,
): Promise<readonly BenchDeviceStage[]> {
  const [{ openDevice }, { openStage, timeTransfer }] = await Promise.all([
    import('../engine/webgpu/device.js'),
    import('../engine/webgpu/stages.js'),
  ]);
  const device = await openDevice(await host.requestAdapter(adapter));
  const columns = device.info.isSoftware ? 'storage' : 'workgroup';
  const paths = device.info.isSoftware ? SOFTWARE_PATHS : HARDWARE_PATHS;
  const rates: BenchDeviceStage[] = [];
  try {
    for (const stage of STAGES) {
      const opened = await openStage(device, columns, job, stage, paths);
      await opened.time(COMPARED.times);
      const expected = stageSums(job, stage, COMPARED.paths, COMPARED.times);
      const agree = (await opened.sums(COMPARED.paths)).every((sum, i) => sum === expected[i]);
      let times = COMPARED.times;
      let took = (await opened.time(times)).wall;
      while (took < DISPATCH_SECONDS / 2 && times < 2 ** 20) took = (await opened.time((times *= 2))).wall;
      const wall: number[] = [];
      const own: number[] = [];
      for (let i = 0; i < repeats; i++) {
        const time = await opened.time(times);
        wall.push((paths * times) / time.wall);
        if (time.device !== undefined) own.push((paths * times) / time.device);
      }
      opened.destroy();
      const clock = own.length > 0 ? { deviceClock: spread(own) } : {};
      rates.push({
        backend,
        stage,
        unit: stage === 'stream' ? 'words/s' : 'slots/s',
        ...spread(wall),
        ...clock,
        agree,
      });
    }
    await timeTransfer(device, TRANSFER_WORDS);
    const transfers: number[] = [];
    for (let i = 0; i < repeats; i++) transfers.push(TRANSFER_WORDS / (await timeTransfer(device, TRANSFER_WORDS)));
    rates.push({ backend, stage: 'transfer', unit: 'words/s', ...spread(transfers), agree: true });
  } finally {
    device.destroy();
  }
  return rates;
}

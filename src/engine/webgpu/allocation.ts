/** Memory of a device: what does not fit is halved, or refused by name before the device refuses it. */
import { DeviceLimitError } from '../../errors.js';
import { deviceName } from './device.js';
import type { Device } from './device.js';
import type { BatchRoom } from './segments.js';

/** Most bytes of a buffer that a kernel reads or writes. */
export function mostBound({ limits }: GPUDevice): number {
  return Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);
}

/** @throws DeviceLimitError where a buffer is larger than the device allows */
export function checkBytes(gpu: GPUDevice, label: string, bytes: number, isBound: boolean): void {
  const most = isBound ? mostBound(gpu) : gpu.limits.maxBufferSize;
  if (bytes <= most) return;
  const mebibytes = (size: number): string => `${(size / 2 ** 20).toFixed(1)} MiB`;
  throw new DeviceLimitError(
    `${label}: a buffer of ${mebibytes(bytes)} is needed, and this device allows ${mebibytes(most)}: ` +
      'use the cpu backend, fewer horizons or smaller tables',
  );
}

/** Makes what a batch needs; where memory is short for half as many paths, and so on. @throws DeviceLimitError */
export async function allocated<T extends { destroy(): void }>(
  device: Device,
  room: BatchRoom,
  make: (room: BatchRoom) => T,
): Promise<T> {
  for (let own = room; ;) {
    const made = await device.allocate(() => make(own));
    if (made !== undefined) return made;
    if (own.paths <= 1 || own.groups === 1) {
      throw new DeviceLimitError(
        `${deviceName(device.info)} has no memory for a single workgroup of this job: use the cpu backend`,
      );
    }
    // What does not fit into this batch comes in the next one, whole jobs included.
    const paths = own.paths >> 1;
    const groups = Math.max(1, own.groups >> 1);
    own = { paths, groups };
  }
}

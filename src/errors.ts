/**
 * Named errors. Each says what came, what was expected and how to mend it; only the command line turns them into
 * exit statuses. Nothing here prints.
 */

import { clearMessage } from './printable.js';

/**
 * Base of every error that the product raises on purpose. `exitStatus` is what the command line ends with. What a
 * message quotes of a file is others' text: the message is short and without control codes whoever makes it.
 */
export abstract class BatterywalkError extends Error {
  abstract readonly exitStatus: number;
  constructor(message: string, options?: ErrorOptions) {
    super(clearMessage(message), options);
    this.name = new.target.name;
  }
}

/**
 * Bad usage or bad input: a scenario, an option, a file. `field` is the path of what is wrong, such as
 * `tasks[2].weight`.
 */
export class InputError extends BatterywalkError {
  readonly exitStatus = 2;
  readonly field: string | undefined;
  constructor(message: string, field?: string, options?: ErrorOptions) {
    super(message, options);
    this.field = field;
  }
}

/** A run that cannot be done within the engine's integers, said before anything starts. */
export class PlanError extends InputError {}

/** No backend could be had: no adapter, no WebGPU package, no worker. */
export class BackendError extends BatterywalkError {
  readonly exitStatus = 3;
}

/** A device cannot do a job, or cannot go on with it; another one may. */
export class DeviceError extends BackendError {}

/** A kernel did not compile or a pipeline was refused; carries the device's own messages. */
export class KernelError extends DeviceError {}

/** The device was lost while at work, or went silent. */
export class DeviceLostError extends DeviceError {}

/** What a job needs is more than its device has or allows. */
export class DeviceLimitError extends DeviceError {}

/** A device came to other integers than it must: nothing that it says is believed. */
export class WrongAnswerError extends DeviceError {
  constructor(
    device: string,
    /** What of its work is wrong: `walk`, `reduction`, `merge`, `transfer`. */
    readonly stage: string,
    /** What came, and what was expected. */
    readonly found: string,
  ) {
    super(
      `${device} gives wrong numbers, in the ${stage}: ${found}. Its driver or browser is at fault; no number of it is ` +
        'used. Run with --backend cpu, or with another driver.',
    );
  }
}

/**
 * A numerical method could not reach the accuracy that it promises. No verdict: status 1 is a failed verdict and
 * nothing else.
 */
export class AccuracyError extends BatterywalkError {
  readonly exitStatus = 3;
  constructor(
    message: string,
    /** Estimated absolute error that was reached, where there is an estimate. */
    readonly reached?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Stopped by a signal before there was anything to report, or with what there is kept elsewhere. */
export class StoppedError extends BatterywalkError {
  readonly exitStatus = 130;
}

import { describe, expect, it } from 'vitest';
import { DEFAULTS, resolveOptions } from '../../src/cli/options.js';
import { horizonLadder, parseCount, parseNumber } from '../../src/scenario/values.js';
import { InputError } from '../../src/errors.js';

describe('numbers on the command line', () => {
  it('may be written with an exponent', () => {
    expect(['1e6', '4096', '1.5e3', '1E+2', ' 7 '].map((text) => parseCount('--trials', text))).toEqual([
      ...[1e6, 4096, 1500, 100, 7],
    ]);
    expect(['-0.5', '.25', '1e-3', '3.'].map((text) => parseNumber('--at', text))).toEqual([-0.5, 0.25, 1e-3, 3]);
  });

  it.each(['0', '-5', '1.5', '', 'ten', 'NaN', 'Infinity', '1e400', '0x10', '1e', '1,000', '1e-3', '1_000'])(
    'count no %j',
    (text) => {
      expect(() => parseCount('--trials', text)).toThrow(
        `--trials: got ${JSON.stringify(text)}, expected a whole number ≥ 1`,
      );
    },
  );

  it('are refused past what a double counts', () => {
    expect(() => parseCount('--trials', '1e16')).toThrow('--trials: got "1e16", expected at most 2^53 − 1');
  });
});

describe('times as slots', () => {
  it('are counted in slots of the scenario', () => {
    expect(resolveOptions({ slots: '7d' }, DEFAULTS, 10)).toMatchObject({ slots: 60_480 });
    expect(resolveOptions({ horizons: '1h,8640.5e0s,1 d' }, DEFAULTS, 0.5)).toMatchObject({
      ...{ slots: 172_800, horizons: [7200, 17_281, 172_800] },
    });
  });

  it('are refused where they are no whole number of them', () => {
    expect(() => resolveOptions({ slots: '1h' }, DEFAULTS, 7)).toThrow(
      '--slots: got "1h", expected a whole number of slots of 7 s: 514 are 3598 s, 515 are 3605 s',
    );
    expect(() => resolveOptions({ horizons: '1d,1h' }, DEFAULTS, 10)).toThrow('--horizons: got 360 after 8640');
  });

  it('ask for the length of a slot only where there are any', () => {
    const refuse = (): never => {
      throw new Error('asked');
    };
    expect(resolveOptions({ slots: '64' }, DEFAULTS, refuse).slots).toBe(64);
  });
});

describe('shared options', () => {
  it('have defaults', () => {
    expect(resolveOptions({}, DEFAULTS)).toEqual({
      trials: 1e6,
      slots: 4096,
      horizons: [16, 64, 256, 1024, 4096],
      seed: '1',
      backend: 'auto',
      adapter: 'auto',
      threads: undefined,
      json: false,
      csv: false,
      out: undefined,
      quiet: false,
      debug: false,
    });
  });

  it('climb in powers of 4 to any T, in order and without crowding', () => {
    expect(horizonLadder(1)).toEqual([1]);
    expect(horizonLadder(31)).toEqual([31]);
    expect(horizonLadder(1000)).toEqual([16, 64, 256, 1000]);
    for (let t = 1; t < 5000; t += 7) {
      const ladder = horizonLadder(t);
      expect(ladder.at(-1)).toBe(t);
      for (let i = 1; i < ladder.length; i++) expect(ladder[i]).toBeGreaterThanOrEqual(2 * ladder[i - 1]);
    }
  });

  it('take T from the last horizon, and agree with --slots', () => {
    expect(resolveOptions({ horizons: '16,128,1e3' }, DEFAULTS)).toMatchObject({
      horizons: [16, 128, 1000],
      slots: 1000,
    });
    expect(resolveOptions({ horizons: '16,128', slots: '128' }, DEFAULTS).slots).toBe(128);
  });

  it.each<[Record<string, string | boolean>, string]>([
    [
      { horizons: '16,128', slots: '256' },
      '--horizons: got 128 as the last horizon and --slots 256, expected the same number',
    ],
    [{ horizons: '128,16' }, '--horizons: got 16 after 128, expected horizons in strictly ascending order'],
    [{ horizons: '16,16' }, '--horizons: got 16 twice, expected horizons in strictly ascending order'],
    [{ horizons: '' }, '--horizons: got "", expected values set apart by commas'],
    [{ horizons: '0,5' }, '--horizons: got "0", expected a whole number ≥ 1'],
    [{ slots: '0' }, '--slots: got "0", expected a whole number ≥ 1'],
    [
      { backend: 'wegbpu' },
      '--backend: got "wegbpu", expected one of auto, webgpu, gpujs, cpu (did you mean "webgpu"?)',
    ],
    [{ adapter: 'gpu' }, '--adapter: got "gpu", expected one of auto, hardware, software'],
    [{ seed: '' }, '--seed: got an empty text'],
    [{ out: '' }, '--out: got an empty text'],
    [{ threads: '0' }, '--threads: got "0", expected a whole number ≥ 1'],
    [{ threads: '1e6' }, '--threads: got "1e6", expected at most 1024'],
    [{ threads: '2', backend: 'webgpu' }, '--threads: got it with --backend webgpu, expected --backend cpu or auto'],
    [{ json: true, csv: true }, '--csv: got it together with --json, expected one of the two'],
    [{ slots: '7d' }, '--slots: got "7d", expected slots: there is no one length of a slot here'],
  ])('refuse %j', (raw, message) => {
    expect(() => resolveOptions(raw, DEFAULTS)).toThrow(InputError);
    expect(() => resolveOptions(raw, DEFAULTS)).toThrow(message);
  });
});

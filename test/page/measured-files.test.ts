/** Measured files of the page: kept under their names, read where a scenario names them, refused as elsewhere. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { readTexts } from '../../src/page/form-values.js';
import { MeasuredFiles, withFile, type MeasuredReader } from '../../src/page/measured-files.js';
import { presetDocument } from '../../src/scenario/presets.js';

const csv = 'time,power_W\n2026-01-01T00:00Z,1\n2026-01-01T01:00Z,2\n';
const fileOf = (name: string, contents: string | Uint8Array<ArrayBuffer>): File => new File([contents], name);
const scenario = (trace: object): object => ({
  schemaVersion: 1,
  slotSeconds: 3600,
  arrivals: { ratePerSlot: 2 },
  tasks: [{ energyJoules: 5 }],
  harvest: { trace },
});

/** Files, and how often the reader was loaded for them. */
function files(): { readonly own: MeasuredFiles; readonly loads: () => number } {
  let loads = 0;
  const load = (): Promise<MeasuredReader> => {
    loads++;
    return import('../../src/page/measured-reader.js');
  };
  return { own: new MeasuredFiles(load), loads: () => loads };
}

it('a scenario without a file is left as it is, and the reader is not loaded', () => {
  const { own, loads } = files();
  const document = presetDocument('reference');
  expect(own.fill(document)).toEqual({ document, read: [], text: '' });
  expect(own.fill(document).document).toBe(document);
  expect(loads()).toBe(0);
});

describe('a file that was taken', () => {
  it('gives its values, and says what was read', async () => {
    const { own, loads } = files();
    await own.add(fileOf('roof.csv', csv));
    await own.add(fileOf('other.csv', 'power_W\n1\n'));
    const { document, read, text } = own.fill(scenario({ csv: 'roof.csv', start: 'random' }));
    expect(document).toEqual(
      scenario({ values: [1, 2], unit: 'W', secondsPerValue: 3600, play: 'loop', start: 'random' }),
    );
    expect(read).toMatchObject([{ file: 'roof.csv', format: 'csv', column: 'power_W', count: 2, meanWatts: 1.5 }]);
    expect(text).toMatch(/^roof\.csv: harvest \(csv\), column "power_W" in W, .* UTC\n {2}2 values of 1 h/);
    expect(text).not.toContain('warning');
    expect(loads()).toBe(1);
    const late = own.fill({ ...scenario({ csv: 'roof.csv' }), startTime: '2026-02-01T00:00Z' });
    expect(late.text).toMatch(/\nwarning: startTime 2026-02-01T00:00Z is not within the file.*\(key startTime\)\n$/);
  });
  it('may be packed by gzip, and is read anew when it comes anew', async () => {
    const { own } = files();
    await own.add(fileOf('roof.csv', csv));
    own.fill(scenario({ csv: 'roof.csv' }));
    await own.add(fileOf('roof.csv', new Uint8Array(gzipSync(csv.replace(',2', ',5')))));
    expect(own.fill(scenario({ csv: 'roof.csv' })).document).toMatchObject({ harvest: { trace: { values: [1, 5] } } });
  });
  it('is not read again for the same keys, and keeps what else was edited', async () => {
    const { own } = files();
    await own.add(fileOf('roof.csv', csv));
    const first = own.fill(scenario({ csv: 'roof.csv' }));
    const again = own.fill({ ...scenario({ csv: 'roof.csv' }), slotSeconds: 60 });
    expect(again.read).toBe(first.read);
    expect(again.document).toEqual({ ...(first.document as object), slotSeconds: 60 });
    const scaled = own.fill(scenario({ csv: 'roof.csv', scale: 2 })).document;
    expect(scaled).toMatchObject({ harvest: { trace: { values: [2, 4] } } });
  });
});

describe('what is refused', () => {
  it('a file that is not there, a packed one that is damaged', async () => {
    const { own } = files();
    expect(() => own.fill(scenario({ csv: 'roof.csv' }))).toThrow(
      'harvest.trace.csv: got "roof.csv", which is not on this page, expected a file that is chosen or dropped here',
    );
    const damaged = new Uint8Array(gzipSync(csv).subarray(0, 20));
    await expect(own.add(fileOf('roof.csv.gz', damaged))).rejects.toThrow('roof.csv.gz: cannot be unpacked');
    await expect(
      own.add({ name: 'big.csv', size: 2 ** 30, arrayBuffer: () => Promise.reject(new Error('read')) }),
    ).rejects.toThrow('big.csv: got');
  });
  it('what the reader refuses, with its key', async () => {
    const { own } = files();
    await own.add(fileOf('two.csv', 'time,solar,wind\n2026-01-01T00:00Z,1,2\n2026-01-01T01:00Z,2,3\n'));
    expect(() => own.fill(scenario({ csv: 'two.csv' }))).toThrow(InputError);
    expect(() => own.fill(scenario({ csv: 'two.csv' }))).toThrow(/two\.csv: .*expected column to be given/);
  });
});

describe('the scenario as JSON', () => {
  it('gets the file as its harvest, once', () => {
    const text = withFile(JSON.stringify(presetDocument('reference')), 'roof.csv');
    const before = presetDocument('reference') as object;
    expect(JSON.parse(text)).toEqual({ ...before, harvest: { trace: { csv: 'roof.csv' } } });
    const edited = text.replace('"roof.csv"', '"roof.csv", "column": 2');
    expect(withFile(edited, 'roof.csv')).toBe(edited);
  });
  it('keeps what a trace is scaled to', () => {
    const text = JSON.stringify({ harvest: { mean: { timesDemand: 1.1 }, trace: { sample: 'sun' } } });
    const mean = { timesDemand: 1.1 };
    expect(JSON.parse(withFile(text, 'a.csv'))).toEqual({ harvest: { trace: { csv: 'a.csv' }, mean } });
  });
  it('must be JSON', () => {
    expect(() => withFile('{', 'a.csv')).toThrow(/line 1/);
    expect(() => withFile('3', 'a.csv')).toThrow('got no object');
  });
});

it('the form gives a run the values and what was read', async () => {
  const { own } = files();
  await own.add(fileOf('roof.csv', csv));
  const texts = { trials: '10', horizons: '4', seed: '1', backend: 'cpu' };
  const complaints: string[] = [];
  const read = readTexts(
    { ...texts, scenario: JSON.stringify(scenario({ csv: 'roof.csv' })) },
    (field, message) => complaints.push(`${field}: ${message}`),
    (document) => own.fill(document),
  );
  expect(complaints).toEqual([]);
  expect(read?.settings.read).toHaveLength(1);
  expect(read?.settings.document).toMatchObject({ harvest: { trace: { values: [1, 2] } } });
});

import { describe, expect, it } from 'vitest';
import { progressReporter } from '../../src/cli/progress.js';

function recorder(isTTY: boolean, columns?: number) {
  const written: string[] = [];
  return { written, sink: { isTTY, columns, write: (text: string) => written.push(text) } };
}
const state = (done: number) => ({ label: 'simulating', done, total: 1000, rate: 2.5e8, etaSeconds: 200 });

describe('progress', () => {
  it('is JSON lines off a terminal, about one a second, and always the last', () => {
    const { written, sink } = recorder(false);
    let time = 0;
    const reporter = progressReporter(sink, false, () => time);
    for (let i = 1; i <= 1000; i++) {
      time = 3 * i;
      reporter.report(state(i));
    }
    reporter.finish();
    expect(written.every((line) => line.endsWith('}\n'))).toBe(true);
    expect(written.map((line) => JSON.parse(line) as unknown)).toEqual([state(1), state(335), state(669), state(1000)]);
  });

  it('is one live line on a terminal, cut to its width, and cleared at the end', () => {
    const { written, sink } = recorder(true, 40);
    const reporter = progressReporter(sink, false, () => 0);
    reporter.report(state(250));
    reporter.report(state(251));
    reporter.finish();
    reporter.finish();
    expect(written).toEqual(['\r\u001b[2Ksimulating  25.0 %  250 of 1,000  250 M', '\r\u001b[2K']);
  });

  it('is nothing when quiet', () => {
    for (const isTTY of [true, false]) {
      const { written, sink } = recorder(isTTY);
      const reporter = progressReporter(sink, true);
      reporter.report(state(1000));
      reporter.finish();
      expect(written).toEqual([]);
    }
  });

  it('names a stage that lasts: after a second, then at intervals that double up to ten', () => {
    const { written, sink } = recorder(false);
    let time = 0;
    const reporter = progressReporter(sink, false, () => time);
    reporter.stage('exact laws');
    for (time = 0; time <= 40_000; time += 250) reporter.tick();
    const shown = [1, 3, 7, 15, 25, 35].map((elapsedSeconds) => ({ label: 'exact laws', elapsedSeconds }));
    expect(written.map((line) => JSON.parse(line) as unknown)).toEqual(shown);
  });

  it('shows a stage on a terminal once a second, and nothing where a state was just shown', () => {
    const { written, sink } = recorder(true, 80);
    let time = 0;
    const reporter = progressReporter(sink, false, () => time);
    reporter.report(state(250));
    time = 900;
    reporter.tick();
    expect(written.length).toBe(1);
    reporter.stage('writing');
    time = 2000;
    reporter.tick();
    expect(written.slice(1)).toEqual(['\r\u001b[2Kwriting  1.1 s']);
  });
});

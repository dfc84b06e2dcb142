/** The parts of report.html that need no run: escaping, words, ticks. */
import { describe, expect, it } from 'vitest';
import { decades, logTick, powerOfTen } from '../../src/report/charts/ticks.js';
import { Markup, escapeHtml, html } from '../../src/report/html/markup.js';
import { verdictWords } from '../../src/report/html/words.js';
import { formatPValue, roundTrials, spanWords } from '../../src/report/words.js';
import type { ValidateDocument } from '../../src/report/documents.js';

describe('markup', () => {
  it('escapes what is put in, in text and in attributes, and not what is HTML already', () => {
    const nasty = `<b a="1" b='2'>&amp;`;
    expect(html`<p title="${nasty}">${nasty}${new Markup('<br>')}</p>`.text).toBe(
      '<p title="&#60;b a=&#34;1&#34; b=&#39;2&#39;&#62;&#38;amp;">&#60;b a=&#34;1&#34; b=&#39;2&#39;&#62;&#38;amp;<br></p>',
    );
    expect(html`${[1, 'x', html`<i>${'<'}</i>`]}${undefined}${false}`.text).toBe('1x<i>&#60;</i>');
    expect(escapeHtml('a\u0000b\u001bc\td\ne')).toBe('a\ufffdb\ufffdc\td\ne');
  });
});

describe('words', () => {
  it('says p-values, trials and spans as people do', () => {
    expect([0.049, 0.001, 0.0000312, 0, 1].map(formatPValue)).toEqual([
      '0.049',
      '0.0010',
      '3.1·10⁻⁵',
      '< 10⁻³⁰⁰',
      '1.0',
    ]);
    expect([23456, 84, Infinity].map(roundTrials)).toEqual(['23,000', '84', 'any number of']);
    expect([40, 47 * 3600, 4 * 86400].map(spanWords)).toEqual(
      ['40 s', '47 h 0 min', '4.00 days'].map((s) => s.replaceAll(' ', '\u00a0')),
    );
  });

  const verdict = { name: 'mean' as const, statistic: 1, pValue: 0.3, alpha: 0.001, pass: true };
  const document = (pass: boolean) =>
    ({
      pass,
      familyAlpha: 0.001,
      scenario: { slotSeconds: 10, battery: { initialJoules: 5000 } },
      horizons: [
        {
          ...{
            slots: 16,
            trials: 1000,
            meanDeficit: 1200,
            probabilityZero: 0.1,
            quantiles: { '0.9': 2000, '0.99': 3000 },
            quantileIntervals: { '0.9': { lower: 1950, upper: 2050 }, '0.99': { lower: 2900, upper: 3100 } },
            meanInterval: { lower: 1150, upper: 1250 },
            probabilityZeroInterval: { lower: 0.08, upper: 0.12 },
          },
          verdicts: [verdict, { ...verdict, name: 'chiSquare' as const, pValue: pass ? 0.5 : 1e-9, pass }],
        },
      ],
    }) as unknown as ValidateDocument;

  it('names in a failure what failed, and passes nothing off as right', () => {
    const { text } = verdictWords(document(false));
    expect(text).toContain('FAIL');
    expect(text).not.toContain('PASS');
    expect(text).toMatch(/Of 2 tests .* 1 failed:\s+shape \(χ², equiprobable cells\) at 16 slots \(p = 1\.0·10⁻⁹\)/s);
  });

  it('says in a pass what it rests on, for planners and for statisticians', () => {
    const { text } = verdictWords(document(true));
    expect(text).toMatch(/PASS.*all\s+2 tests.*starts with 5\.000\u00a0kJ.*family-wise.*smallest p-value is\s+0\.30/s);
    expect(text).not.toContain('FAIL');
  });
});

describe('ticks', () => {
  it('writes powers of ten, and takes as many decades as there is room for', () => {
    expect([powerOfTen(-12), powerOfTen(6), powerOfTen(0)]).toEqual(['10⁻¹²', '10⁶', '10⁰']);
    expect([0.01, 0.001, 100, 1e5, 1].map(logTick)).toEqual(['0.01', '10⁻³', '100', '10⁵', '1']);
    expect(decades(1e-3, 1)).toEqual([1e-3, 1e-2, 1e-1, 1]);
    expect(decades(1e-12, 1, 4)).toEqual([1e-12, 1e-9, 1e-6, 1e-3, 1]);
  });
});

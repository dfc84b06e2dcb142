/** What is shared of two scenarios' draws, in words. */
import { describe, expect, test } from 'vitest';
import { correlationText, formatCorrelation, sharedDrawsText, uncommonDraws } from '../../src/report/shared-draws.js';

describe('shared draws in words', () => {
  test('all of them, some of them, those of one side', () => {
    const alike = [
      { purpose: 'arrivals', sharing: 'identical' },
      { purpose: 'kinds', sharing: 'identical' },
    ] as const;
    expect(sharedDrawsText(alike, 'a', 'b')).toBe('All draws are alike on every path: arrivals, kinds of task.');
    expect(uncommonDraws(alike, 'a', 'b')).toEqual([]);
    const mixed = [
      ...alike,
      { purpose: 'harvest', sharing: 'otherLaw' },
      { purpose: 'weather', sharing: 'onlyFirst' },
      { purpose: 'blocks', sharing: 'onlySecond' },
    ] as const;
    expect(sharedDrawsText(mixed, 'a', 'b')).toBe(
      'Drawn alike on every path: arrivals, kinds of task. From the same words through other laws: harvest. ' +
        'Only in a: weather. Only in b: starts and blocks of the trace.',
    );
    expect(uncommonDraws(mixed, 'a', 'b')).toEqual([
      'From the same words through other laws: harvest',
      'Only in a: weather',
      'Only in b: starts and blocks of the trace',
    ]);
  });

  test('what they are worth', () => {
    expect(correlationText(0.97, 33.3)).toBe(
      'their correlation over paths is 0.970, so that independent runs would need 33 times as many paths',
    );
    expect(correlationText(0.05, 1.05)).toBe(
      'their correlation over paths is 0.05, so that sharing draws saves little or nothing',
    );
    expect(correlationText(1, Infinity)).toMatch(/they differ by the same on every path$/);
  });

  test.each([
    [0.244, '0.24'],
    [0.97, '0.970'],
    [0.9942, '0.9942'],
    [0.99997, '0.999970'],
    [1, '1.000000'],
    [-0.5, '−0.50'],
  ])('%d is written with the digits that tell it from 1', (correlation, text) => {
    expect(formatCorrelation(correlation)).toBe(text);
  });
});

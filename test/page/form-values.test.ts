/** What the form says: texts read to a run or to complaints, links, and where in the JSON a message is about. */
import { describe, expect, test } from 'vitest';
import { fieldOf, linkOf, placeIn, readTexts } from '../../src/page/form-values.js';
import type { Field } from '../../src/page/form-values.js';
import { isSameRun } from '../../src/page/permalink.js';
import { presetDocument } from '../../src/scenario/presets.js';

const TEXTS = {
  ...{ trials: '12,000', horizons: '16, 64', seed: '1', backend: 'cpu' },
  scenario: JSON.stringify(presetDocument('reference'), null, 2),
};

describe('texts', () => {
  const complaintsOf = (texts: Partial<typeof TEXTS>): [Field, string][] => {
    const complaints: [Field, string][] = [];
    const read = readTexts({ ...TEXTS, ...texts }, (field, message) => complaints.push([field, message]));
    expect(read === undefined).toBe(complaints.length > 0);
    return complaints;
  };

  test('are read to a run', () => {
    const complain = (): never => {
      throw new Error('nothing is wrong');
    };
    expect(readTexts(TEXTS, complain)).toEqual({
      settings: { document: presetDocument('reference'), trials: 12_000, horizons: [16, 64], seed: '1' },
      backend: 'cpu',
    });
  });

  test.each([
    ['trials', 'many', /trials: got "many"/],
    ['horizons', '64, 16', /got 16 after 64/],
    ['seed', '', /expected a seed/],
    ['scenario', '{', /line 1/],
  ] as const)('of which %s is wrong are complained of there', (field, text, message) => {
    expect(complaintsOf({ [field]: text })).toEqual([[field, expect.stringMatching(message)]]);
  });

  test('that are all wrong are complained of from the last to the first', () => {
    const fields = complaintsOf({ trials: '', horizons: '', seed: '', scenario: '' }).map(([field]) => field);
    expect(fields).toEqual(['scenario', 'seed', 'horizons', 'trials']);
  });
});

test.each([
  ['trials', 'trials'],
  ['tasks[2].weight', 'scenario'],
  ['', undefined],
  [undefined, undefined],
] as const)('an error that names %j belongs to %j', (field, expected) => {
  expect(fieldOf({ name: 'InputError', message: '', ...(field === undefined ? {} : { field }) })).toBe(expected);
});

describe('a link', () => {
  test('names the preset, or an edited scenario in full, and a backend that was chosen', () => {
    const { scenario, backend, ...rest } = TEXTS;
    expect(linkOf('reference', TEXTS)).toEqual({ preset: 'reference', backend, ...rest });
    expect(linkOf('own', { ...TEXTS, backend: 'auto' })).toEqual({ scenario, ...rest });
  });

  test('is of the same run on another backend and with another hash, and of no other seed', () => {
    const link = linkOf('reference', TEXTS);
    expect(isSameRun(link, { ...link, backend: 'webgpu', partials: 'a' })).toBe(true);
    expect(isSameRun(link, { ...link, seed: '2' })).toBe(false);
    expect(isSameRun({}, { seed: '' })).toBe(true);
  });
});

describe('a message is about', () => {
  const text = '{\n  "tasks": [\n    { "weight": 1 },\n    { "weight": 2 }\n  ],\n  "weight": 3\n}';
  const selected = (message: string, field?: string): string | undefined => {
    const place = placeIn(text, message, field);
    return place && `${text.slice(...place)} at ${place[0]}`;
  };

  test.each([
    ['the key that an error names', 'got -2', 'tasks', `"tasks" at ${text.indexOf('"tasks"')}`],
    ['a key of the element that it names', 'got 2', 'tasks[1].weight', `"weight" at ${text.indexOf('"weight": 2')}`],
    ['as much of the path as there is', 'is missing', 'tasks.name', `"tasks" at ${text.indexOf('"tasks"')}`],
    ['a line and a column', 'not JSON at line 3, column 5', 'scenario', `{ at ${text.indexOf('{ "weight": 1')}`],
    ['nothing that is there', 'is missing', 'arrivals', undefined],
    ['nothing that it names', 'is wrong', undefined, undefined],
  ])('%s', (_, message, field, expected) => {
    expect(selected(message, field)).toBe(expected);
  });
});

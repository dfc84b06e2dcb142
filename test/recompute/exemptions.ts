/**
 * The one list of what the tests of this folder do not work out anew, with the reason each. `GIVEN` numbers are taken
 * as they stand; `ASKED` ones come from the product's own code, asked here of the same inputs, for that code is held
 * against independent calculations elsewhere. exemptions.test.ts says that no entry is idle.
 */
import type { LeafRule } from './explained.js';

/** Numbers that nothing kept determines. */
export const GIVEN = {
  threads: {
    place: /^\/engine\/adapter\/threads$/,
    reason: 'how many threads the machine lends; a run on one processor has one',
  },
  designTime: {
    place: /^\/elapsedSeconds$/,
    reason: 'a search looks at as many paths as each value needs: no rate is kept that its time would have to fit',
  },
  rate: {
    place: /^\/pathSlotsPerSecond$/,
    reason: 'measured for a moment before a sweep, in which nothing is kept',
  },
  estimate: {
    place: /^\/estimatedSeconds$/,
    reason: 'from that rate, and from how long the law and the exact values of one point took',
  },
} as const satisfies Readonly<Record<string, { readonly place: RegExp; readonly reason: string }>>;

/** What is asked of the product. */
export const ASKED = {
  'sampled law': {
    of: 'prepareRun, prepareSite',
    reason: 'quantum and sampling error are those of the tables; test/law holds both against sums over the true law',
  },
  paths: {
    of: 'the plain twin of the kernels',
    reason: 'what is drawn is known answers of Random123 and of test/engine; here it is only added up again',
  },
  'laws of a walk': {
    of: 'walkTheory, exactLaw',
    reason:
      'test/theory holds all three laws against other ways to them; moments of figures have one of their own here',
  },
  'laws of a site': {
    of: 'siteReference, siteAllowance',
    reason: 'test/theory/chain-*.test.ts holds the chain against other ways to it and against paths',
  },
  verdicts: {
    of: 'judge, judgeSite, judgeProof',
    reason: 'test/stats holds each test against its own law, and sees each reject a wrong engine',
  },
  transitions: {
    of: 'detectTransition',
    reason: 'a search with a bootstrap of its own draws; test/stats holds it against curves whose bend is known',
  },
  looks: {
    of: 'the search of design',
    reason: 'which values a search looks at is its own affair; what it says of each is worked out anew',
  },
} as const satisfies Readonly<Record<string, { readonly of: string; readonly reason: string }>>;

/** Stands for any number. */
export const ANYTHING = Symbol('anything');

export const exemption = (): typeof ANYTHING => ANYTHING;

/** Rules for numbers that are taken as they stand: each must be of some number of the document. */
export function given(...names: readonly (keyof typeof GIVEN)[]): LeafRule[] {
  return names.map((name): LeafRule => [GIVEN[name].place, exemption]);
}

/** What came from the product's own code. */
export function asked<T>(_name: keyof typeof ASKED, value: T): T {
  return value;
}

/** A document where there is no browser. For drawing charts only: it loads and runs nothing. */
import { parseHTML } from 'linkedom';
import type { ChartDocument } from './chart.js';

/** An empty document. */
export function serverDocument(): ChartDocument {
  return parseHTML('<!doctype html><html><head></head><body></body></html>').document;
}

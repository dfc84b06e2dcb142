/** What a run ran on, in words. */
import type { Backend } from '../engine/backend.js';

/** `2 threads`, or the adapter's own name. */
export function adapterWords(adapter: Backend['adapter']): string {
  if ('threads' in adapter) return `${adapter.threads} thread${adapter.threads === 1 ? '' : 's'}`;
  const { description, device, architecture, vendor, isSoftware } = adapter;
  return `${description || device || architecture || vendor || 'unnamed'}${isSoftware ? ' (software)' : ''}`;
}

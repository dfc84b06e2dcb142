/** What a run ran on, in words. */
import type { Backend } from '../engine/backend.js';

/** `2 threads`, or the adapter's own name. */
export function adapterWords(adapter: Backend['adapter']): string {
  if ('threads' in adapter) return `${adapter.threads} thread${adapter.threads === 1 ? '' : 's'}`;
  const { description, device, architecture, vendor, isSoftware } = adapter;
  return `${description || device || architecture || vendor || 'unnamed'}${isSoftware ? ' (software)' : ''}`;
}

/** All that an adapter says of itself. */
export function fullAdapterWords(adapter: Backend['adapter']): string {
  if ('threads' in adapter) return adapterWords(adapter);
  const { vendor, architecture, device, description, isSoftware } = adapter;
  const said = [vendor, architecture, device, description].filter((text) => text !== '');
  return `${said.join(', ')}${isSoftware ? ' (software)' : ''}`;
}

/** SHA-256 in Node: OpenSSL's, some ten times as fast as a portable one. */
import { hash } from 'node:crypto';

/** 64 hexadecimal digits; a text is hashed in UTF-8. */
export function sha256Hex(content: Uint8Array | string): string {
  return hash('sha256', content, 'hex');
}

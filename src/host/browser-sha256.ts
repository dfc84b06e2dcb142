/** SHA-256 in browsers, whose own gives only promises, and nothing at all on a page without TLS. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** 64 hexadecimal digits; a text is hashed in UTF-8. */
export function sha256Hex(content: Uint8Array | string): string {
  return bytesToHex(sha256(typeof content === 'string' ? utf8ToBytes(content) : content));
}

/** The same of a text that comes in parts, for one too long to be held. */
export function sha256HexOfParts(parts: Iterable<string>): string {
  const own = sha256.create();
  for (const part of parts) own.update(utf8ToBytes(part));
  return bytesToHex(own.digest());
}

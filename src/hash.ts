/** SHA-256 of bytes and texts, and the one form in which a JSON document is hashed. */
import { sha256Hex, sha256HexOfParts } from '#sha256';

export { sha256Hex, sha256HexOfParts };

/** JSON with sorted keys and no blanks, the form in which documents are hashed (RFC 8785). */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (isRecord(part) ? sorted(part) : part));
}

function isRecord(part: unknown): part is Record<string, unknown> {
  return part !== null && typeof part === 'object' && !Array.isArray(part);
}

function sorted(part: Record<string, unknown>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(part).sort()) result[key] = part[key];
  return result;
}

/** SHA-256 of a text in UTF-8, 64 hexadecimal digits. */
export function sha256Text(text: string): string {
  return sha256Hex(text);
}

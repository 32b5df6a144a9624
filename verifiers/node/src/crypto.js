import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/**
 * @param {Uint8Array} key
 * @param {string | Uint8Array} text the bytes, or one character a byte
 */
export function hmacSha256(key, text) {
  const mac = createHmac('sha256', key);
  return (typeof text === 'string' ? mac.update(text, 'latin1') : mac.update(text)).digest();
}

/** @param {string | Uint8Array} text the bytes, or one character a byte */
export function sha256(text) {
  const hash = createHash('sha256');
  return (typeof text === 'string' ? hash.update(text, 'latin1') : hash.update(text)).digest();
}

/** @param {Uint8Array} bytes */
export function md5Base64(bytes) {
  return createHash('md5').update(bytes).digest('base64');
}

/**
 * Compares in a time that tells nothing of where they differ; only the length shows.
 * @param {Uint8Array} left
 * @param {Uint8Array} right
 */
export function equalSecretly(left, right) {
  return left.length === right.length && timingSafeEqual(left, right);
}

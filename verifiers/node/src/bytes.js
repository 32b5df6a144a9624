// Bytes are held as text of one character a byte, as `node:http` gives them: such text
// can be split, searched and sorted as bytes are. It is called `latin1` below.

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lossy = new TextDecoder('utf-8', { ignoreBOM: true });
const BEYOND_ASCII = /[^\x00-\x7f]/;
const BEYOND_LATIN1 = /[^\x00-\xff]/;

/** @param {string} text */
export function isAscii(text) {
  return !BEYOND_ASCII.test(text);
}

/**
 * The bytes of a text: Latin-1, or UTF-8 where a framework has decoded more than that.
 * @param {string | Uint8Array} text
 */
export function asLatin1(text) {
  if (typeof text !== 'string') return Buffer.from(text).toString('latin1');
  return BEYOND_LATIN1.test(text) ? fromText(text) : text;
}

/** @param {string} latin1 */
export function toBuffer(latin1) {
  return Buffer.from(latin1, 'latin1');
}

/**
 * UTF-8 of a text, one character a byte.
 * @param {string} text
 */
export function fromText(text) {
  return isAscii(text) ? text : Buffer.from(text).toString('latin1');
}

/**
 * The text that the bytes are in UTF-8, `undefined` if they are not.
 * @param {string} latin1
 */
export function utf8(latin1) {
  if (isAscii(latin1)) return latin1;
  try {
    return strict.decode(toBuffer(latin1));
  } catch {
    return undefined;
  }
}

/**
 * The text that the bytes are in UTF-8, with U+FFFD for what is none, as the URL
 * standard has it. A byte order mark stays.
 * @param {string} latin1
 */
export function utf8Lossy(latin1) {
  return isAscii(latin1) ? latin1 : lossy.decode(toBuffer(latin1));
}

/**
 * In lower case as far as names of headers and of methods have cases: in ASCII.
 * @param {string} text
 */
export function lowerAscii(text) {
  return isAscii(text) ? text.toLowerCase() : text.replace(/[A-Z]/g, (c) => c.toLowerCase());
}

/** @param {string} text */
export function upperAscii(text) {
  return isAscii(text) ? text.toUpperCase() : text.replace(/[a-z]/g, (c) => c.toUpperCase());
}

/**
 * Without blanks and tabs at either end.
 * @param {string} text
 */
export function trimBlanks(text) {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text, start)) start++;
  while (end > start && isBlank(text, end - 1)) end--;
  return text.slice(start, end);
}

/**
 * Whether a blank or a tab is there.
 * @param {string} text
 * @param {number} at
 */
export function isBlank(text, at) {
  return text[at] === ' ' || text[at] === '\t';
}

/**
 * The text before the first mark and the text after it, `undefined` without one.
 * @param {string} text
 * @param {string} mark
 * @returns {[string, string | undefined]}
 */
export function cut(text, mark) {
  const at = text.indexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/**
 * Decodes `%` and two hex digits to one byte; any other `%` is itself.
 * @param {string} latin1
 */
export function percentDecode(latin1) {
  if (!latin1.includes('%')) return latin1;
  return latin1.replace(/%([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
}

/**
 * The bytes of Base64 as an encoder writes it (padding, no loose bits), `undefined` for
 * anything else.
 * @param {string} text
 */
export function strictBase64(text) {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

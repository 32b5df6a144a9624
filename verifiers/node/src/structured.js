// Dictionaries of structured fields (RFC 8941), read strictly and written anew.

const FIELD_BYTES_MAX = 16 * 1024;
const MEMBERS_MAX = 8;
const ITEMS_MAX = 64;
const PARAMS_MAX = 16;

const KEY = /[a-z*][a-z0-9_\-.*]*/y;
const NUMBER = /(-?)([0-9]+)(?:\.([0-9]*))?/y;
const TOKEN = /[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]*/y;
const STRING = /"((?:[ !#-[\]-~]|\\["\\])*)"/y;
// RFC 8941 has readers take Base64 with less padding, or with loose bits.
const BYTES = /:([A-Za-z0-9+/]*)(={0,2}):/y;

/** A text that is no dictionary, or a larger one than is read. */
export class BadField extends Error {}

/** A token, which is no string. */
export class Token {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }
}

/** A decimal as it is written, for a number would lose its point. */
export class Decimal {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }
}

/** @typedef {number | Decimal | string | Token | Uint8Array | boolean} Bare */
/** @typedef {Map<string, Bare>} Params */
/** @typedef {{value: Bare, params: Params}} Item */
/** @typedef {{items: Item[], params: Params}} InnerList */

/**
 * @param {string} text
 * @returns {Map<string, Item | InnerList>}
 * @throws {BadField}
 */
export function readDictionary(text) {
  if (text.length > FIELD_BYTES_MAX) throw new BadField('too long');
  return new Reader(text).dictionary();
}

class Reader {
  #text;
  #at = 0;

  /** @param {string} text */
  constructor(text) {
    this.#text = text;
  }

  dictionary() {
    /** @type {Map<string, Item | InnerList>} */
    const members = new Map();
    this.#skip(' ');
    if (this.#isDone()) return members;
    for (;;) {
      const [key] = this.#match(KEY);
      if (members.has(key) || members.size === MEMBERS_MAX) throw new BadField('a key twice, or too many');
      members.set(key, this.#take('=') ? this.#member() : { value: true, params: this.#params() });
      this.#skip(' \t');
      if (this.#isDone()) return members;
      if (!this.#take(',')) throw new BadField('no comma');
      this.#skip(' \t');
      if (this.#isDone()) throw new BadField('a comma at the end');
    }
  }

  /** @returns {Item | InnerList} */
  #member() {
    if (!this.#take('(')) return this.#item();
    /** @type {Item[]} */
    const items = [];
    for (;;) {
      const hasBlanks = this.#skip(' ');
      if (this.#take(')')) return { items, params: this.#params() };
      if (items.length > 0 && !hasBlanks) throw new BadField('no blank between items');
      if (items.length === ITEMS_MAX) throw new BadField('too many items');
      items.push(this.#item());
    }
  }

  /** @returns {Item} */
  #item() {
    const value = this.#bare();
    return { value, params: this.#params() };
  }

  /** @returns {Params} */
  #params() {
    const params = new Map();
    while (this.#take(';')) {
      this.#skip(' ');
      const [key] = this.#match(KEY);
      if (params.has(key) || params.size === PARAMS_MAX) throw new BadField('a parameter twice, or too many');
      params.set(key, this.#take('=') ? this.#bare() : true);
    }
    return params;
  }

  /** @returns {Bare} */
  #bare() {
    const first = this.#text[this.#at] ?? '';
    if (first === '"') return this.#match(STRING)[1].replace(/\\(.)/g, '$1');
    if (first === ':') return this.#bytes();
    if (first === '?') return this.#boolean();
    if (/[-0-9]/.test(first)) return this.#number();
    return new Token(this.#match(TOKEN)[0]);
  }

  #bytes() {
    const [, data, padding] = this.#match(BYTES);
    const missing = -data.length & 3;
    if (missing === 3 || padding.length > missing) throw new BadField('no Base64');
    return Buffer.from(data, 'base64');
  }

  #boolean() {
    this.#at++;
    if (this.#take('1')) return true;
    if (this.#take('0')) return false;
    throw new BadField('no boolean');
  }

  #number() {
    const [text, sign, whole, fraction] = this.#match(NUMBER);
    if (fraction === undefined) {
      if (whole.length > 15) throw new BadField('a number too long');
      return Number(text);
    }
    if (whole.length > 12 || fraction.length < 1 || fraction.length > 3) throw new BadField('a decimal too long');
    // -0.0 is written 0.0: a sign stands before what is less than nothing (RFC 8941, 4.1.5).
    const minus = Number(whole) === 0 && Number(fraction) === 0 ? '' : sign;
    return new Decimal(`${minus}${Number(whole)}.${fraction.replace(/(?!^)0+$/, '')}`);
  }

  /** @param {RegExp} form sticky */
  #match(form) {
    form.lastIndex = this.#at;
    const found = form.exec(this.#text);
    if (!found) throw new BadField(`not readable at ${this.#at}`);
    this.#at = form.lastIndex;
    return found;
  }

  /** @param {string} character */
  #take(character) {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  /**
   * Whether there was anything to skip.
   * @param {string} blanks
   */
  #skip(blanks) {
    const start = this.#at;
    while (!this.#isDone() && blanks.includes(this.#text[this.#at])) this.#at++;
    return this.#at > start;
  }

  #isDone() {
    return this.#at === this.#text.length;
  }
}

/**
 * As RFC 8941 section 4.1 has it.
 * @param {InnerList} list
 */
export function writeInnerList({ items, params }) {
  const written = items.map((item) => write(item.value) + writeParams(item.params));
  return `(${written.join(' ')})${writeParams(params)}`;
}

/** @param {Params} params */
function writeParams(params) {
  let out = '';
  for (const [key, value] of params) out += value === true ? `;${key}` : `;${key}=${write(value)}`;
  return out;
}

/** @param {Bare} value */
function write(value) {
  if (typeof value === 'string') return `"${value.replace(/["\\]/g, '\\$&')}"`;
  // -0 is written 0.
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? '?1' : '?0';
  if (value instanceof Uint8Array) return `:${Buffer.from(value).toString('base64')}:`;
  return value.text;
}

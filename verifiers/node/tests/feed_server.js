// A small server that plays the gateway's key feed, on a port of its own.

import { once } from 'node:events';
import { createServer } from 'node:http';

/** Answers as the contract says; `fail` makes it answer otherwise. */
export class FeedServer {
  token = 'token';
  revision = 1;
  fail = undefined;
  /** Polls are not answered, whatever changes. */
  holdsPolls = false;
  /** `{wait, etag}` of every question. */
  asked = [];
  #held = new Set();
  #listeners = new Set();

  constructor(keys, graceSeconds = 60) {
    this.keys = keys;
    this.graceSeconds = graceSeconds;
    this.server = createServer((req, res) => this.#answer(req, res));
  }

  async listen() {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.address = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }

  async close() {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  change(keys) {
    this.revision++;
    this.keys = keys;
    this.wake();
  }

  /** Answers those polls that there is something to tell. */
  wake() {
    for (const answer of [...this.#held]) answer();
  }

  count(wait) {
    return this.asked.filter((one) => one.wait === wait).length;
  }

  /** Until a poll is under way. */
  async polled() {
    while (this.#held.size === 0) await new Promise((resolve) => this.#listeners.add(resolve));
  }

  #answer(req, res) {
    const url = new URL(req.url, 'http://x');
    const wait = Number(url.searchParams.get('wait'));
    const etag = req.headers['if-none-match'];
    this.asked.push({ wait, etag });
    const isSame = () => etag === `"${this.revision}-x"`;
    const send = (status, body, headers = {}) => res.writeHead(status, headers).end(body);
    const answer = () => {
      if (this.fail) return send(this.fail);
      if (url.pathname !== '/base/api/v1/verifier/keys') return send(404);
      if (req.headers.authorization !== `Bearer ${this.token}`) return send(401);
      if (isSame()) return send(304);
      const document = { revision: this.revision, grace_seconds: this.graceSeconds, keys: this.keys };
      return send(200, JSON.stringify(document), { ETag: `"${this.revision}-x"` });
    };
    if (wait === 0 || this.fail || !isSame()) return answer();
    const held = () => {
      if (this.holdsPolls || (isSame() && !this.fail)) return;
      this.#held.delete(held);
      clearTimeout(timer);
      answer();
    };
    const timer = setTimeout(() => {
      this.#held.delete(held);
      answer();
    }, wait * 1000).unref();
    this.#held.add(held);
    req.on('close', () => this.#held.delete(held));
    for (const tell of this.#listeners) tell();
    this.#listeners.clear();
  }
}

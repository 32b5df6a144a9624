import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { inspect } from 'node:util';

import { Guard, KeyFeed, KeySet } from 'countersign-verifier';

import { FeedClient, FeedFailed, readDocument } from '../src/feed_client.js';
import { FeedServer } from './feed_server.js';
import { ADAPTERS, send, serving } from './servers.js';
import { active, NOW, retired, signed, signedHuawei } from './signing.js';

const OLD = active('old', 'old-secret');
const NEW = active('new', 'new-secret', { version: 2 });
const SECS = 10;

/** A server, a feed on it, and the events it told. */
class Feed {
  now = 0;
  #events = [];
  #tell = () => {};

  static async with(t, { keys = [OLD], graceSeconds, ...options } = {}) {
    const made = new Feed();
    made.server = await new FeedServer(keys, graceSeconds).listen();
    const onEvent = (event) => {
      made.#events.push(event);
      made.#tell();
    };
    made.feed = new KeyFeed(`${made.server.address}/base/`, 'token', { onEvent, clock: () => made.now, ...options });
    made.guard = new Guard(made.feed, { onEvent: () => {}, clock: () => NOW });
    // The feed keeps no process alive, and here its failures are waited for.
    const alive = setInterval(() => {}, 1000);
    t.after(async () => {
      clearInterval(alive);
      made.feed.close();
      await made.server.close();
    });
    return made;
  }

  /** The next event of a kind; earlier ones of other kinds are forgotten. */
  async event(kind) {
    for (;;) {
      const found = this.#events.shift();
      if (found?.kind === kind) return found;
      if (!found) await new Promise((resolve) => (this.#tell = resolve));
    }
  }

  async verdict(key = 'old', secret = `${key}-secret`) {
    const verdict = await this.guard.verify(signed({ key, secret }));
    return verdict.refusal ?? 'ok';
  }

  async started() {
    assert.equal(await this.feed.ready(SECS), true);
    await this.event('keys_changed');
    await this.server.polled();
  }

  async changed(keys) {
    this.server.change(keys);
    await this.event('keys_changed');
  }
}

test('the first request waits for keys', async (t) => {
  const feed = await Feed.with(t);
  assert.equal(feed.feed.ageSecs(), undefined);
  assert.equal(await feed.verdict(), 'ok');
  feed.now += 7;
  assert.equal(feed.feed.ageSecs(), 7);
  assert.equal(feed.guard.keyAgeSecs(), 7);
});

test('a change comes by the poll', async (t) => {
  const feed = await Feed.with(t);
  await feed.started();
  feed.now = 30;
  await feed.changed([NEW]);
  assert.equal(feed.feed.ageSecs(), 0);
  const asked = feed.server.count(0);
  assert.equal(await feed.verdict('new'), 'ok');
  assert.equal(feed.server.count(0), asked);
  assert.deepEqual(feed.server.asked[1], { wait: 25, etag: '"1-x"' });
});

test('a poll that ends with 304 keeps the keys and is asked again', async (t) => {
  const feed = await Feed.with(t, { pollSecs: 0.01 });
  await feed.started();
  feed.now = 5;
  while (feed.server.count(0.01) < 3) await feed.server.polled().then(() => new Promise(setImmediate));
  assert.equal(feed.feed.ageSecs(), 0);
  assert.equal(await feed.verdict(), 'ok');
});

test('the time of grace', async (t) => {
  const feed = await Feed.with(t, { graceSeconds: 60 });
  await feed.started();
  await feed.changed([NEW, retired('old')]);
  assert.deepEqual([await feed.verdict('old'), await feed.verdict('new')], ['ok', 'ok']);
  feed.now += 59.9;
  assert.equal(await feed.verdict('old'), 'ok');
  feed.now += 0.2;
  assert.equal(await feed.verdict('old'), 'retired_sign_key');
  assert.equal(await feed.verdict('new'), 'ok');
});

test('another change does not prolong the time of grace', async (t) => {
  const feed = await Feed.with(t, { graceSeconds: 60 });
  await feed.started();
  await feed.changed([NEW]);
  feed.now += 40;
  await feed.changed([NEW, active('third', 'third-secret')]);
  assert.equal(await feed.verdict('old'), 'ok');
  feed.now += 21;
  assert.equal(await feed.verdict('old'), 'unknown_sign_key');
});

test('a key that was never active has no grace', async (t) => {
  const feed = await Feed.with(t, { keys: [OLD, { ...NEW, state: 'next' }] });
  assert.equal(await feed.verdict('new'), 'ok');
  await feed.started();
  await feed.changed([OLD]);
  assert.equal(await feed.verdict('new'), 'unknown_sign_key');
});

test('a secret that changes alone', async (t) => {
  const feed = await Feed.with(t);
  await feed.started();
  await feed.changed([active('old', 'other')]);
  assert.equal(await feed.verdict('old', 'other'), 'ok');
  assert.equal(await feed.verdict('old', 'old-secret'), 'ok');
  assert.equal(await feed.verdict('old', 'third'), 'signature_differs');
  feed.now += 61;
  assert.equal(await feed.verdict('old', 'old-secret'), 'signature_differs');
});

test('a request that is faster than the feed', async (t) => {
  const feed = await Feed.with(t);
  await feed.started();
  feed.server.holdsPolls = true;
  feed.server.change([active('old', 'another')]);
  assert.equal(await feed.verdict('old', 'another'), 'ok');
  feed.server.change([NEW]);
  assert.equal(await feed.verdict('new'), 'ok');
  feed.server.change([active('huawei', 'secret', { scheme: 'huawei-hmac-sha256' })]);
  const verdict = await feed.guard.verify(signedHuawei({ key: 'huawei', secret: 'secret' }));
  assert.equal(verdict.verified, true);
});

test('many who ask share one question', async (t) => {
  const feed = await Feed.with(t);
  await feed.started();
  feed.server.holdsPolls = true;
  const asked = feed.server.count(0);
  feed.server.change([NEW]);
  const verdicts = await Promise.all(Array.from({ length: 50 }, () => feed.verdict('new')));
  assert.deepEqual([...new Set(verdicts)], ['ok']);
  assert.equal(feed.server.count(0) - asked, 1);
});

test('strangers ask ten times a second at most', async (t) => {
  const feed = await Feed.with(t);
  await feed.started();
  const asked = feed.server.count(0);
  const began = performance.now();
  for (let round = 0; round < 4; round++) {
    const verdicts = await Promise.all(Array.from({ length: 50 }, () => feed.verdict('stranger')));
    assert.deepEqual([...new Set(verdicts)], ['unknown_sign_key']);
  }
  const secs = (performance.now() - began) / 1000;
  assert.ok(secs > 0.29, `${secs}`);
  assert.ok(feed.server.count(0) - asked <= secs * 10 + 1);
});

test('a request waits two seconds for the feed and no longer', async (t) => {
  const feed = await Feed.with(t);
  await feed.started();
  const silent = createServer(() => {});
  await serving(silent, async (port) => {
    const away = new KeyFeed(`http://127.0.0.1:${port}`, 'token', { onEvent: () => {} });
    const began = performance.now();
    const verdict = await new Guard(away, { onEvent: () => {} }).verify(signed());
    const secs = (performance.now() - began) / 1000;
    assert.equal(verdict.refusal, 'no_signature');
    assert.ok(secs > 1.9 && secs < 5, `${secs}`);
    away.close();
  });
});

test('the last good keys serve while the feed fails', async (t) => {
  const feed = await Feed.with(t);
  await feed.started();
  feed.server.fail = 500;
  feed.server.wake();
  const began = performance.now();
  for (let failure = 0; failure < 3; failure++) {
    assert.equal((await feed.event('feed_failed')).detail, 'the feed answers 500');
  }
  // 0.1 and 0.2 seconds between the three.
  assert.ok(performance.now() - began >= 250);
  assert.equal(await feed.verdict('old'), 'ok');
  assert.equal(await feed.verdict('stranger'), 'unknown_sign_key');
  feed.now = 100;
  assert.equal(feed.feed.ageSecs(), 100);
  feed.server.fail = undefined;
  await feed.changed([NEW]);
  assert.equal(await feed.verdict('new'), 'ok');
  assert.equal(feed.feed.ageSecs(), 0);
});

test('a revoked token', async (t) => {
  const feed = await Feed.with(t);
  await feed.started();
  feed.server.token = 'another';
  feed.server.change([NEW]);
  assert.equal((await feed.event('feed_failed')).detail, 'the feed refuses the token');
  assert.equal(await feed.verdict('old'), 'ok');
  assert.equal(await feed.verdict('new'), 'unknown_sign_key');
});

test('a gateway that is gone', async (t) => {
  const feed = await Feed.with(t);
  await feed.started();
  await feed.server.close();
  assert.match((await feed.event('feed_failed')).detail, /cannot be reached/);
  assert.equal(await feed.verdict('old'), 'ok');
  await feed.server.listen();
});

test('a gateway set up anew counts from one', async (t) => {
  const feed = await Feed.with(t);
  feed.server.revision = 40;
  await feed.started();
  feed.server.revision = 1;
  await feed.changed([NEW]);
  assert.equal(await feed.verdict('new'), 'ok');
});

test('a closed feed asks no more and keeps its keys', async (t) => {
  const feed = await Feed.with(t);
  await feed.started();
  feed.feed.close();
  const asked = feed.server.asked.length;
  assert.equal(await feed.verdict('old'), 'ok');
  assert.equal(await feed.verdict('stranger'), 'unknown_sign_key');
  assert.equal(feed.server.asked.length, asked);
});

test('keys change while requests run: none is refused', async (t) => {
  const feed = await Feed.with(t);
  await feed.started();
  let current = OLD;
  let count = 0;
  let isOver = false;
  const refused = [];
  await serving(ADAPTERS.http(feed.guard), async (port) => {
    const client = async () => {
      while (!isOver) {
        const { sign_key: key, secret } = current;
        const answer = await send(port, signed({ method: 'POST', body: 'x', key, secret }));
        if (answer.status !== 200) refused.push([key, answer.body]);
        count++;
      }
    };
    const clients = [client(), client(), client(), client()];
    for (let version = 2; version < 32; version++) {
      // As a gateway does: the feed knows a key before a request is signed with it.
      const key = active(`key${version % 3}`, `secret${version}`, { version });
      feed.server.change([key, retired(current.sign_key)]);
      current = key;
      const until = count + 12;
      while (count < until) await new Promise(setImmediate);
    }
    isOver = true;
    await Promise.all(clients);
  });
  assert.deepEqual(refused, []);
  assert.ok(count >= 30 * 12);
  assert.equal(feed.server.revision, 31);
});

test('what the feed may not say', () => {
  const bodies = ['', '[]', '{}', '{"keys":{}}', '\xff', '['.repeat(100_000), 'null',
    '{"keys":[],"revision":"1"}', '{"keys":[],"grace_seconds":-1}'];
  for (const body of bodies) assert.throws(() => readDocument(Buffer.from(body, 'latin1')), FeedFailed);
  const document = readDocument(Buffer.from('{"revision":1,"grace_seconds":1.5,"keys":[7,null,{},' +
    '{"scheme":"new","sign_key":"k","secret":"planted"},{"scheme":"basic","sign_key":"k","secret":"s"}]}'));
  assert.deepEqual(document.keys.map((key) => key.signKey), ['k']);
  assert.equal(document.problems.length, 4);
  assert.ok(!document.problems.join().includes('planted'));
});

test('an answer that is too long, breaks off or says 304 to nobody is a failure', async () => {
  const answers = [
    (res) => res.writeHead(304).end(),
    (res) => res.writeHead(200, { 'Content-Length': 100 }).write('{"keys":', () => res.destroy()),
    (res) => {
      res.on('error', () => {});
      const piece = Buffer.alloc(1 << 20, ' ');
      const more = () => res.destroyed || res.write(piece, more);
      more();
    },
  ];
  await serving(createServer((req, res) => answers.shift()(res)), async (port) => {
    const client = new FeedClient(`http://127.0.0.1:${port}`, 'token');
    await assert.rejects(client.get({ waitSecs: 0 }), /answers 304/);
    await assert.rejects(client.get({ waitSecs: 0 }), /cannot be reached: ECONNRESET/);
    await assert.rejects(client.get({ waitSecs: 0 }), /too long/);
  });
});

test('a token that no header can hold', async () => {
  const client = new FeedClient('http://127.0.0.1:1', 'planted\n');
  await assert.rejects(client.get({ waitSecs: 0 }), (why) => !inspect(why).includes('planted'));
});

test('no secret is shown', () => {
  const feed = new KeyFeed('http://user:planted@127.0.0.1:1/x/', 'planted');
  const keys = new KeySet([{ ...OLD, secret: 'planted' }]);
  for (const one of [feed, keys, keys.keys, new Guard(keys), new Guard(feed)]) {
    const shown = inspect(one, { depth: 9, showHidden: true }) + JSON.stringify(one);
    assert.ok(!shown.includes('planted'), shown);
    assert.ok(!shown.includes(Buffer.from('planted').toString('hex').replace(/../g, '$& ').trim()), shown);
  }
  assert.ok(inspect(feed).includes('http://127.0.0.1:1/x/api/v1/verifier/keys'));
  assert.throws(() => new KeyFeed('ftp://x', 't'), TypeError);
});

test('a feed keeps no process alive', async (t) => {
  const feed = await Feed.with(t);
  const program = `
    import { KeyFeed } from 'countersign-verifier';
    const feed = new KeyFeed(process.argv[1], 'token');
    console.log(await feed.ready(10), feed.current().keys.length);`;
  // Asynchronously, for the server is in this process.
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, `${feed.server.address}/base`], {
    cwd: new URL('..', import.meta.url),
    timeout: 20_000,
  });
  let out = '';
  child.stdout.on('data', (piece) => (out += piece));
  const code = await new Promise((resolve) => child.on('close', resolve));
  assert.deepEqual([out, code], ['true 1\n', 0]);
});

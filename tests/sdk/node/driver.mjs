// Makes one call of an official Node SDK for each line read: JSON in, JSON out, in order.
//
// In:  {client: "tea" | "pop", method, endpoint, key, secret, operation, parameters, nonce?, clockOffset?}
// Out: {body} or {error: {type, code, message, retryAfter?}}

import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(import.meta.url);
const cloudapi = require("@alicloud/cloudapi20160714");
const { RPCClient } = require("@alicloud/pop-core");
// The very copies that the SDKs use, so that what is replaced there is replaced for them.
const requireOfTea = createRequire(require.resolve("@alicloud/cloudapi20160714"));
const { $OpenApiUtil } = requireOfTea("@alicloud/openapi-core");
const teaUtils = requireOfTea("@alicloud/openapi-core/dist/utils").default;
const kitx = createRequire(require.resolve("@alicloud/pop-core"))("kitx");

const CALL_MS = 10_000;
const originals = { tea: teaUtils.getNonce, pop: kitx.makeNonce, Date };

/** Has the SDKs use the nonce and the clock that the call asks for; without them, their own. */
function arrange({ nonce, clockOffset }) {
  teaUtils.getNonce = nonce ? () => nonce : originals.tea;
  kitx.makeNonce = nonce ? () => nonce : originals.pop;
  globalThis.Date = clockOffset ? shifted(clockOffset * 1000) : originals.Date;
}

function shifted(milliseconds) {
  return class extends originals.Date {
    constructor(...given) {
      super(...(given.length ? given : [originals.Date.now() + milliseconds]));
    }
  };
}

const clients = new Map();

/** One client for each access, so that connections are kept. */
function client(call, make) {
  const name = JSON.stringify([call.client, call.endpoint, call.key, call.secret]);
  if (!clients.has(name)) clients.set(name, make(call));
  return clients.get(name);
}

function teaClient({ endpoint, key, secret }) {
  const Client = cloudapi.default;
  return new Client(
    new $OpenApiUtil.Config({
      endpoint,
      protocol: "HTTP",
      accessKeyId: key,
      accessKeySecret: secret,
      connectTimeout: CALL_MS,
      readTimeout: CALL_MS,
    }),
  );
}

async function throughTea(call) {
  const Request = cloudapi[`${call.operation}Request`];
  const fields = new Map(Object.entries(Request.names()).map(([field, name]) => [name, field]));
  const given = {};
  for (const [name, value] of Object.entries(call.parameters)) {
    if (!fields.has(name)) throw new Error(`${call.operation} has no parameter ${name}`);
    given[fields.get(name)] = value;
  }
  const method = call.operation[0].toLowerCase() + call.operation.slice(1);
  const answer = await client(call, teaClient)[method](new Request(given));
  return answer.body.toMap();
}

function popClient({ endpoint, key, secret }) {
  return new RPCClient({
    endpoint: `http://${endpoint}`,
    apiVersion: "2016-07-14",
    accessKeyId: key,
    accessKeySecret: secret,
  });
}

function throughPop(call) {
  const options = { method: call.method, timeout: CALL_MS };
  return client(call, popClient).request(call.operation, call.parameters, options);
}

async function answer(call) {
  arrange(call);
  try {
    return { body: await (call.client === "tea" ? throughTea(call) : throughPop(call)) };
  } catch (error) {
    const { name: type, code, message, retryAfter } = error;
    return { error: { type, code, message, retryAfter } };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(await answer(JSON.parse(line))) + "\n");
}

// What the client does with a reader that is slow, falls silent or refuses.
import { strict as assert } from "node:assert";
import { once } from "node:events";
import { createServer } from "node:http";
import { afterEach, beforeEach, test } from "node:test";
import { Freshet, UnreachableError } from "./freshet.js";

const ANSWER = JSON.stringify({ view: "v", items: [], next_cursor: null });
const ok = (response) => response.end(ANSWER);
const stream = (text) => (response) => response.end(text);

let server;
let steps;
let asked;

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push({ at: Date.now(), token: request.headers.authorization });
    steps[Math.min(asked.length, steps.length) - 1](response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterEach(() => {
  server.closeAllConnections?.();
  server.close();
});

function reader(token = "secret", limits = {}) {
  return new Freshet(`http://127.0.0.1:${server.address().port}`, token, limits);
}

test("a read is given the time that the reader waits", async () => {
  steps = [(response) => setTimeout(ok, 600, response)];
  const impatient = reader("secret", { timeoutMs: 300, deadlineMs: 400 });

  const own = await impatient.get("v", [1], { after: "binlog.1:4", wait: 2000 });
  assert.equal(own.view, "v");
  assert.equal(asked.length, 1);
  await assert.rejects(impatient.get("v", [1]), UnreachableError);
});

test("a connection with comments alone is replaced soon", async () => {
  steps = [...Array(7).fill(stream(": alive\n\n")), stream(`data: ${ANSWER}\n\n`)];
  for await (const event of reader().events("v", [1])) {
    assert.equal(event.answer.view, "v");
    break;
  }
  // Pauses that grow would take 0.1, 0.2, up to 6.4 s.
  assert.ok(asked.at(-1).at - asked[0].at < 5000);
});

test("an abort ends a stream at once, also between two connections", async () => {
  const abort = new AbortController();
  steps = [
    (response) => {
      response.writeHead(503, { "Retry-After": "60" });
      // The abort cuts the response, before the pause begins.
      response.write("{");
      setTimeout(() => abort.abort(), 100);
    },
  ];
  const begun = Date.now();
  for await (const event of reader().events("v", [1], { signal: abort.signal })) {
    assert.fail(`an event came: ${JSON.stringify(event)}`);
  }
  assert.ok(Date.now() - begun < 5000);
  assert.equal(asked.length, 1);
});

test("a token is trimmed and never shown", async () => {
  steps = [ok];
  await reader(" secret\n").get("v", [1]);
  assert.equal(asked[0].token, "Bearer secret");

  for (const token of ["", " \n", "sec\nret", "sécret"]) {
    await assert.rejects(reader(token).get("v", [1]), {
      name: "TypeError",
      message: "the token is empty, or has a character that HTTP refuses; check its source",
    });
  }
  assert.equal(asked.length, 1);
});

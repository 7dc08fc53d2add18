// Uses every call against a running reader. The environment names the reader and a key whose answer
// changes while this program runs; see ClientsIT.
import { strict as assert } from "node:assert";
import { Freshet, ProblemError, UnreachableError, gtid } from "./freshet.js";

const { READER_URL, READER_TOKEN, KEY, EXECUTED } = process.env;
const view = "unread_conversations";
const key = KEY.split("/");
const reader = new Freshet(READER_URL, READER_TOKEN);

const answer = await reader.get(view, key, { limit: 2, exactTotal: true });
assert.equal(answer.total, "5");
assert.equal(answer.items.length, 2);

const sizes = [];
for await (const page of reader.pages(view, key, { limit: 2 })) {
  sizes.push(page.items.length);
}
assert.deepEqual(sizes, [2, 2, 1]);

const both = await reader.batch(view, [key, [0, 1]], { limit: 1 });
assert.deepEqual(
  both.map((each) => each.items.length),
  [1, 0],
);
await assert.rejects(reader.batch(view, [key, ["no number", 1]]), { kind: "bad-key" });

const own = await reader.get(view, key, { after: gtid(EXECUTED), wait: 5000 });
assert.equal(own.source, "projection");
const behind = await reader.get(view, key, { after: "binlog.999999:4", wait: 100 });
assert.deepEqual([behind.source, behind.reason], ["mysql", "behind"]);

const seen = [];
for await (const event of reader.events(view, key, { limit: 1 })) {
  if (event.answer) {
    seen.push(event.answer.items[0].last_message_at);
  }
  if (seen.length === 3) {
    break;
  }
}
assert.deepEqual(seen, [...new Set(seen)].sort());

assert.equal((await reader.repair(view, key)).requested, "repair");

await assert.rejects(reader.get("no_such_view", [1]), (error) => {
  return error instanceof ProblemError && error.kind === "unknown-view";
});
await assert.rejects(new Freshet(READER_URL, "wrong").get(view, key), (error) => {
  return error instanceof ProblemError && error.problem.status === 401;
});
await assert.rejects(
  new Freshet("http://127.0.0.1:9", "any", { deadlineMs: 200 }).get(view, key),
  UnreachableError,
);
assert.throws(() => reader.get(view, ["..", "other"]), TypeError);
console.log("all calls worked");

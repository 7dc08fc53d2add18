"""Uses every call against a running reader. The environment names the reader and a key whose answer
changes while this program runs; see ClientsIT."""

import os

from freshet import Freshet, ProblemError, UnreachableError, gtid

view, key = "unread_conversations", os.environ["KEY"].split("/")
reader = Freshet(os.environ["READER_URL"], os.environ["READER_TOKEN"])


def ensure(holds, what):
    if not holds:
        raise AssertionError(what)


answer = reader.get(view, *key, limit=2, exact_total=True)
ensure(answer["total"] == "5" and len(answer["items"]) == 2, answer)
ensure(answer["source"] in ("projection", "mysql"), answer)

pages = list(reader.pages(view, *key, limit=2))
ensure([len(page["items"]) for page in pages] == [2, 2, 1], pages)

both = reader.batch(view, [key, [0, 1]], limit=1)
ensure([len(each["items"]) for each in both] == [1, 0], both)
try:
    reader.batch(view, [key, ["no number", 1]])
    raise AssertionError("a key that is none was answered")
except ProblemError as error:
    ensure(error.kind == "bad-key", error)

answer = reader.get(view, *key, after=gtid(os.environ["EXECUTED"]), wait=5000)
ensure(answer["source"] == "projection", answer)
answer = reader.get(view, *key, after="binlog.999999:4", wait=100)
ensure((answer["source"], answer["reason"]) == ("mysql", "behind"), answer)

seen = []
stream = reader.events(view, *key, limit=1)
for event in stream:
    if event.answer is not None:
        seen.append(event.answer["items"][0]["last_message_at"])
    if len(seen) == 3:
        break
stream.close()
ensure(seen == sorted(set(seen)), seen)

ensure(reader.repair(view, *key)["requested"] == "repair", "repair")

try:
    reader.get("no_such_view", 1)
    raise AssertionError("a view that is none was answered")
except ProblemError as error:
    ensure(error.kind == "unknown-view", error)
try:
    Freshet(os.environ["READER_URL"], "wrong").get(view, *key)
    raise AssertionError("a wrong token was let in")
except ProblemError as error:
    ensure(error.problem["status"] == 401, error)
try:
    Freshet("http://127.0.0.1:9", "any", deadline=0.2).get(view, *key)
    raise AssertionError("nobody was reached")
except UnreachableError:
    pass
try:
    reader.get(view, "..", "other")
    raise AssertionError("a key left its view")
except ValueError:
    pass
print("all calls worked")

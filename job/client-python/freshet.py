"""A client of Freshet's reader. It needs Python 3.9 and no other package.

    from freshet import Freshet

    reader = Freshet("http://127.0.0.1:8080", token)
    answer = reader.get("unread_conversations", 1, 1, limit=10)

Calls are retried when the reader cannot be reached and when it answers 429 or 503, until the
deadline; a retry waits as long as Retry-After says. All other problems raise ProblemError at once.
A client may be used by several threads.
"""

from __future__ import annotations

import http.client
import json
import random
import re
import ssl
import time
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, TypedDict, Union
from urllib.parse import quote, urlencode, urlsplit

__version__ = "0.1.0"

Value = Union[str, int, float, None]
"""A column's value. Integers beyond 2^53 and decimals are strings."""

_REPEATED = (429, 503)
_SILENCE = 45.0  # The reader sends a comment every 15 seconds.
_MOST_RETRY_AFTER = 3600
_LONGEST_PAUSE = 10.0


class _Answer(TypedDict):
    view: str
    key: Dict[str, Value]
    source: str  # projection, mysql
    state: Optional[str]  # VALID, ABSENT, BUILDING, INVALID
    reason: Optional[str]
    version: Optional[str]
    as_of: str
    lag_ms: int
    total: str
    items: List[Dict[str, Value]]
    next_cursor: Optional[str]


class Answer(_Answer, total=False):
    """One page of a key's entries, with its version, as the reader sends it."""

    stale: bool


class Doubt(TypedDict):
    """The projection does not vouch for what it has; the last answer may be out of date."""

    view: str
    key: Dict[str, Value]
    state: Optional[str]
    reason: str
    at: str


class Problem(TypedDict):
    """What is wrong, and what to do about it (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str


class Unanswered(TypedDict):
    """A key of a batch that has a problem instead of an answer."""

    view: str
    key: Dict[str, Value]
    problem: Problem


class Requested(TypedDict):
    """A request that was handed to the view's job."""

    view: str
    key: Dict[str, Value]
    requested: str  # repair, invalidate
    at: str


class FreshetError(Exception):
    """The reader did not answer."""


class UnreachableError(FreshetError):
    """No reader was reached, or what answered is none."""


class ProblemError(FreshetError):
    """The reader answered with a problem; `problem` has its details."""

    def __init__(self, problem: Problem):
        super().__init__(f"{problem['status']} {problem['title']}: {problem['detail']}")
        self.problem = problem

    @property
    def kind(self) -> str:
        """The problem's name, such as `bad-key`."""
        return self.problem["type"].rpartition(":")[2]


class Event:
    """An answer (`answer` is set) or a doubt (`doubt` is set) of a stream."""

    def __init__(self, answer: Optional[Answer], doubt: Optional[Doubt]):
        self.answer = answer
        self.doubt = doubt


def gtid(executed: str) -> str:
    """Returns the `after` of a GTID or of a set of GTIDs, such as @@GLOBAL.gtid_executed."""
    return "gtid:" + "".join(executed.split())


def written(cursor: Any) -> str:
    """Asks MySQL, through a DB-API cursor, what it has executed; call it after the commit.

    Returns the `after` that makes a read show all of that.
    """
    cursor.execute("SELECT @@GLOBAL.gtid_executed")
    return gtid(str(cursor.fetchone()[0]))


class Freshet:
    """A client of one reader, or of several behind one address."""

    def __init__(
        self,
        url: str,
        token: Union[str, Callable[[], str]],
        *,
        timeout: float = 10.0,
        deadline: float = 30.0,
        tls: Optional[ssl.SSLContext] = None,
    ):
        """`token` may be a function that is called for each request, for tokens that expire.

        `timeout` is how long a response may be silent, and `deadline` how long a call may take with
        its retries, both in seconds. The `wait` of a read is added to both.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"url {url!r} is not the URL of a reader; give http://HOST:PORT")
        self._parts = parts
        self._prefix = parts.path.rstrip("/")
        self._token = token if callable(token) else lambda: token
        self._timeout = timeout
        self._deadline = deadline
        self._tls = tls

    def get(
        self,
        view: str,
        *key: Value,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
        from_: Optional[Value] = None,
        to: Optional[Value] = None,
        exact_total: bool = False,
        after: Optional[str] = None,
        wait: Optional[int] = None,
    ) -> Answer:
        """Reads one page of a key, by default the first.

        `after` names a write that the answer must show: a position such as binlog.000012:4567, or
        what `gtid` or `written` returns. The reader waits `wait` milliseconds for the projection to
        show it, then MySQL answers.
        """
        query = _query(limit, cursor, from_, to, exact_total, after, wait)
        return self._call("GET", _path(view, key) + query, wait=(wait or 0) / 1000)

    def pages(self, view: str, *key: Value, **query: Any) -> Iterator[Answer]:
        """Reads the pages of a key one after the other; takes what `get` takes."""
        while True:
            page = self.get(view, *key, **query)
            yield page
            if page["next_cursor"] is None:
                return
            query["cursor"] = page["next_cursor"]

    def batch(
        self,
        view: str,
        keys: Sequence[Sequence[Value]],
        *,
        limit: Optional[int] = None,
        from_: Optional[Value] = None,
        to: Optional[Value] = None,
        exact_total: bool = False,
    ) -> List[Union[Answer, Unanswered]]:
        """Reads the first pages of 1 to 100 keys. The results are in the order of the keys."""
        body: Dict[str, Any] = {"keys": [list(key) for key in keys]}
        body.update(_given(limit=limit, to=to, count="exact" if exact_total else None))
        body.update({} if from_ is None else {"from": from_})
        return self._call("POST", f"/v1/views/{quote(view, safe='')}:batch", body)["answers"]

    def repair(self, view: str, *key: Value) -> Requested:
        """Asks the view's job to repair a key from MySQL; returns before that is done."""
        return self._call("POST", _path(view, key) + "/repair")

    def invalidate(self, view: str, *key: Value) -> Requested:
        """Like `repair`, and MySQL answers the key until that is done."""
        return self._call("POST", _path(view, key) + "/invalidate")

    def events(
        self,
        view: str,
        *key: Value,
        limit: Optional[int] = None,
        from_: Optional[Value] = None,
        to: Optional[Value] = None,
    ) -> Iterator[Event]:
        """Yields a key's first page, at once and whenever it changes, without an end.

        A connection that ends, falls silent, or is refused with a problem that may pass is replaced
        by another, which never shows an older version. Close the iterator to end the stream.
        """
        path = _path(view, key) + "/events" + _query(limit, None, from_, to, False, None, None)
        last_id: Optional[str] = None
        failures = 0
        while True:
            failures += 1
            least = 0.0
            connection = None
            try:
                connection, response = self._open("GET", path, None, _SILENCE, last_id)
                if response.status == 200:
                    for kind, event_id, data in _events(response):
                        # A comment counts, too: the connection works, the key does not change.
                        failures = 0
                        last_id = event_id or last_id
                        if kind == "message":
                            yield Event(json.loads(data), None)
                        elif kind == "doubt":
                            yield Event(None, json.loads(data))
                else:
                    problem = _problem(response)
                    if response.status not in _REPEATED:
                        raise problem
                    least = _retry_after(response)
            except (OSError, http.client.HTTPException):
                pass  # The next connection tells what holds then.
            finally:
                if connection is not None:
                    connection.close()
            pause = min(_LONGEST_PAUSE, 0.1 * 2 ** min(failures, 10)) * random.uniform(0.75, 1.25)
            time.sleep(max(pause, least))

    def _call(self, method: str, path: str, body: Any = None, wait: float = 0.0) -> Any:
        end = time.monotonic() + self._deadline + wait
        timeout = self._timeout + wait
        pause = 0.05
        while True:
            interval = pause * random.uniform(0.75, 1.25)
            failure: FreshetError
            connection = None
            try:
                rest = max(0.001, end - time.monotonic())
                connection, response = self._open(method, path, body, min(timeout, rest), None)
                if response.status // 100 == 2:
                    return _json(response)
                failure = _problem(response)
                if response.status not in _REPEATED:
                    raise failure
                interval = max(interval, _retry_after(response))
            except (OSError, http.client.HTTPException) as error:
                failure = UnreachableError(f"{method} {path.partition('?')[0]}: no answer ({error!r})")
            finally:
                if connection is not None:
                    connection.close()
            if time.monotonic() + interval > end:
                raise failure
            time.sleep(interval)
            pause = min(2.0, pause * 2)

    def _open(self, method: str, path: str, body: Any, timeout: float, last_id: Optional[str]):
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "https":
            tls = self._tls or ssl.create_default_context()
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                host, port, timeout=timeout, context=tls
            )
        else:
            connection = http.client.HTTPConnection(host, port, timeout=timeout)
        headers = {"Authorization": f"Bearer {_valid(self._token())}"}
        if last_id is not None:
            headers["Last-Event-ID"] = last_id
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        try:
            connection.request(method, self._prefix + path, data, headers)
            return connection, connection.getresponse()
        except BaseException:
            connection.close()
            raise


def _valid(token: str) -> str:
    token = token.strip()
    if not re.fullmatch(r"[!-~]+", token):
        # The message does not show the token.
        raise ValueError("the token is empty, or has a character that HTTP refuses; check its source")
    return token


def _given(**values: Any) -> Dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _query(limit, cursor, from_, to, exact_total, after, wait) -> str:
    if wait is not None and after is None:
        raise ValueError("wait is given without after; give the write to wait for")
    parameters = _given(limit=limit, cursor=cursor, to=to, after=after, wait=wait)
    parameters.update({} if from_ is None else {"from": from_})
    parameters.update({"count": "exact"} if exact_total else {})
    return "?" + urlencode(parameters) if parameters else ""


def _path(view: str, key: Sequence[Value]) -> str:
    if not key:
        raise ValueError(f"view {view} is read without a key; give the values of its key columns")
    for part in key:
        if part is None or str(part) in (".", ".."):
            # Proxies, and libraries, take the latter as steps within the path.
            raise ValueError(f"key part {part!r} of view {view} fits no path; read it by batch")
    return "/v1/views/" + "/".join(quote(str(part), safe="") for part in (view, *key))


def _json(response: http.client.HTTPResponse) -> Any:
    try:
        return json.loads(response.read())
    except ValueError as error:
        raise UnreachableError("the response is not from a reader; check the URL") from error


def _problem(response: http.client.HTTPResponse) -> ProblemError:
    problem: Problem = {
        "type": "about:blank",
        "title": response.reason,
        "status": response.status,
        "detail": "the response is not from a reader; check the URL",
    }
    try:
        body = json.loads(response.read())
        if isinstance(body, dict):
            problem.update({name: body[name] for name in problem if name in body})  # type: ignore
    except ValueError:
        pass  # A proxy's page: what was set above says so.
    return ProblemError(problem)


def _retry_after(response: http.client.HTTPResponse) -> float:
    text = response.headers.get("Retry-After", "")
    return float(min(_MOST_RETRY_AFTER, int(text))) if text.isdigit() else 0.0


def _events(response: http.client.HTTPResponse):
    """Yields type, id and data of each server-sent event (WHATWG HTML, section 9.2).

    A comment is yielded with the type `comment`.
    """
    kind, event_id, data = "message", None, []
    for raw in response:
        line = raw.decode("utf-8").rstrip("\r\n")
        if not line:
            if data:
                yield kind, event_id, "\n".join(data)
            kind, data = "message", []
            continue
        if line.startswith(":"):
            yield "comment", None, ""
            continue
        field, _, value = line.partition(":")
        value = value[1:] if value.startswith(" ") else value
        if field == "data":
            data.append(value)
        elif field == "event":
            kind = value or "message"
        elif field == "id":
            event_id = value

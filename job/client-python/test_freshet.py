"""What the client does with a reader that is slow, falls silent or refuses."""

import threading
import time
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from freshet import Freshet, UnreachableError

ANSWER = b'{"view": "v", "items": [], "next_cursor": null}'


class FreshetTest(unittest.TestCase):
    def setUp(self):
        self.asked = []
        self.steps = []
        test = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                test.asked.append((time.monotonic(), self.headers["Authorization"]))
                test.steps[min(len(test.asked), len(test.steps)) - 1](self)

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def tearDown(self):
        self.server.shutdown()
        self.server.server_close()

    def reader(self, token="secret", **limits):
        return Freshet(f"http://127.0.0.1:{self.server.server_address[1]}", token, **limits)

    def test_a_read_is_given_the_time_that_the_reader_waits(self):
        self.steps = [answer(after=0.6)]
        reader = self.reader(timeout=0.3, deadline=0.4)

        self.assertEqual(reader.get("v", 1, after="binlog.1:4", wait=2000)["view"], "v")
        self.assertEqual(len(self.asked), 1)
        with self.assertRaises(UnreachableError):
            reader.get("v", 1)

    def test_a_connection_with_comments_alone_is_replaced_soon(self):
        self.steps = [stream(b": alive\n\n")] * 7 + [stream(b"data: " + ANSWER + b"\n\n")]
        event = next(self.reader().events("v", 1))

        self.assertEqual(event.answer["view"], "v")
        # Pauses that grow would take 0.1, 0.2, up to 6.4 s.
        self.assertLess(self.asked[-1][0] - self.asked[0][0], 5)

    def test_a_token_is_trimmed_and_never_shown(self):
        self.steps = [answer()]
        self.reader(" secret\n").get("v", 1)
        self.assertEqual(self.asked[0][1], "Bearer secret")

        for token in ("", " \n", "sec\nret", "sécret"):
            with self.assertRaises(ValueError) as caught:
                self.reader(token).get("v", 1)
            self.assertEqual(
                str(caught.exception),
                "the token is empty, or has a character that HTTP refuses; check its source",
            )
        self.assertEqual(len(self.asked), 1)


def answer(after=0.0):
    def send(handler):
        time.sleep(after)
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(ANSWER)))
        handler.end_headers()
        try:
            handler.wfile.write(ANSWER)
        except BrokenPipeError:
            pass  # The client has given up, as the test wants.

    return send


def stream(text):
    """Sends a text, and ends the connection."""

    def send(handler):
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(text)

    return send


if __name__ == "__main__":
    unittest.main()

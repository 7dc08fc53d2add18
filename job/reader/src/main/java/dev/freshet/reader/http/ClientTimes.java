package dev.freshet.reader.http;

import java.time.Duration;

/**
 * How long clients may take. A connection whose client takes longer is closed.
 *
 * @param head for the head of a request, from its first byte
 * @param body for the body of a request, from the end of its head
 * @param response to receive a response that is complete; event streams have no such limit
 * @param idle between two bytes
 */
record ClientTimes(Duration head, Duration body, Duration response, Duration idle) {
  static final ClientTimes DEFAULT =
      new ClientTimes(
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofSeconds(30));
}

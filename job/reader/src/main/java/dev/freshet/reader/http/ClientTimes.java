package dev.freshet.reader.http;

import java.time.Duration;

/**
 * The time limits for clients. A connection whose client takes longer is closed.
 *
 * @param head the time limit for the head of a request, from its first byte
 * @param body the time limit for the body of a request, from the end of its head
 * @param response the time limit to receive a complete response; event streams have no such limit
 * @param idle the time limit between two bytes
 */
record ClientTimes(Duration head, Duration body, Duration response, Duration idle) {
  static final ClientTimes DEFAULT =
      new ClientTimes(
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofSeconds(30));
}

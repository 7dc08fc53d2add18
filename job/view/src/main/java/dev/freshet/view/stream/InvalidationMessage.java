package dev.freshet.view.stream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import dev.freshet.view.Version;
import dev.freshet.view.ViewPlan;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;

/**
 * A message: the state of a key, or of a whole view, changed. The job sends it after the store has
 * the new state. A consumer that caches answers should drop those of the key.
 *
 * @param format {@value #FORMAT}; another number means other fields
 * @param job the job's name
 * @param key the key's values by column; null for the whole view
 * @param state {@code VALID}, {@code INVALID}, or {@code ABSENT}: the key left the store, and no
 *     further messages follow until it is populated again
 * @param reason the wire name of the {@link Reason} if the state is INVALID; null otherwise
 * @param version the version at which the store has the state
 * @param at when the job made the message, by the wall clock
 */
public record InvalidationMessage(
    int format,
    String job,
    String view,
    ObjectNode key,
    String state,
    String reason,
    String version,
    String at) {
  public static final int FORMAT = 1;
  private static final String VALID = "VALID";
  private static final String INVALID = "INVALID";
  private static final String ABSENT = "ABSENT";

  public InvalidationMessage {
    Format.check(format, FORMAT);
    Objects.requireNonNull(job, "job");
    Objects.requireNonNull(view, "view");
    if (state.equals(INVALID) == (reason == null)
        || !(state.equals(VALID) || state.equals(INVALID) || state.equals(ABSENT))) {
      throw new IllegalArgumentException("state " + state + " with reason " + reason);
    }
    Version.parse(version);
  }

  /**
   * A message about the state of a key or of a whole view.
   *
   * @param key the view key, which begins with the view's name; null for the whole view
   * @param reason why the key is INVALID; null if it is VALID
   */
  public static InvalidationMessage of(
      String job, ViewPlan view, Key key, Reason reason, long version, Instant at) {
    return of(job, view, key, reason == null ? VALID : INVALID, reason, version, at);
  }

  /**
   * A message that a key left the store.
   *
   * @param key the view key, which begins with the view's name
   */
  public static InvalidationMessage absent(
      String job, ViewPlan view, Key key, long version, Instant at) {
    return of(job, view, key, ABSENT, null, version, at);
  }

  private static InvalidationMessage of(
      String job, ViewPlan view, Key key, String state, Reason reason, long version, Instant at) {
    ObjectNode values = null;
    if (key != null) {
      Object[] all = key.values();
      values = Json.values(view.keyColumnList(), Arrays.copyOfRange(all, 1, all.length));
    }
    return new InvalidationMessage(
        FORMAT,
        job,
        view.view(),
        values,
        state,
        reason == null ? null : reason.wireName(),
        Version.print(version),
        at.toString());
  }

  /**
   * Parses a message.
   *
   * @throws IllegalArgumentException with a message of one line if the text is not such a message
   */
  public static InvalidationMessage read(byte[] json) {
    return Json.read(json, InvalidationMessage.class);
  }

  public byte[] toJson() {
    return Json.write(this);
  }

  /** The Kafka key, the same for all messages of one key: these stay in order. */
  public byte[] kafkaKey() {
    return (job + '/' + view + (key == null ? "" : "/" + key)).getBytes(StandardCharsets.UTF_8);
  }
}

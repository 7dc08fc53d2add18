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
 * The state of a key changed, or that of a whole view. It is said once the store has it; whoever
 * keeps copies of answers drops those of the key.
 *
 * @param format {@value #FORMAT}; another one means other fields
 * @param job the job's name
 * @param key by column; null when it is the whole view
 * @param state {@code VALID}, {@code INVALID}, or {@code ABSENT}: the store has the key no longer,
 *     and nothing more is said of it
 * @param reason why it is INVALID, a {@link Reason}'s wire name; null otherwise
 * @param version the progress with which the store has it
 * @param at when it was said, by the wall clock
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
   * A key's state.
   *
   * @param key the view key, with the view's name in front; null for the whole view
   * @param reason null when it is valid
   */
  public static InvalidationMessage of(
      String job, ViewPlan view, Key key, Reason reason, long version, Instant at) {
    return of(job, view, key, reason == null ? VALID : INVALID, reason, version, at);
  }

  /**
   * The store has a key no longer.
   *
   * @param key the view key, with the view's name in front
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
   * Reads a message.
   *
   * @throws IllegalArgumentException with one line when it is none
   */
  public static InvalidationMessage read(byte[] json) {
    return Json.read(json, InvalidationMessage.class);
  }

  public byte[] toJson() {
    return Json.write(this);
  }

  /** What Kafka knows the key by: one key's messages stay in order. */
  public byte[] kafkaKey() {
    return (job + '/' + view + (key == null ? "" : "/" + key)).getBytes(StandardCharsets.UTF_8);
  }
}

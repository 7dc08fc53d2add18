package dev.freshet.view.stream;

import dev.freshet.view.Key;
import dev.freshet.view.ViewPlan;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Keys of a view, populated on read, that somebody read since this was last said. A reader says it
 * once in a while for all that it served.
 *
 * @param format {@value #FORMAT}; another one means other fields
 * @param type {@value #READ}
 * @param job the job's name
 * @param keys each its values in declared order, as in a reader's URL before it is encoded
 * @param at when it was said, by the wall clock
 */
public record KeysRead(
    int format, String type, String job, String view, List<List<String>> keys, String at) {
  public static final int FORMAT = 1;
  public static final String READ = "read";

  /** Keys of one message. */
  public static final int MOST = 500;

  public KeysRead {
    Format.check(format, FORMAT);
    if (!type.equals(READ)) {
      throw new IllegalArgumentException("'" + type + "' is not '" + READ + "'");
    }
    Objects.requireNonNull(job, "job");
    Objects.requireNonNull(view, "view");
    keys = keys.stream().map(List::copyOf).toList();
    if (keys.isEmpty() || keys.size() > MOST) {
      throw new IllegalArgumentException(keys.size() + " keys are not 1 to " + MOST);
    }
    Instant.parse(at);
  }

  /**
   * Says that keys were read.
   *
   * @param keys each its values in declared order
   */
  public static KeysRead of(String job, ViewPlan view, List<List<Object>> keys, Instant at) {
    List<List<String>> texts =
        keys.stream().map(key -> KeyRequest.texts(view.keyColumnList(), key.toArray())).toList();
    return new KeysRead(FORMAT, READ, job, view.view(), texts, at.toString());
  }

  /** Whether a message of the requests stream is one. */
  public static boolean isOne(byte[] json) {
    return Json.has(json, "keys");
  }

  /**
   * Reads a message.
   *
   * @throws IllegalArgumentException with one line when it is none
   */
  public static KeysRead read(byte[] json) {
    return Json.read(json, KeysRead.class);
  }

  public byte[] toJson() {
    return Json.write(this);
  }

  /** What Kafka knows it by. */
  public byte[] kafkaKey() {
    return (job + '/' + view + '/' + READ).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * The view keys, with the view's name in front.
   *
   * @throws IllegalArgumentException with one line when one is none
   */
  public List<Key> keysIn(ViewPlan plan) {
    List<Key> parsed = new ArrayList<>();
    for (List<String> key : keys) {
      parsed.add(plan.viewKeyOf(KeyRequest.parsed(view, "key", plan.keyColumnList(), key)));
    }
    return parsed;
  }
}

package dev.freshet.view.stream;

import dev.freshet.view.Column;
import dev.freshet.view.Key;
import dev.freshet.view.ViewPlan;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A message: these keys of a view that is populated on read were read since the last such message.
 * A reader regularly sends it for all keys that it served.
 *
 * @param format {@value #FORMAT}; another number means other fields
 * @param type {@value #READ}
 * @param job the job's name
 * @param keys the keys, each as its values in declared order, as in a reader's URL before
 *     percent-encoding
 * @param at when the message was made, by the wall clock
 */
public record KeysRead(
    int format, String type, String job, String view, List<List<String>> keys, String at) {
  public static final int FORMAT = 1;
  public static final String READ = "read";

  /** The maximum number of keys in a message. */
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
   * Makes a message.
   *
   * @param keys the keys, each as its values in declared order
   */
  public static KeysRead of(String job, ViewPlan view, List<List<Object>> keys, Instant at) {
    List<List<String>> texts =
        keys.stream().map(key -> KeyRequest.texts(view.keyColumnList(), key.toArray())).toList();
    return new KeysRead(FORMAT, READ, job, view.view(), texts, at.toString());
  }

  /** Whether a message of the requests stream is a {@link KeysRead}. */
  public static boolean isOne(byte[] json) {
    return Json.has(json, "keys");
  }

  /**
   * Parses a message.
   *
   * @throws IllegalArgumentException with a message of one line if the text is not such a message
   */
  public static KeysRead read(byte[] json) {
    return Json.read(json, KeysRead.class);
  }

  public byte[] toJson() {
    return Json.write(this);
  }

  /** The Kafka key, the same for all these messages of one view. */
  public byte[] kafkaKey() {
    return (job + '/' + view + '/' + READ).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * The view keys, each of which begins with the view's name.
   *
   * @throws IllegalArgumentException with a message of one line if a key is malformed
   */
  public List<Key> keysIn(ViewPlan plan) {
    List<Column> columns = plan.keyColumnList();
    List<Key> parsed = new ArrayList<>();
    for (List<String> key : keys) {
      parsed.add(plan.viewKeyOf(KeyRequest.parsed(view, "key", columns, key)));
    }
    return parsed;
  }
}

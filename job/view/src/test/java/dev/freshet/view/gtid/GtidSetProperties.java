package dev.freshet.view.gtid;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Generated sets against plain sets of single GTIDs. */
class GtidSetProperties {
  private static final int SEEDS = 5_000;
  private static final int MOST_NUMBER = 14;
  private static final List<UUID> SERVERS =
      List.of(
          UUID.fromString("00000000-0000-4000-8000-000000000001"),
          UUID.fromString("85df5c79-ebfe-11f1-9632-02fc00000001"),
          UUID.fromString("ffffffff-0000-4000-8000-0123456789ab"));
  private static final List<String> TAGS = List.of("", "_", "a", "tag", "tag_2");

  @Test
  void operationsEqualThoseOfPlainSets() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      try {
        check(new Random(seed));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private static void check(Random random) {
    Set<Gtid> left = draw(random);
    Set<Gtid> right = draw(random);
    if (random.nextInt(3) == 0) {
      right.retainAll(left);
    }
    GtidSet a = GtidSet.parse(text(left, random));
    GtidSet b = added(right);
    same(a, left);
    same(b, right);
    same(GtidSet.parse(a.toString()), left);

    Set<Gtid> both = new HashSet<>(left);
    both.addAll(right);
    same(a.union(b), both);
    Set<Gtid> rest = new HashSet<>(left);
    rest.removeAll(right);
    same(a.subtract(b), rest);
    assertThat(a.contains(b)).isEqualTo(left.containsAll(right));
    assertThat(a.isEmpty()).isEqualTo(left.isEmpty());
    assertThat(a.isTagged()).isEqualTo(left.stream().anyMatch(gtid -> !gtid.tag().isEmpty()));
    for (Gtid each : right) {
      assertThat(a.contains(each)).isEqualTo(left.contains(each));
    }
    assertThat(a.equals(b)).isEqualTo(left.equals(right));
  }

  private static Set<Gtid> draw(Random random) {
    Set<Gtid> drawn = new HashSet<>();
    for (int i = random.nextInt(30); i > 0; i--) {
      drawn.add(
          new Gtid(
              SERVERS.get(random.nextInt(SERVERS.size())),
              TAGS.get(random.nextInt(TAGS.size())),
              1 + random.nextInt(MOST_NUMBER)));
    }
    return drawn;
  }

  /** In any order, with ranges that overlap, and with capitals. */
  private static String text(Set<Gtid> set, Random random) {
    List<String> parts = new ArrayList<>();
    List<Gtid> shuffled = new ArrayList<>(set);
    Collections.shuffle(shuffled, random);
    for (Gtid each : shuffled) {
      long last = each.number();
      while (random.nextInt(4) > 0 && set.contains(new Gtid(each.server(), each.tag(), last + 1))) {
        last++;
      }
      String text = each.server() + ":" + (each.tag().isEmpty() ? "" : each.tag() + ":");
      text += each.number() + (last > each.number() ? "-" + last : "");
      parts.add(random.nextBoolean() ? text : text.toUpperCase(Locale.ROOT));
    }
    return String.join(random.nextBoolean() ? "," : ",\n", parts);
  }

  private static GtidSet added(Set<Gtid> set) {
    GtidSet added = GtidSet.EMPTY;
    for (Gtid each : set) {
      added = added.with(each);
    }
    return added;
  }

  private static void same(GtidSet set, Set<Gtid> model) {
    assertThat(set).hasToString(print(model));
    assertThat(decode(set.encode())).isEqualTo(model);
  }

  private static String print(Set<Gtid> model) {
    Map<String, Map<String, TreeSet<Long>>> sorted = new TreeMap<>();
    for (Gtid each : model) {
      sorted
          .computeIfAbsent(each.server().toString(), server -> new TreeMap<>())
          .computeIfAbsent(each.tag(), tag -> new TreeSet<>())
          .add(each.number());
    }
    List<String> servers = new ArrayList<>();
    sorted.forEach(
        (server, tags) -> {
          StringBuilder text = new StringBuilder(server);
          tags.forEach(
              (tag, numbers) -> {
                text.append(tag.isEmpty() ? "" : ":" + tag);
                for (long first : numbers) {
                  if (!numbers.contains(first - 1)) {
                    long last = first;
                    while (numbers.contains(last + 1)) {
                      last++;
                    }
                    text.append(':').append(first).append(last > first ? "-" + last : "");
                  }
                }
              });
          servers.add(text.toString());
        });
    return String.join(",", servers);
  }

  /** What a server reads out of the bytes. */
  private static Set<Gtid> decode(byte[] bytes) {
    Bytes in = new Bytes(bytes);
    long head = in.number();
    boolean tagged = head >>> 56 == 1;
    Map<String, Boolean> seen = new HashMap<>();
    Set<Gtid> decoded = new HashSet<>();
    for (long count = tagged ? head << 8 >>> 16 : head; count > 0; count--) {
      UUID server = in.uuid();
      String tag = tagged ? in.text() : "";
      assertThat(seen.put(server + tag, true)).isNull();
      for (long intervals = in.number(); intervals > 0; intervals--) {
        long first = in.number();
        long end = in.number();
        for (long number = first; number < end; number++) {
          assertThat(decoded.add(new Gtid(server, tag, number))).isTrue();
        }
      }
    }
    assertThat(in.at).isEqualTo(bytes.length);
    return decoded;
  }

  private static final class Bytes {
    private final byte[] bytes;
    private int at;

    Bytes(byte[] bytes) {
      this.bytes = bytes;
    }

    long number() {
      long number = 0;
      for (int i = 0; i < 8; i++) {
        number |= (bytes[at++] & 0xffL) << (8 * i);
      }
      return number;
    }

    UUID uuid() {
      return new UUID(Long.reverseBytes(number()), Long.reverseBytes(number()));
    }

    String text() {
      int length = (bytes[at++] & 0xff) >> 1;
      at += length;
      return new String(bytes, at - length, length, StandardCharsets.US_ASCII);
    }
  }
}

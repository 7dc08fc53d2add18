package dev.freshet.flow.event;

import dev.freshet.flow.log.EntryChange;
import dev.freshet.view.Key;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** What {@link Orders} declares, computed at once from the plain list of a group's events. */
public final class OrdersModel {
  /** The row of a group that is not visible. */
  public static final String HIDDEN = "hidden";

  private static final String POISON = "poison";
  private static final String[] KINDS = {"created", "paid", "paid", "paid", "cancelled", null};
  private static final String[] NAMES = {"one", "two", "three", null};
  private static final long[] AMOUNTS = {1, 2, -3, Long.MAX_VALUE, Long.MIN_VALUE};

  private OrdersModel() {}

  /** A generated event of one of six groups, around the horizon. */
  public static GroupedEvent random(Random random, int id, long horizon) {
    return Orders.event(
        Orders.group("c" + random.nextInt(2), random.nextInt(3)),
        "e" + id,
        horizon - 1 + random.nextInt(5),
        KINDS[random.nextInt(KINDS.length)],
        NAMES[random.nextInt(NAMES.length)],
        random.nextInt(4) == 0 ? null : (Long) AMOUNTS[random.nextInt(AMOUNTS.length)],
        horizon);
  }

  /** Prints an entry in the form of {@link #expected}. */
  public static String print(EntryChange entry) {
    if (entry.poison() != null) {
      return POISON;
    }
    return entry.present() ? print(entry.values()) : HIDDEN;
  }

  private static String print(Object... values) {
    List<String> printed = new ArrayList<>();
    for (Object value : values) {
      printed.add(String.valueOf(value));
    }
    return String.join(" ", printed);
  }

  /** The row of a group with these distinct events. */
  public static String expected(Key group, List<GroupedEvent> events) {
    List<GroupedEvent> sorted =
        events.stream()
            .filter(each -> each.event().time() >= each.horizon())
            .sorted(
                Comparator.comparingLong((GroupedEvent each) -> each.event().time())
                    .thenComparing(each -> each.event().id()))
            .toList();
    Set<Object> kinds = new HashSet<>();
    String name = null;
    String firstName = null;
    BigInteger total = null;
    for (GroupedEvent each : sorted) {
      Object[] row = each.event().row();
      kinds.add(row[2]);
      name = (String) row[5];
      firstName = firstName == null ? name : firstName;
      if (row[6] != null) {
        BigInteger amount = BigInteger.valueOf((Long) row[6]);
        total = total == null ? amount : total.add(amount);
      }
    }
    if (total != null && total.bitLength() >= Long.SIZE) {
      return POISON;
    }
    Object[] key = group.values();
    return kinds.contains("created") && !kinds.contains("cancelled")
        ? print(key[1], key[2], name, total, sorted.size(), firstName)
        : HIDDEN;
  }
}

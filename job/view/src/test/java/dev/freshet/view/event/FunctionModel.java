package dev.freshet.view.event;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What the functions are, said anew and without states: each is computed at once from the list of
 * all deliveries. Shares no code with the functions.
 */
final class FunctionModel {
  /** In the place of a result that its type cannot have. */
  static final Object UNREPRESENTABLE = "unrepresentable";

  private final List<DomainEvent> events;

  /** Over the deliveries that a filter lets through. */
  FunctionModel(List<DomainEvent> deliveries, Predicate<DomainEvent> filter) {
    events = deliveries.stream().filter(filter).toList();
  }

  static Object at(DomainEvent event, int field) {
    Object value = event.row()[field];
    return value instanceof Double number && number == 0 ? (Object) 0.0 : value;
  }

  /** NULL first; numbers by value, then by their digits after the point; texts by code point. */
  static int compare(Object a, Object b) {
    if (a == null || b == null) {
      return a == b ? 0 : a == null ? -1 : 1;
    } else if (a instanceof String x) {
      return Arrays.compare(x.codePoints().toArray(), ((String) b).codePoints().toArray());
    } else if (a instanceof byte[] x) {
      return Arrays.compareUnsigned(x, (byte[]) b);
    } else if (a instanceof BigDecimal x) {
      int sign = x.compareTo((BigDecimal) b);
      return sign != 0 ? sign : Integer.compare(x.scale(), ((BigDecimal) b).scale());
    } else if (a instanceof Double x) {
      return Double.compare(x, (Double) b);
    }
    return Long.compare((Long) a, (Long) b);
  }

  private static Comparator<DomainEvent> byField(int field) {
    return (a, b) -> compare(at(a, field), at(b, field));
  }

  private List<DomainEvent> having(int field) {
    return events.stream().filter(event -> event.row()[field] != null).toList();
  }

  private Set<Object> distinct(int field) {
    Set<Object> distinct = new TreeSet<>(FunctionModel::compareNumerically);
    having(field).forEach(event -> distinct.add(at(event, field)));
    return distinct;
  }

  private static int compareNumerically(Object a, Object b) {
    return a instanceof BigDecimal x ? x.compareTo((BigDecimal) b) : compare(a, b);
  }

  Object setOnce(int field) {
    return having(field).stream()
        .min(
            Comparator.comparingLong(DomainEvent::time)
                .thenComparing(DomainEvent::id)
                .thenComparing(byField(field)))
        .map(event -> at(event, field))
        .orElse(null);
  }

  long setOnceConflicts(int field) {
    return Math.max(0, Math.min(EventFunction.MOST_ONCE, distinct(field).size()) - 1);
  }

  Object extreme(int field, boolean greatest) {
    List<Object> values = new ArrayList<>();
    having(field).forEach(event -> values.add(at(event, field)));
    values.sort(FunctionModel::compare);
    return values.isEmpty() ? null : values.get(greatest ? values.size() - 1 : 0);
  }

  /** The n-th event by time, counting each id where it comes first. */
  Object nthBy(int field, int time, int n, boolean ignoreNulls, boolean fromBehind) {
    List<DomainEvent> sorted = new ArrayList<>(having(time));
    if (ignoreNulls) {
      sorted.removeIf(event -> at(event, field) == null);
    }
    sorted.sort(byField(time).thenComparing(DomainEvent::id).thenComparing(byField(field)));
    if (fromBehind) {
      Collections.reverse(sorted);
    }
    Set<String> seen = new HashSet<>();
    for (DomainEvent event : sorted) {
      if (seen.add(event.id()) && seen.size() == n) {
        return at(event, field);
      }
    }
    return null;
  }

  /** Whether the kind of any event, or of all, is the given one; kinds may be unknown. */
  Object kinds(String kind, boolean all) {
    List<DomainEvent> known = having(Events.KIND);
    if (known.isEmpty()) {
      return null;
    }
    Predicate<DomainEvent> is = event -> event.row()[Events.KIND].equals(kind);
    return (all ? known.stream().allMatch(is) : known.stream().anyMatch(is)) ? 1L : 0L;
  }

  Object countDistinct(int field) {
    return (long) distinct(field).size();
  }

  Object count() {
    return events.stream().map(DomainEvent::id).distinct().count();
  }

  /** The ids that came with several times, or with several values of a field if it is not -1. */
  long contradictedIds(int field) {
    return events.stream()
        .filter(
            a ->
                events.stream()
                    .anyMatch(
                        b ->
                            a.id().equals(b.id())
                                && (a.time() != b.time()
                                    || (field >= 0 && compare(at(a, field), at(b, field)) != 0))))
        .map(DomainEvent::id)
        .distinct()
        .count();
  }

  /** One value an id, that of its least time, of equal times the least value; not NULL. */
  private List<BigDecimal> numbers(int field) {
    Map<String, DomainEvent> firsts = new HashMap<>();
    events.stream()
        .sorted(Comparator.comparingLong(DomainEvent::time).thenComparing(byField(field)))
        .forEach(event -> firsts.putIfAbsent(event.id(), event));
    return firsts.values().stream()
        .map(event -> at(event, field))
        .filter(value -> value != null)
        .map(value -> new BigDecimal(value.toString()))
        .toList();
  }

  Object sum(int field) {
    List<BigDecimal> numbers = numbers(field);
    if (numbers.isEmpty()) {
      return null;
    }
    BigDecimal sum = numbers.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    if (field == Events.AMOUNT) {
      return sum.precision() > 65 ? UNREPRESENTABLE : sum;
    }
    try {
      return sum.longValueExact();
    } catch (ArithmeticException e) {
      return UNREPRESENTABLE;
    }
  }

  Object avg(int field) {
    List<BigDecimal> numbers = numbers(field);
    if (numbers.isEmpty()) {
      return null;
    }
    BigDecimal sum = numbers.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    BigDecimal average =
        sum.divide(BigDecimal.valueOf(numbers.size()), sum.scale() + 4, RoundingMode.HALF_UP);
    return average.precision() > 65 ? UNREPRESENTABLE : average;
  }
}

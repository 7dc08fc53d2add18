package dev.freshet.view.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.view.TestSize;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;

/**
 * All functions over generated events: the laws of a semilattice, and the same result as {@link
 * FunctionModel} however the events are shuffled, repeated, divided, merged and serialised.
 */
class FunctionLawsProperties {
  private static final int HISTORIES = TestSize.FULL ? 20_000 : 150;

  private record Case(
      CompiledFunction function,
      Predicate<DomainEvent> filter,
      Function<FunctionModel, Object> result,
      ToLongFunction<FunctionModel> conflicts) {}

  private final Map<String, Case> cases = new LinkedHashMap<>();

  FunctionLawsProperties() {
    for (int field : new int[] {Events.NUMBER, Events.AMOUNT, Events.TEXT, Events.RATIO}) {
      ofAnyType(field);
    }
    ofAnyType(Events.BYTES);
    ofAnyType(Events.AT);
    ordered(Events.TEXT, Events.AT);
    ordered(Events.NUMBER, Events.AT);
    ordered(Events.BYTES, Events.AMOUNT);
    ordered(Events.RATIO, Events.TEXT);
    ordered(Events.AMOUNT, Events.RATIO);
    add(
        "BOOL_OR",
        EventFunction.boolOr(Events.isKind("packed")),
        model -> model.kinds("packed", false),
        model -> 0);
    add(
        "BOOL_AND",
        EventFunction.boolAnd(Events.isKind("packed")),
        model -> model.kinds("packed", true),
        model -> 0);
    add("COUNT", EventFunction.count(), FunctionModel::count, model -> model.contradictedIds(-1));
    for (int field : new int[] {Events.NUMBER, Events.AMOUNT}) {
      ToLongFunction<FunctionModel> conflicts = model -> model.contradictedIds(field);
      add("SUM", EventFunction.sum(Events.field(field)), model -> model.sum(field), conflicts);
      add("AVG", EventFunction.avg(Events.field(field)), model -> model.avg(field), conflicts);
    }
  }

  private void ofAnyType(int field) {
    Argument value = Events.field(field);
    add(
        "SET_ONCE",
        EventFunction.setOnce(value),
        model -> model.setOnce(field),
        model -> model.setOnceConflicts(field));
    add("MIN", EventFunction.min(value), model -> model.extreme(field, false), model -> 0);
    add("MAX", EventFunction.max(value), model -> model.extreme(field, true), model -> 0);
    add(
        "COUNT_DISTINCT",
        EventFunction.countDistinct(value),
        model -> model.countDistinct(field),
        model -> 0);
  }

  private void ordered(int field, int time) {
    for (boolean nulls : new boolean[] {true, false}) {
      Argument value = Events.field(field);
      Argument by = Events.field(time);
      for (int n = 1; n <= 3; n++) {
        int nth = n;
        add(
            "NTH_BY",
            nulls
                ? EventFunction.nthBy(value, by, n)
                : EventFunction.nthBy(value, by, n).ignoringNulls(),
            model -> model.nthBy(field, time, nth, !nulls, false),
            model -> 0);
      }
      EventFunction least = EventFunction.minBy(value, by);
      EventFunction greatest = EventFunction.maxBy(value, by);
      add(
          "MIN_BY",
          nulls ? least : least.ignoringNulls(),
          model -> model.nthBy(field, time, 1, !nulls, false),
          model -> 0);
      add(
          "MAX_BY",
          nulls ? greatest : greatest.ignoringNulls(),
          model -> model.nthBy(field, time, 1, !nulls, true),
          model -> 0);
    }
  }

  /** Adds a function with and without a filter. */
  private void add(
      String name,
      EventFunction function,
      Function<FunctionModel, Object> result,
      ToLongFunction<FunctionModel> conflicts) {
    String unique = name + " " + cases.size();
    cases.put(unique, new Case(new CompiledFunction(function), event -> true, result, conflicts));
    cases.put(
        unique + " FILTER",
        new Case(
            new CompiledFunction(function.where(Events.isKind("created"))),
            event -> "created".equals(event.row()[Events.KIND]),
            result,
            conflicts));
  }

  @Test
  void everyFunctionIsASemilatticeAndEqualsTheModel() {
    long seed = TestSize.seed();
    System.out.printf("FunctionLawsProperties: seed %d, %d histories%n", seed, HISTORIES);
    for (long history = seed; history < seed + HISTORIES; history++) {
      List<DomainEvent> events = Events.draw(new Random(history));
      for (Map.Entry<String, Case> each : cases.entrySet()) {
        try {
          check(each.getValue(), events, new Random(history));
        } catch (AssertionError | Exception e) {
          throw new AssertionError(
              "%s; repeat with -Dfreshet.seed=%d".formatted(each.getKey(), history), e);
        }
      }
    }
  }

  private static void check(Case each, List<DomainEvent> events, Random random) throws IOException {
    FunctionModel model = new FunctionModel(events, each.filter());
    FunctionState whole = each.function().identity();
    for (DomainEvent event : events) {
      add(whole, event);
    }
    same(whole, each, model);
    FunctionState divided = divided(each.function(), events, random);
    same(divided, each, model);
    assertThat(bytes(divided)).isEqualTo(bytes(whole));
    laws(each.function(), events, random);
  }

  private static void same(FunctionState state, Case each, FunctionModel model) {
    Object expected = each.result().apply(model);
    if (expected == FunctionModel.UNREPRESENTABLE) {
      assertThat(state.result()).isInstanceOf(Result.Unrepresentable.class);
    } else {
      assertThat(state.result())
          .usingRecursiveComparison()
          .withStrictTypeChecking()
          .isEqualTo(new Result.Known(expected));
    }
    assertThat(state.conflicts()).isEqualTo((int) each.conflicts().applyAsLong(model));
  }

  /** The events in any order, repeated, in parts that are merged in any order, some twice. */
  private static FunctionState divided(
      CompiledFunction function, List<DomainEvent> events, Random random) throws IOException {
    List<DomainEvent> deliveries = new ArrayList<>(events);
    events.stream().filter(event -> random.nextInt(4) == 0).forEach(deliveries::add);
    Collections.shuffle(deliveries, random);
    List<FunctionState> parts = new ArrayList<>();
    for (int i = 1 + random.nextInt(5); i > 0; i--) {
      parts.add(function.identity());
    }
    for (DomainEvent event : deliveries) {
      int part = random.nextInt(parts.size());
      parts.set(part, copy(function, parts.get(part)));
      add(parts.get(part), event);
    }
    while (parts.size() > 1) {
      FunctionState from = parts.get(random.nextInt(parts.size()));
      FunctionState into = parts.get(random.nextInt(parts.size()));
      merge(into, from);
      if (from != into && random.nextInt(4) > 0) {
        parts.remove(from);
      }
    }
    return copy(function, parts.get(0));
  }

  private static void laws(CompiledFunction function, List<DomainEvent> events, Random random)
      throws IOException {
    FunctionState a = some(function, events, random);
    FunctionState b = some(function, events, random);
    FunctionState c = some(function, events, random);
    byte[] ab = bytes(merged(function, a, b));
    assertThat(bytes(merged(function, b, a))).as("commutative").isEqualTo(ab);
    assertThat(bytes(merged(function, merged(function, a, b), c)))
        .as("associative")
        .isEqualTo(bytes(merged(function, a, merged(function, b, c))));
    assertThat(bytes(merged(function, merged(function, a, b), b))).as("idempotent").isEqualTo(ab);
    assertThat(bytes(merged(function, a, function.identity()))).as("identity").isEqualTo(bytes(a));
    assertThat(bytes(merged(function, function.identity(), a))).as("identity").isEqualTo(bytes(a));
    for (DomainEvent event : events) {
      FunctionState added = copy(function, a);
      added.add(event);
      assertThat(bytes(merged(function, a, function.of(event))))
          .as("adding is merging")
          .isEqualTo(bytes(added));
    }
  }

  private static FunctionState some(
      CompiledFunction function, List<DomainEvent> events, Random random) {
    FunctionState state = function.identity();
    events.stream().filter(event -> random.nextInt(2) == 0).forEach(state::add);
    return state;
  }

  private static FunctionState merged(CompiledFunction function, FunctionState a, FunctionState b)
      throws IOException {
    FunctionState merged = copy(function, a);
    merge(merged, b);
    return merged;
  }

  private static void merge(FunctionState into, FunctionState from) throws IOException {
    byte[] before = bytes(into);
    byte[] other = bytes(from);
    boolean changed = into.merge(from);
    assertThat(changed).as("whether it changed").isNotEqualTo(equal(before, bytes(into)));
    if (from != into) {
      assertThat(bytes(from)).as("the other state").isEqualTo(other);
    }
  }

  private static void add(FunctionState state, DomainEvent event) throws IOException {
    byte[] before = bytes(state);
    boolean changed = state.add(event);
    assertThat(changed).as("whether it changed").isNotEqualTo(equal(before, bytes(state)));
  }

  private static boolean equal(byte[] a, byte[] b) {
    return Arrays.equals(a, b);
  }

  private static FunctionState copy(CompiledFunction function, FunctionState state)
      throws IOException {
    byte[] bytes = bytes(state);
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    FunctionState copy = function.read(in);
    assertThat(in.available()).isZero();
    assertThat(bytes(copy)).as("serialised and back").isEqualTo(bytes);
    return copy;
  }

  private static byte[] bytes(FunctionState state) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    state.write(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }
}

package dev.freshet.flow.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.event.GroupedEvent;
import dev.freshet.flow.event.Orders;
import dev.freshet.flow.event.OrdersModel;
import dev.freshet.flow.log.EntryChange;
import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import dev.freshet.view.event.KeyedEvents;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GroupNodeTest {
  private static final long VERSION = 7;
  private static final long HORIZON = 100;
  private static final Key ORDER = Orders.group("c", 1);

  private final JobPlan plan = Orders.plan();
  private final GroupNode node = new GroupNode(plan, Probe.NONE);

  private static GroupedEvent event(String id, long at, String kind, String name, Long amount) {
    return Orders.event(ORDER, id, at, kind, name, amount, HORIZON);
  }

  private KeyedEvents events(GroupedEvent... all) throws IOException {
    KeyedEvents events = node.read(ORDER, null);
    for (GroupedEvent event : all) {
      node.add(events, event);
    }
    return events;
  }

  private EntryChange entry(GroupedEvent... all) throws IOException {
    return node.entry(ORDER, events(all), VERSION);
  }

  @Test
  void aVisibleGroupIsAnEntryOfItsKey() throws IOException {
    EntryChange entry = entry(event("a", 200, "created", "one", 3L));
    assertThat(entry)
        .isEqualTo(
            new EntryChange(
                0,
                Key.of("orders", "c"),
                Key.of(1L),
                VERSION,
                true,
                new Object[] {"c", 1L, "one", 3L, 1L, "one"}));
  }

  @Test
  void aHiddenGroupIsADeletedEntry() throws IOException {
    EntryChange deleted =
        new EntryChange(
            0,
            Key.of("orders", "c"),
            Key.of(1L),
            VERSION,
            false,
            new Object[] {"c", 1L, null, null, null, null});
    GroupedEvent creation = event("a", 200, "created", "one", 3L);
    GroupedEvent cancellation = event("b", 300, "cancelled", null, null);
    assertThat(entry(cancellation)).isEqualTo(deleted);
    assertThat(entry(creation, cancellation, creation)).isEqualTo(deleted);
  }

  @Test
  void aSumThatNoTypeHoldsIsPoisonUntilEventsBringItBack() throws IOException {
    GroupedEvent most = event("a", 200, "created", null, Long.MAX_VALUE);
    GroupedEvent more = event("b", 300, "paid", null, 1L);
    GroupedEvent less = event("c", 400, "paid", null, -2L);
    EntryChange poisoned = entry(most, more);
    assertThat(poisoned.present()).isTrue();
    assertThat(poisoned.poison()).isEqualTo(Reason.UNSTORABLE);
    assertThat(poisoned.values()).containsExactly("c", 1L, null, null, null, null);
    EntryChange back = entry(most, more, less);
    assertThat(back.poison()).isNull();
    assertThat(back.values()[3]).isEqualTo(Long.MAX_VALUE - 1);
  }

  @Test
  void anEventBeforeTheHorizonIsDeadAndOneAtItIsApplied() throws IOException {
    KeyedEvents events = node.read(ORDER, null);
    assertThat(node.add(events, event("a", HORIZON - 1, "created", null, null)))
        .isEqualTo(new GroupNode.Outcome.BeforeHorizon());
    assertThat(node.entry(ORDER, events, VERSION).present()).isFalse();
    assertThat(node.add(events, event("a", HORIZON, "created", null, null)))
        .isEqualTo(new GroupNode.Outcome.Applied(0));
    assertThat(node.entry(ORDER, events, VERSION).present()).isTrue();
  }

  @Test
  void aRepeatedEventChangesNothingAndAConflictIsCountedOnce() throws IOException {
    KeyedEvents events = events(event("a", 200, "created", "one", null));
    GroupedEvent other = event("b", 300, "renamed", "two", null);
    assertThat(node.add(events, other)).isEqualTo(new GroupNode.Outcome.Applied(1));
    assertThat(node.add(events, other)).isEqualTo(new GroupNode.Outcome.Unchanged());
  }

  @Test
  void anEventThatCannotBeComputedWithIsDeadAndChangesNothing() throws IOException {
    KeyedEvents events = events(event("a", 200, "created", "one", null));
    byte[] before = events.toBytes();
    GroupNode.Outcome outcome =
        node.add(events, event("b", 300, "renamed", "half of a pair: \uD83D", null));
    assertThat(outcome).isInstanceOf(GroupNode.Outcome.Failed.class);
    assertThat(events.toBytes()).isEqualTo(before);
  }

  @Test
  void entriesAreComparedWithoutTheirVersions() throws IOException {
    KeyedEvents events = events(event("a", 200, "created", "one", null));
    EntryChange one = node.entry(ORDER, events, 1);
    assertThat(GroupNode.same(one, node.entry(ORDER, events, 2))).isTrue();
    node.add(events, event("b", 300, "renamed", "two", null));
    assertThat(GroupNode.same(one, node.entry(ORDER, events, 2))).isFalse();
    node.add(events, event("c", 400, "cancelled", null, null));
    EntryChange hidden = node.entry(ORDER, events, 3);
    assertThat(GroupNode.same(one, hidden)).isFalse();
    assertThat(GroupNode.same(hidden, node.entry(ORDER, events, 4))).isTrue();
  }

  @Test
  void generatedEventsGiveTheRowsOfARecomputation() throws IOException {
    for (int run = 0; run < 300; run++) {
      long seed = System.nanoTime() + run;
      Random random = new Random(seed);
      List<GroupedEvent> events = new ArrayList<>();
      for (int i = random.nextInt(30); i >= 0; i--) {
        events.add(OrdersModel.random(random, i, HORIZON));
      }
      List<GroupedEvent> deliveries = new ArrayList<>(events);
      for (int i = random.nextInt(20); i > 0; i--) {
        deliveries.add(events.get(random.nextInt(events.size())));
      }
      Collections.shuffle(deliveries, random);
      Map<Key, byte[]> states = new HashMap<>();
      for (GroupedEvent event : deliveries) {
        KeyedEvents state = node.read(event.group(), states.get(event.group()));
        node.add(state, event);
        states.put(event.group(), state.toBytes());
      }
      for (Map.Entry<Key, byte[]> state : states.entrySet()) {
        Key group = state.getKey();
        List<GroupedEvent> own = events.stream().filter(e -> e.group().equals(group)).toList();
        EntryChange entry = node.entry(group, node.read(group, state.getValue()), VERSION);
        assertThat(OrdersModel.print(entry))
            .as("seed %d, %s", seed, group)
            .isEqualTo(OrdersModel.expected(group, own));
      }
    }
  }
}

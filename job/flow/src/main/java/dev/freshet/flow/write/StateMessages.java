package dev.freshet.flow.write;

import dev.freshet.flow.kafka.OutboundMessage;
import dev.freshet.flow.kafka.OutboundMessages;
import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The messages for Kafka about the states of keys and whole views. They leave once the store has
 * the states, so that whoever asks because of a message sees what it says. Used by one thread.
 */
final class StateMessages {
  private final OutboundMessages messages;
  private final LongSupplier wallClock;
  private final Consumer<OutboundMessage> out;
  private Map<Integer, Reason> invalidViews;

  /**
   * With nothing sent yet.
   *
   * @param wallClock milliseconds
   * @param invalidViews why whole views are not valid, as was sent before the restore
   */
  StateMessages(
      OutboundMessages messages,
      LongSupplier wallClock,
      Map<Integer, Reason> invalidViews,
      Consumer<OutboundMessage> out) {
    this.messages = messages;
    this.wallClock = wallClock;
    this.invalidViews = invalidViews;
    this.out = out;
  }

  /** The store has the states of these keys. */
  void flushed(WriteBuffer written) {
    long place = written.lastMark().place();
    Instant now = now();
    for (KeyStates.Change change : written.states()) {
      out.accept(messages.of(change.view(), change.key(), change.reason(), place, now));
    }
    written.absent().forEach((key, view) -> out.accept(messages.absent(view, key, place, now)));
  }

  /**
   * The store has the states of whole views.
   *
   * @param invalid why views are not valid, by their index in the plan
   * @param place the binlog position with which it is so
   */
  void flushed(Map<Integer, Reason> invalid, long place) {
    if (invalid.equals(invalidViews)) {
      return;
    }
    Set<Integer> views = new TreeSet<>(invalid.keySet());
    views.addAll(invalidViews.keySet());
    Instant now = now();
    for (int view : views) {
      if (invalid.get(view) != invalidViews.get(view)) {
        out.accept(messages.of(view, null, invalid.get(view), place, now));
      }
    }
    invalidViews = invalid;
  }

  /** Asks for a key to be repaired. */
  void requestRepair(int view, Key key) {
    out.accept(messages.repair(view, key, now()));
  }

  private Instant now() {
    return Instant.ofEpochMilli(wallClock.getAsLong());
  }
}

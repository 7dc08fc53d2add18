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
 * Sends messages to Kafka about the states of keys and whole views. A message is sent after the
 * store has the state, so that a client that reads the key because of a message sees that state.
 * Not thread-safe.
 */
final class StateMessages {
  private final OutboundMessages messages;
  private final LongSupplier wallClock;
  private final Consumer<OutboundMessage> out;
  private Map<Integer, Reason> invalidViews;

  /**
   * Creates the sender.
   *
   * @param wallClock returns milliseconds since the epoch
   * @param invalidViews the invalid views and their reasons that were sent before the restore
   * @param out receives the messages
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

  /** Sends the states of keys after they were flushed. */
  void flushed(WriteBuffer written) {
    long position = written.lastMark().position();
    Instant now = now();
    for (KeyStates.Change change : written.states()) {
      out.accept(messages.of(change.view(), change.key(), change.reason(), position, now));
    }
    written.absent().forEach((key, view) -> out.accept(messages.absent(view, key, position, now)));
  }

  /**
   * Sends the changed states of whole views after they were flushed.
   *
   * @param invalid the invalid views, by index in the plan, with the reasons
   * @param position the binlog position of the flush
   */
  void flushed(Map<Integer, Reason> invalid, long position) {
    if (invalid.equals(invalidViews)) {
      return;
    }
    Set<Integer> views = new TreeSet<>(invalid.keySet());
    views.addAll(invalidViews.keySet());
    Instant now = now();
    for (int view : views) {
      if (invalid.get(view) != invalidViews.get(view)) {
        out.accept(messages.of(view, null, invalid.get(view), position, now));
      }
    }
    invalidViews = invalid;
  }

  /** Sends a request to repair a key. */
  void requestRepair(int view, Key key) {
    out.accept(messages.repair(view, key, now()));
  }

  private Instant now() {
    return Instant.ofEpochMilli(wallClock.getAsLong());
  }
}

package dev.freshet.view.event;

import dev.freshet.view.BoundedInput;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The state of a read model for one key, or for one entry of a key: a {@link FunctionState} for
 * each function. A row that HAVING hides keeps its state, so attributes that come late are kept,
 * and a creation that is delivered again stays hidden.
 *
 * <p>Events before the horizon are refused. The horizon only grows; while it stands still, the
 * state depends only on the set of events that are not before it. A hidden key with no event at or
 * after the horizon can be forgotten, since none of its events can come back.
 *
 * <p>Equal states have equal bytes. Not thread-safe.
 */
public final class KeyedEvents {
  private static final int FORMAT = 1;

  /** Before the times of all events. */
  private static final long NO_EVENT = Long.MIN_VALUE;

  private final ReadModel model;
  private final List<FunctionState> states;
  private long newest = NO_EVENT;

  KeyedEvents(ReadModel model) {
    this.model = model;
    states = new ArrayList<>(model.functions().stream().map(CompiledFunction::identity).toList());
  }

  /** What became of an event. */
  public enum Outcome {
    /** The state changed. */
    APPLIED,
    /** The state did not change: the event was there, or says nothing new. */
    UNCHANGED,
    /** The event is older than the horizon: it belongs to the dead letters. */
    BEFORE_HORIZON
  }

  /** The row of the key. */
  public sealed interface Answer {
    /** The results of all functions; the caller may keep the array. */
    record Visible(Object[] results) implements Answer {}

    /** HAVING is not true, or no event was applied. */
    record Hidden() implements Answer {}

    /**
     * A function has no result that its type can have.
     *
     * @param function its index in the read model
     */
    record Unrepresentable(int function, String why) implements Answer {}
  }

  /**
   * Adds an event to all functions; the state is unchanged if this throws.
   *
   * @param horizon the least time of an event that is applied, in microseconds since the epoch
   * @throws IllegalArgumentException if a value of the event is not canonical
   * @throws ArithmeticException if an expression cannot be computed
   */
  public Outcome add(DomainEvent event, long horizon) {
    if (event.time() < horizon) {
      return Outcome.BEFORE_HORIZON;
    }
    List<Optional<Fact>> facts =
        model.functions().stream().map(function -> function.fact(event)).toList();
    boolean changed = event.time() > newest;
    newest = Math.max(newest, event.time());
    for (int i = 0; i < facts.size(); i++) {
      changed |= facts.get(i).map(states.get(i)::add).orElse(false);
    }
    return changed ? Outcome.APPLIED : Outcome.UNCHANGED;
  }

  /**
   * Adds the events of another state, which is unchanged.
   *
   * @throws IllegalArgumentException if the other is a state of another read model
   */
  public void merge(KeyedEvents other) {
    if (model != other.model) {
      throw new IllegalArgumentException("states of two read models cannot be merged");
    }
    newest = Math.max(newest, other.newest);
    for (int i = 0; i < states.size(); i++) {
      states.get(i).merge(other.states.get(i));
    }
  }

  /**
   * Computes all functions and HAVING.
   *
   * @throws ArithmeticException if HAVING cannot be computed
   */
  public Answer answer() {
    if (newest == NO_EVENT) {
      return new Answer.Hidden();
    }
    Object[] results = new Object[states.size()];
    for (int i = 0; i < results.length; i++) {
      Result result = states.get(i).result();
      if (result instanceof Result.Unrepresentable none) {
        return new Answer.Unrepresentable(i, none.why());
      }
      results[i] = ((Result.Known) result).value();
    }
    return model.isVisible(results) ? new Answer.Visible(results) : new Answer.Hidden();
  }

  /** The conflicts of all functions; see {@link FunctionState#conflicts}. */
  public int conflicts() {
    return states.stream().mapToInt(FunctionState::conflicts).sum();
  }

  /** Whether the key is hidden, and all its events are older than the horizon. */
  public boolean isForgettable(long horizon) {
    return newest < horizon && answer() instanceof Answer.Hidden;
  }

  /** The time of the newest event, in microseconds since the epoch; the least long if none. */
  public long newest() {
    return newest;
  }

  /** The state as bytes: format, time of the newest event, the states of the functions. */
  public byte[] toBytes() {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeByte(FORMAT);
      out.writeLong(newest);
      out.writeInt(states.size());
      for (FunctionState state : states) {
        state.write(out);
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** See {@link ReadModel#read}. */
  static KeyedEvents read(ReadModel model, DataInput in) throws IOException {
    int format = in.readByte();
    if (format != FORMAT) {
      throw new IOException(
          "the events of a key have format %d, which this version of Freshet does not know (it"
                  .formatted(format)
              + " knows %d); resume them with the version that wrote them".formatted(FORMAT));
    }
    KeyedEvents events = new KeyedEvents(model);
    events.newest = in.readLong();
    int functions = BoundedInput.count(in);
    if (functions != model.functions().size()) {
      throw new IOException(
          "the state has %d functions and the read model %d; rebuild the read model"
              .formatted(functions, model.functions().size()));
    }
    for (int i = 0; i < functions; i++) {
      events.states.set(i, model.functions().get(i).read(in));
    }
    return events;
  }
}

package dev.freshet.flow.node;

import dev.freshet.flow.Handling;
import dev.freshet.flow.JobPlan;
import dev.freshet.flow.States;
import dev.freshet.flow.Uids;
import dev.freshet.flow.log.Event;
import dev.freshet.view.Key;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Runs {@link DimensionNode} for all dimension nodes at one depth of the joins, and emits parts.
 */
public final class DimensionOperator extends NodeOperator<Event> {
  private static final long serialVersionUID = 1L;

  private transient DimensionNode node;
  private transient StoredSubscribers subscribers;
  private transient DimensionNode.Parts parts;
  private transient Iterator<Key> sendTo;

  /**
   * Makes an operator.
   *
   * @param depth the number of joins between the roots and these nodes
   */
  public DimensionOperator(JobPlan plan, Handling handling, int depth) {
    super(plan, handling, Uids.dimensions(depth));
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    node = new DimensionNode(plan(), probe());
    subscribers =
        new StoredSubscribers(context.getKeyedStateStore().getMapState(States.SUBSCRIBERS));
  }

  @Override
  Handled apply(Key key, NodeRow before, List<Event> events, long version) {
    return node.step(key, before, events, subscribers, version, this::sendCascade, this::send);
  }

  private void sendCascade(Event.Cascade cascade) {
    output.collect(new StreamRecord<>(cascade));
  }

  /** Sends the parts in pieces. The subscribers do not change until all parts are sent. */
  private void send(DimensionNode.Parts next) {
    parts = next;
    sendTo = next.to().iterator();
  }

  @Override
  boolean sendNext() {
    if (sendTo == null || !sendTo.hasNext()) {
      sendTo = null;
      parts = null;
      return false;
    }
    output.collect(new StreamRecord<>(parts.part(sendTo.next())));
    return true;
  }

  /** The subscribers of the current key, in keyed state. */
  private record StoredSubscribers(MapState<Key, Boolean> state)
      implements DimensionNode.Subscribers {
    @Override
    public void add(Key subscriber) {
      attempt(() -> state.put(subscriber, true));
    }

    @Override
    public void remove(Key subscriber) {
      attempt(() -> state.remove(subscriber));
    }

    @Override
    public Iterable<Key> all() {
      try {
        return state.keys();
      } catch (Exception e) {
        throw failed(e);
      }
    }

    private static void attempt(StateAccess access) {
      try {
        access.run();
      } catch (Exception e) {
        throw failed(e);
      }
    }

    private static RuntimeException failed(Exception e) {
      return new UncheckedIOException(
          new IOException(
              "the state of a dimension's subscribers could not be read or written", e));
    }

    private interface StateAccess {
      void run() throws Exception;
    }
  }
}

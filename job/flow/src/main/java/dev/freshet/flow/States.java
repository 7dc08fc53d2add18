package dev.freshet.flow;

import dev.freshet.flow.log.ControlMessage;
import dev.freshet.flow.log.ControlMessageTypeInfo;
import dev.freshet.flow.log.EntryChange;
import dev.freshet.flow.log.EntryChangeTypeInfo;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.EventTypeInfo;
import dev.freshet.flow.log.KeyTypeInfo;
import dev.freshet.flow.node.PackedRow;
import dev.freshet.flow.node.PackedRowSerializer;
import dev.freshet.flow.write.EntriesToDelete;
import dev.freshet.view.Key;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.BooleanSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.api.common.typeutils.base.array.IntPrimitiveArraySerializer;
import org.apache.flink.api.common.typeutils.base.array.LongPrimitiveArraySerializer;

/** The descriptors of all state. Their names are part of savepoints. */
public final class States {
  /** Capture: one element, a {@code CaptureState}. */
  public static final ListStateDescriptor<byte[]> CAPTURE =
      new ListStateDescriptor<>("capture", BytePrimitiveArraySerializer.INSTANCE);

  /** Capture of events: one element, an {@code EventCaptureState}. */
  public static final ListStateDescriptor<byte[]> EVENT_CAPTURE =
      new ListStateDescriptor<>("event-capture", BytePrimitiveArraySerializer.INSTANCE);

  /** Groups: the events of a group, as {@code KeyedEvents} writes them. */
  public static final ValueStateDescriptor<byte[]> GROUP =
      new ValueStateDescriptor<>("group", BytePrimitiveArraySerializer.INSTANCE);

  /** Groups: present if the group's entry must be emitted at the next watermark. */
  public static final ValueStateDescriptor<Boolean> TOUCHED =
      new ValueStateDescriptor<>("touched", BooleanSerializer.INSTANCE);

  /** Dimension and root nodes: the state of a row. */
  public static final ValueStateDescriptor<PackedRow> ROW =
      new ValueStateDescriptor<>("row", PackedRowSerializer.INSTANCE);

  /** Dimension nodes: the keys of the rows that reference the row. */
  public static final MapStateDescriptor<Key, Boolean> SUBSCRIBERS =
      new MapStateDescriptor<>(
          "subscribers", KeyTypeInfo.Serializer.INSTANCE, BooleanSerializer.INSTANCE);

  /** Dimension and root nodes: events that wait for their watermark. */
  public static final ListStateDescriptor<Event> HELD_EVENTS =
      new ListStateDescriptor<>("held-events", EventTypeInfo.Serializer.INSTANCE);

  /** Writer: entry changes that wait for their watermark or the stored progress. */
  public static final ListStateDescriptor<EntryChange> HELD_ENTRIES =
      new ListStateDescriptor<>("held-entries", EntryChangeTypeInfo.Serializer.INSTANCE);

  /**
   * Dimension and root nodes, and groups: a view's number, followed by the counts of its changes by
   * outcome.
   */
  public static final ListStateDescriptor<long[]> COUNTS =
      new ListStateDescriptor<>("counts", LongPrimitiveArraySerializer.INSTANCE);

  /** Root nodes: present if the row's entry holds poison. */
  public static final ValueStateDescriptor<Boolean> POISONED =
      new ValueStateDescriptor<>("poisoned", BooleanSerializer.INSTANCE);

  /** Root nodes and groups, the same in every subtask: whether the first watermark has passed. */
  public static final ListStateDescriptor<Boolean> HANDED_OVER =
      new ListStateDescriptor<>("handed-over", BooleanSerializer.INSTANCE);

  /**
   * Writer, of all subtasks: first and last key group of the ranges that have been written at least
   * once.
   */
  public static final ListStateDescriptor<int[]> WRITTEN =
      new ListStateDescriptor<>("written", IntPrimitiveArraySerializer.INSTANCE);

  /**
   * Writer, the same in every subtask: the job's name, a line break, and the fingerprint of its
   * views.
   */
  public static final ListStateDescriptor<String> JOB =
      new ListStateDescriptor<>("job", StringSerializer.INSTANCE);

  /** Writer, of all subtasks: the position of each range, with the identity of the store. */
  public static final ListStateDescriptor<long[]> STORE_POSITIONS =
      new ListStateDescriptor<>("store-places", LongPrimitiveArraySerializer.INSTANCE);

  /** Writer: the entries of a key that hold poison, with the wire names of the reasons. */
  public static final MapStateDescriptor<Key, String> POISONED_ENTRIES =
      new MapStateDescriptor<>(
          "poisoned-entries", KeyTypeInfo.Serializer.INSTANCE, StringSerializer.INSTANCE);

  /**
   * Writer: present if a key was populated on read; the time of its last read in milliseconds since
   * the epoch.
   */
  public static final ValueStateDescriptor<Long> POPULATED =
      new ValueStateDescriptor<>("populated", LongSerializer.INSTANCE);

  /**
   * Writer, stored by the first subtask: the unroutable rows, and messages about them that wait for
   * their watermark.
   */
  public static final ListStateDescriptor<ControlMessage> UNROUTABLE =
      new ListStateDescriptor<>("unplaced", ControlMessageTypeInfo.Serializer.INSTANCE);

  /** Writer, of all subtasks: entries that are not yet deleted from the store. */
  public static final ListStateDescriptor<EntriesToDelete> ENTRIES_TO_DELETE =
      new ListStateDescriptor<>("entries-to-go", EntriesToDelete.Serializer.INSTANCE);

  /** Writer, of all subtasks: repaired keys that are not yet rewritten in the store. */
  public static final ListStateDescriptor<Key> KEYS_TO_REWRITE =
      new ListStateDescriptor<>("keys-to-rewrite", KeyTypeInfo.Serializer.INSTANCE);

  /** Writer, of all subtasks: the marks of repairs that are open or wait for a watermark. */
  public static final ListStateDescriptor<ControlMessage> REPAIR_MARKS =
      new ListStateDescriptor<>("repair-marks", ControlMessageTypeInfo.Serializer.INSTANCE);

  /** Writer, of all subtasks: the changes received for keys whose repair is open. */
  public static final ListStateDescriptor<EntryChange> REPAIRED_ENTRIES =
      new ListStateDescriptor<>("repaired-entries", EntryChangeTypeInfo.Serializer.INSTANCE);

  private States() {}
}

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

/** The descriptors of all state, by the operators that keep it. */
public final class States {
  /** Capture: one element, its place in the log. */
  public static final ListStateDescriptor<byte[]> CAPTURE =
      new ListStateDescriptor<>("capture", BytePrimitiveArraySerializer.INSTANCE);

  /** Dimension and root nodes: what is kept of a row. */
  public static final ValueStateDescriptor<PackedRow> ROW =
      new ValueStateDescriptor<>("row", PackedRowSerializer.INSTANCE);

  /** Dimension nodes: the rows that point here. */
  public static final MapStateDescriptor<Key, Boolean> SUBSCRIBERS =
      new MapStateDescriptor<>(
          "subscribers", KeyTypeInfo.Serializer.INSTANCE, BooleanSerializer.INSTANCE);

  /** Dimension and root nodes: events that wait for their watermark. */
  public static final ListStateDescriptor<Event> HELD_EVENTS =
      new ListStateDescriptor<>("held-events", EventTypeInfo.Serializer.INSTANCE);

  /** Writer: entry changes that wait for their watermark or the stored progress. */
  public static final ListStateDescriptor<EntryChange> HELD_ENTRIES =
      new ListStateDescriptor<>("held-entries", EntryChangeTypeInfo.Serializer.INSTANCE);

  /** Dimension and root nodes: a view's number, then how its changes ended. */
  public static final ListStateDescriptor<long[]> COUNTS =
      new ListStateDescriptor<>("counts", LongPrimitiveArraySerializer.INSTANCE);

  /** Root nodes: there where the row's entry holds poison. */
  public static final ValueStateDescriptor<Boolean> POISONED =
      new ValueStateDescriptor<>("poisoned", BooleanSerializer.INSTANCE);

  /** Root nodes, the same at every subtask: the first watermark has passed. */
  public static final ListStateDescriptor<Boolean> HANDED_OVER =
      new ListStateDescriptor<>("handed-over", BooleanSerializer.INSTANCE);

  /** Writer: first and last key group of the ranges that were written once, of all subtasks. */
  public static final ListStateDescriptor<int[]> WRITTEN =
      new ListStateDescriptor<>("written", IntPrimitiveArraySerializer.INSTANCE);

  /**
   * Writer, the same at every subtask: the job's name, a line break, and its views' fingerprint.
   */
  public static final ListStateDescriptor<String> JOB =
      new ListStateDescriptor<>("job", StringSerializer.INSTANCE);

  /** Writer: how far each range was written to which store, of all subtasks. */
  public static final ListStateDescriptor<long[]> STORE_PLACES =
      new ListStateDescriptor<>("store-places", LongPrimitiveArraySerializer.INSTANCE);

  /** Writer: the entries of a key that hold poison, each with the reason's wire name. */
  public static final MapStateDescriptor<Key, String> POISONED_ENTRIES =
      new MapStateDescriptor<>(
          "poisoned-entries", KeyTypeInfo.Serializer.INSTANCE, StringSerializer.INSTANCE);

  /** Writer: there where a key was populated on read; milliseconds when it was last read. */
  public static final ValueStateDescriptor<Long> POPULATED =
      new ValueStateDescriptor<>("populated", LongSerializer.INSTANCE);

  /** Writer, kept by the first subtask: rows that nobody can place, with those that wait. */
  public static final ListStateDescriptor<ControlMessage> UNPLACED =
      new ListStateDescriptor<>("unplaced", ControlMessageTypeInfo.Serializer.INSTANCE);

  /** Writer: what must leave the store and has not yet, of all subtasks. */
  public static final ListStateDescriptor<EntriesToDelete> ENTRIES_TO_GO =
      new ListStateDescriptor<>("entries-to-go", EntriesToDelete.Serializer.INSTANCE);

  /** Writer: keys that are to be written anew and were not yet, of all subtasks. */
  public static final ListStateDescriptor<Key> KEYS_TO_REWRITE =
      new ListStateDescriptor<>("keys-to-rewrite", KeyTypeInfo.Serializer.INSTANCE);

  /** Writer: marks of repairs that are open, or wait for a watermark, of all subtasks. */
  public static final ListStateDescriptor<ControlMessage> REPAIR_MARKS =
      new ListStateDescriptor<>("repair-marks", ControlMessageTypeInfo.Serializer.INSTANCE);

  /** Writer: what was said of keys whose repair is open, of all subtasks. */
  public static final ListStateDescriptor<EntryChange> REPAIRED_ENTRIES =
      new ListStateDescriptor<>("repaired-entries", EntryChangeTypeInfo.Serializer.INSTANCE);

  private States() {}
}

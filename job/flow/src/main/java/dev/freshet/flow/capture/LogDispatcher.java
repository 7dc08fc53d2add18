package dev.freshet.flow.capture;

import io.debezium.connector.mysql.MySqlDatabaseSchema;
import io.debezium.connector.mysql.MySqlOffsetContext;
import io.debezium.connector.mysql.MySqlPartition;
import io.debezium.pipeline.DataChangeEvent;
import io.debezium.pipeline.spi.OffsetContext;
import io.debezium.relational.TableId;
import java.util.List;
import org.apache.flink.cdc.connectors.mysql.debezium.dispatcher.EventDispatcherImpl;
import org.apache.flink.cdc.connectors.mysql.debezium.task.context.StatefulTaskContext;

/**
 * Puts a {@linkplain Boundaries boundary} into the queue after every transaction, and after every
 * other binlog event that stands outside of one: statements like CREATE and GRANT, the head of a
 * file, MySQL's heartbeats. So the reader's place and its GTIDs are known also where no row was
 * changed, and without Debezium's own transaction records. A statement that takes a captured table
 * away makes it throw {@link SourceFault}, as does an event that could not be read.
 *
 * <p>Runs in the binlog client's thread. Debezium calls {@link #dispatchHeartbeatEvent} once after
 * each event.
 */
final class LogDispatcher extends EventDispatcherImpl<TableId> {
  private final MySqlDatabaseSchema schema;
  private final List<TableId> captured;
  private final BinlogRows rows;
  private boolean inTransaction;

  /** A GTID was read and what it belongs to has not ended. */
  private boolean inGroup;

  private String gtids;

  LogDispatcher(StatefulTaskContext context, List<TableId> captured, BinlogRows rows) {
    super(
        context.getConnectorConfig(),
        context.getTopicSelector(),
        context.getDatabaseSchema(),
        context.getQueue(),
        context.getConnectorConfig().getTableFilters().dataCollectionFilter(),
        DataChangeEvent::new,
        new StatefulTaskContext.MySqlEventMetadataProvider(),
        context.getSchemaNameAdjuster());
    this.schema = context.getDatabaseSchema();
    this.captured = captured;
    this.rows = rows;
    this.gtids = context.getOffsetContext().gtidSet();
  }

  @Override
  public void dispatchTransactionStartedEvent(
      MySqlPartition partition, String transaction, OffsetContext offset) {
    inTransaction = true;
    inGroup = false;
  }

  @Override
  public void dispatchTransactionCommittedEvent(MySqlPartition partition, OffsetContext offset) {
    inTransaction = false;
  }

  /** MySQL's heartbeat; it is an event like others, so the next method follows. */
  @Override
  public void dispatchServerHeartbeatEvent(MySqlPartition partition, OffsetContext offset) {}

  @Override
  @SuppressWarnings("ReferenceEquality") // a new text is the sign, also when it says the same
  public void dispatchHeartbeatEvent(MySqlPartition partition, OffsetContext offset)
      throws InterruptedException {
    rows.refuseAfterFault();
    MySqlOffsetContext place = (MySqlOffsetContext) offset;
    if (place.gtidSet() != gtids) {
      // A GTID event was read: it made a new text of the set. A transaction begins after it.
      gtids = place.gtidSet();
      inGroup = true;
    } else if (!inTransaction) {
      if (inGroup) {
        // A statement that is no transaction: Debezium would count its GTID with the next one.
        place.commitTransaction();
        inGroup = false;
        refuseIfTableIsGone();
      }
      getQueue().enqueue(new DataChangeEvent(Boundaries.at(place.getOffset())));
    }
  }

  private void refuseIfTableIsGone() {
    for (TableId table : captured) {
      if (schema.tableFor(table) == null) {
        throw new SourceFault(
            "Source table "
                + table
                + ": it was dropped or renamed; submit the job anew with views that fit");
      }
    }
  }
}

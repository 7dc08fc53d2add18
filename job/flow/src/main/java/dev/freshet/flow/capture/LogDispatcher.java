package dev.freshet.flow.capture;

import com.github.shyiko.mysql.binlog.event.QueryEventData;
import dev.freshet.view.Version;
import io.debezium.connector.mysql.MySqlDatabaseSchema;
import io.debezium.connector.mysql.MySqlOffsetContext;
import io.debezium.connector.mysql.MySqlPartition;
import io.debezium.pipeline.DataChangeEvent;
import io.debezium.pipeline.spi.OffsetContext;
import io.debezium.relational.Table;
import io.debezium.relational.TableId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.flink.cdc.connectors.mysql.debezium.dispatcher.EventDispatcherImpl;
import org.apache.flink.cdc.connectors.mysql.debezium.task.context.StatefulTaskContext;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.source.SourceRecord;

/**
 * Puts a {@linkplain Boundaries boundary} into the queue after every transaction, and after every
 * other binlog event that stands outside of one: statements like CREATE and GRANT, the head of a
 * file, MySQL's heartbeats. So the reader's place and its GTIDs are known also where no row was
 * changed, and without Debezium's own transaction records. Before it come the {@linkplain LostViews
 * views} that cannot follow what was read. An event that could not be read makes it throw {@link
 * SourceFault}.
 *
 * <p>Runs in the binlog client's thread. Debezium calls {@link #dispatchHeartbeatEvent} once after
 * each event.
 */
final class LogDispatcher extends EventDispatcherImpl<TableId> {
  private final MySqlDatabaseSchema schema;
  private final Tables tables;
  private final BinlogRows rows;
  private final BinlogStatements statements;
  private final SchemaChanges changes;
  private final BinlogPlaces places = new BinlogPlaces();
  private final Map<Tables.Source, Table> known = new HashMap<>();
  private final Set<Integer> lost = new HashSet<>();
  private boolean inTransaction;

  /** A GTID was read and what it belongs to has not ended. */
  private boolean inGroup;

  private String gtids;

  LogDispatcher(StatefulTaskContext context, Tables tables, LogClient client) {
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
    this.tables = tables;
    this.rows = client.rows();
    this.statements = client.statements();
    this.changes = new SchemaChanges(tables);
    tables.sources().forEach(table -> known.put(table, schema.tableFor(table.id())));
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
    } else if (!inTransaction && !statements.inXa()) {
      if (inGroup) {
        // A statement that is no transaction: Debezium would count its GTID with the next one.
        place.commitTransaction();
        inGroup = false;
      }
      tellFaults(place);
      getQueue().enqueue(new DataChangeEvent(Boundaries.at(place.getOffset())));
    } else {
      tellFaults(place);
    }
  }

  private void tellFaults(MySqlOffsetContext place) throws InterruptedException {
    tell(rows.takeFaults(), place);
    if (statements.statement().isPresent()) {
      QueryEventData statement = statements.statement().get();
      Map<Tables.Source, Table> now = new HashMap<>();
      tables.sources().forEach(table -> now.put(table, schema.tableFor(table.id())));
      tell(
          changes.faults(
              new SchemaChanges.Statement(
                  statement.getSql(),
                  Objects.requireNonNullElse(statement.getDatabase(), ""),
                  Version.print(places.of(place.getOffset()))),
              known::get,
              now::get),
          place);
      known.putAll(now);
    }
  }

  private void tell(Map<Integer, SchemaChanges.Fault> faults, MySqlOffsetContext place)
      throws InterruptedException {
    for (Map.Entry<Integer, SchemaChanges.Fault> each : faults.entrySet()) {
      lost.add(each.getKey());
      SourceRecord record = LostViews.at(place.getOffset(), each.getKey(), each.getValue());
      getQueue().enqueue(new DataChangeEvent(record));
    }
    if (!faults.isEmpty()) {
      for (Tables.Source table : tables.sources()) {
        if (table.nodes().stream().allMatch(node -> lost.contains(node.view()))) {
          rows.skip(table);
        }
      }
    }
  }
}

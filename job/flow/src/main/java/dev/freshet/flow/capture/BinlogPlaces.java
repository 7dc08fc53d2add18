package dev.freshet.flow.capture;

import dev.freshet.view.Version;
import java.util.Map;
import org.apache.flink.cdc.connectors.mysql.source.offset.BinlogOffset;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Struct;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.source.SourceRecord;

/** Reads places in the binlog of one server out of Debezium's offsets. */
final class BinlogPlaces {
  private int epoch;

  /** The file of the last place and what its number is: the next place is mostly in it too. */
  private String lastFile = "";

  private long lastFileStart;

  /** From now on places are of another server. */
  void moveTo(int next) {
    epoch = next;
    lastFile = "";
  }

  /** The place that an offset names: inside a transaction it is where the transaction begins. */
  long of(Map<String, ?> offset) {
    return of(
        (String) offset.get(BinlogOffset.BINLOG_FILENAME_OFFSET_KEY),
        (Long) offset.get(BinlogOffset.BINLOG_POSITION_OFFSET_KEY));
  }

  /** The place that an offset names; {@link Version#NONE} when it names none. */
  long of(BinlogOffset offset) {
    String file = offset.getFilename();
    return file == null || file.isEmpty() ? Version.NONE : of(file, offset.getPosition());
  }

  Captured.Boundary boundary(SourceRecord record) {
    Map<String, ?> offset = record.sourceOffset();
    Object gtids = offset.get(BinlogOffset.GTID_SET_KEY);
    return new Captured.Boundary(of(offset), gtids == null ? "" : gtids.toString());
  }

  /**
   * Rows of an XA transaction come before anyone knows whether it commits.
   *
   * @param version where the row's transaction begins
   * @param source of the row: where its event stands
   * @throws SourceFault when the row is in no transaction
   */
  void refuseOutsideTransaction(long version, Struct source) {
    long event =
        of(
            source.getString(BinlogOffset.BINLOG_FILENAME_OFFSET_KEY),
            source.getInt64(BinlogOffset.BINLOG_POSITION_OFFSET_KEY));
    if (version > event) {
      throw new SourceFault(
          "Source: the row event at "
              + Version.print(event)
              + " is in no transaction that commits as one, like XA's; write to captured tables"
              + " without XA, then submit the job anew");
    }
  }

  long of(String file, long position) {
    if (!file.equals(lastFile)) {
      lastFileStart = Version.of(epoch, file, 0);
      lastFile = file;
    }
    return lastFileStart + position;
  }
}

package dev.freshet.flow.capture.source;

import com.github.shyiko.mysql.binlog.BinaryLogClient;
import com.github.shyiko.mysql.binlog.event.Event;
import com.github.shyiko.mysql.binlog.event.EventHeaderV4;
import com.github.shyiko.mysql.binlog.event.EventType;
import com.github.shyiko.mysql.binlog.event.deserialization.ChecksumType;
import com.github.shyiko.mysql.binlog.event.deserialization.EventDeserializer;
import com.github.shyiko.mysql.binlog.io.ByteArrayInputStream;
import com.github.shyiko.mysql.binlog.network.protocol.command.Command;
import com.github.shyiko.mysql.binlog.network.protocol.command.QueryCommand;
import dev.freshet.flow.binlog.Bytes;
import dev.freshet.flow.binlog.EventHead;
import dev.freshet.view.gtid.GtidSet;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * The binlog's connection. The client logs in and receives packets; events are read by ours.
 *
 * <p>The binlog is asked for by GTIDs alone, so that a server that took over is asked the same way.
 */
final class LogClient extends BinaryLogClient {
  private static final byte DUMP_BY_GTID = 30;
  private static final long FIRST_POSITION = 4;
  private static final int FIXED_BYTES = 23;
  private static final int FIXED_FILE_BYTES = 11;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private static final byte DUMP_BY_FILE = 18;

  private final Command dump;
  private final long number;

  /** Reads events; after it threw, no event follows. */
  interface Events {
    void read(EventHead head, Bytes body) throws Exception;

    /** Why no event follows. */
    void failed(Exception cause);
  }

  /**
   * A client that is not connected.
   *
   * @param executed the transactions that are not to be sent
   * @param number the {@code server_id} of the only server that may be read
   */
  LogClient(
      SourceOptions options, GtidSet executed, long number, Duration heartbeat, Events events) {
    this(options, () -> behind(options, executed), number, heartbeat, events);
  }

  /** Likewise; it asks for a file from its begin on. */
  LogClient(SourceOptions options, String file, long number, Duration heartbeat, Events events) {
    this(options, () -> begin(options, file), number, heartbeat, events);
    registerLifecycleListener(
        new AbstractLifecycleListener() {
          @Override
          public void onCommunicationFailure(BinaryLogClient failed, Exception cause) {
            events.failed(cause);
          }
        });
  }

  private LogClient(
      SourceOptions options, Command dump, long number, Duration heartbeat, Events events) {
    super(options.host(), options.port(), options.user(), options.password());
    this.dump = dump;
    this.number = number;
    setServerId(options.serverId());
    setKeepAlive(false);
    setHeartbeatInterval(heartbeat.toMillis());
    // Else the client asks where the binlog ends, in words that newer servers do not know.
    setBinlogFilename("");
    setBinlogPosition(FIRST_POSITION);
    BinlogTls.set(this, options.properties());
    setThreadFactory(
        work -> {
          Thread thread = new Thread(work, "binlog");
          thread.setDaemon(true);
          return thread;
        });
    setEventDeserializer(new Reader(events));
  }

  /** Servers from 8.0.26 on call them so; the client says what older ones know. */
  @Override
  protected void setupConnection() throws IOException {
    super.setupConnection();
    channel.write(
        new QueryCommand(
            "SET @source_heartbeat_period = " + getHeartbeatInterval() * NANOS_PER_MILLI));
    checkError(channel.read());
  }

  /** The address may have begun to mean another server since it was asked who it is. */
  @Override
  protected void requestBinaryLogStream() throws IOException {
    if (getMasterServerId() != number) {
      throw new SocketException("another server answers than a moment ago");
    }
    channel.write(dump);
  }

  private static byte[] begin(SourceOptions options, String file) {
    byte[] name = file.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(FIXED_FILE_BYTES + name.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(DUMP_BY_FILE)
        .putInt((int) FIRST_POSITION)
        .putShort((short) 0)
        .putInt(options.serverId())
        .put(name)
        .array();
  }

  private static byte[] behind(SourceOptions options, GtidSet executed) {
    byte[] gtids = executed.encode();
    return ByteBuffer.allocate(FIXED_BYTES + gtids.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(DUMP_BY_GTID)
        .putShort((short) 0)
        .putInt(options.serverId())
        .putInt(0)
        .putLong(FIRST_POSITION)
        .putInt(gtids.length)
        .put(gtids)
        .array();
  }

  /** Reads an event where the client expects it, and gives the client one that says nothing. */
  private static final class Reader extends EventDeserializer {
    private final Events events;
    private final Event nothing;
    private int checksum;

    Reader(Events events) {
      this.events = events;
      EventHeaderV4 header = new EventHeaderV4();
      header.setEventType(EventType.UNKNOWN);
      this.nothing = new Event(header, null);
    }

    // The client itself calls it.
    @SuppressWarnings("deprecation")
    @Override
    public void setChecksumType(ChecksumType type) {
      super.setChecksumType(type);
      checksum = type.getLength();
    }

    @Override
    public Event nextEvent(ByteArrayInputStream in) throws IOException {
      try {
        return read(in);
      } catch (Error e) {
        // The client's thread would die of it, and nobody would notice.
        throw failed(new IllegalStateException(e));
      }
    }

    private Event read(ByteArrayInputStream in) throws IOException {
      EventHead head = EventHead.read(new Bytes(in.read(EventHead.SIZE)));
      byte[] rest = in.read(Math.toIntExact(head.length() - EventHead.SIZE));
      int own = checksum;
      if (head.type() == EventHead.FORMAT_DESCRIPTION) {
        // It says of the events behind it whether they have checksums, and has one in any case.
        own = ChecksumType.CRC32.getLength();
        checksum = rest[rest.length - own - 1] == 0 ? 0 : own;
      }
      try {
        events.read(head, new Bytes(rest, 0, rest.length - own));
        return nothing;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new EOFException("the reader was closed");
      } catch (Exception e) {
        throw failed(e);
      }
    }

    /** Returns the only exception after which the client ends the connection. */
    private EOFException failed(Exception cause) {
      events.failed(cause);
      return new EOFException("an event could not be read");
    }
  }
}

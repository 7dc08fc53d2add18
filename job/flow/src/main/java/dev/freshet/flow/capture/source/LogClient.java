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
 * The client of the binlog connection. The library logs in and receives packets; {@link Events}
 * reads the events.
 *
 * <p>The binlog is requested by GTID only, so that the same request works on another server after a
 * failover.
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

  /** Reads the events, in the client's thread. */
  interface Events {
    /** Reads an event. If it throws, no further event is passed and {@link #failed} is called. */
    void read(EventHead head, Bytes body) throws Exception;

    /** Reports why no further event is passed. */
    void failed(Exception cause);
  }

  /**
   * Creates a client that is not connected and will request the binlog by GTID.
   *
   * @param executed the transactions that MySQL must not send
   * @param number the {@code server_id} of the server to read; another server is rejected
   */
  LogClient(
      SourceOptions options, GtidSet executed, long number, Duration heartbeat, Events events) {
    this(options, () -> behind(options, executed), number, heartbeat, events);
  }

  /** Creates a client that is not connected and will request one file from its beginning. */
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
    super(options.host(), options.port(), options.user(), options.password().reveal());
    this.dump = dump;
    this.number = number;
    setServerId(options.serverId());
    setKeepAlive(false);
    setHeartbeatInterval(heartbeat.toMillis());
    // Prevents the client from querying the end of the binlog with a statement that newer servers
    // lack.
    setBinlogFilename("");
    setBinlogPosition(FIRST_POSITION);
    BinlogTls.set(this, options.properties().values());
    setThreadFactory(
        work -> {
          Thread thread = new Thread(work, "binlog");
          thread.setDaemon(true);
          return thread;
        });
    setEventDeserializer(new Reader(events));
  }

  /** Sets the variable name of servers from 8.0.26 on; the library sets only the older name. */
  @Override
  protected void setupConnection() throws IOException {
    super.setupConnection();
    channel.write(
        new QueryCommand(
            "SET @source_heartbeat_period = " + getHeartbeatInterval() * NANOS_PER_MILLI));
    checkError(channel.read());
  }

  /**
   * Rejects another server, because the address may lead to another one since the server was
   * identified.
   */
  @Override
  protected void requestBinaryLogStream() throws IOException {
    if (getMasterServerId() != number) {
      throw new SocketException("the address leads to another server than a moment ago");
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

  /** Passes each event to {@link Events}, and returns an empty event to the library. */
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

    // The library calls it.
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
        // Otherwise the error would end the client's thread unnoticed.
        throw failed(new IllegalStateException(e));
      }
    }

    private Event read(ByteArrayInputStream in) throws IOException {
      EventHead head = EventHead.read(new Bytes(in.read(EventHead.SIZE)));
      byte[] rest = in.read(Math.toIntExact(head.length() - EventHead.SIZE));
      int own = checksum;
      if (head.type() == EventHead.FORMAT_DESCRIPTION) {
        // This event defines whether the following events have checksums; it always has one itself.
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

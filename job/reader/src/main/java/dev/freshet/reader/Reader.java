package dev.freshet.reader;

import dev.freshet.reader.access.Guard;
import dev.freshet.reader.answer.Answerer;
import dev.freshet.reader.answer.Gate;
import dev.freshet.reader.config.Limits;
import dev.freshet.reader.config.ReaderConfig;
import dev.freshet.reader.database.Databases;
import dev.freshet.reader.http.Health;
import dev.freshet.reader.http.HttpApi;
import dev.freshet.reader.http.ListenSocket;
import dev.freshet.reader.request.KafkaOutbox;
import dev.freshet.reader.request.Outbox;
import dev.freshet.reader.request.RequestDesk;
import java.time.InstantSource;

/**
 * One running reader. It starts whether or not its databases are there; until the catalogue was
 * read once it knows no views and is not healthy.
 */
public final class Reader implements AutoCloseable {
  private final Databases databases;
  private final Outbox outbox;
  private final HttpApi http;
  private final int port;

  private Reader(Databases databases, Outbox outbox, HttpApi http, int port) {
    this.databases = databases;
    this.outbox = outbox;
    this.http = http;
    this.port = port;
  }

  /**
   * Starts a reader.
   *
   * @param clock by which the age of answers is measured
   * @throws ListenSocket.Taken when the address cannot be had; nothing was started then
   */
  public static Reader start(ReaderConfig config, InstantSource clock) throws ListenSocket.Taken {
    ListenSocket socket = ListenSocket.open(config.host(), config.port(), config.tls());
    Limits limits = config.limits();
    ReaderMetrics metrics = new ReaderMetrics();
    Gate gate = new Gate(limits.fallbacks(), limits.fallbackQueue(), limits.fallbackWait());
    Databases databases = new Databases(config, metrics.store(clock)::show);
    metrics.watch(gate);
    metrics.watch("postgres", databases.postgres());
    metrics.watch("mysql", databases.mysql());
    Outbox outbox = KafkaOutbox.of(config.kafka());
    HttpApi http =
        new HttpApi(
            databases.views(),
            new Answerer(databases.store(), databases.arrivals(), databases.origin(), gate, clock),
            new RequestDesk(outbox, metrics, clock),
            metrics,
            () -> health(databases),
            new Guard(config.access()),
            socket,
            limits.threads());
    return new Reader(databases, outbox, http, socket.port());
  }

  /** The port it listens on. */
  public int port() {
    return port;
  }

  /** Finishes the requests in work, then closes everything. */
  @Override
  public void close() {
    http.close();
    outbox.close();
    databases.close();
  }

  private static Health health(Databases databases) {
    return new Health(
        databases.postgresAnswers(),
        databases.mysqlAnswers(),
        databases.views().isRead(),
        databases.views().names().size());
  }
}

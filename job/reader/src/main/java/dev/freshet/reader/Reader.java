package dev.freshet.reader;

import dev.freshet.reader.access.Guard;
import dev.freshet.reader.answer.Admission;
import dev.freshet.reader.answer.Answerer;
import dev.freshet.reader.answer.Breaker;
import dev.freshet.reader.answer.Bulkhead;
import dev.freshet.reader.answer.Fallbacks;
import dev.freshet.reader.answer.PopulationWatch;
import dev.freshet.reader.answer.Projection;
import dev.freshet.reader.config.Limits;
import dev.freshet.reader.config.ReaderConfig;
import dev.freshet.reader.database.Databases;
import dev.freshet.reader.http.EventText;
import dev.freshet.reader.http.Health;
import dev.freshet.reader.http.HttpApi;
import dev.freshet.reader.http.ListenSocket;
import dev.freshet.reader.live.LiveAnswers;
import dev.freshet.reader.request.KafkaOutbox;
import dev.freshet.reader.request.KafkaPopulateRequests;
import dev.freshet.reader.request.Outbox;
import dev.freshet.reader.request.RequestDesk;
import java.time.Duration;
import java.time.InstantSource;

/**
 * One running reader. It starts whether or not its databases are there; until the catalogue was
 * read once it knows no views and is not healthy.
 */
public final class Reader implements AutoCloseable {
  /**
   * How late a change is told at most that nobody gave notice of, and an answer's growing stale.
   */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

  private final Databases databases;
  private final Breaker breaker;
  private final Fallbacks fallbacks;
  private final PopulationWatch population;
  private final Outbox outbox;
  private final KafkaPopulateRequests demand;
  private final HttpApi http;
  private final int port;

  private Reader(
      Databases databases,
      Breaker breaker,
      Fallbacks fallbacks,
      PopulationWatch population,
      Outbox outbox,
      KafkaPopulateRequests demand,
      HttpApi http,
      int port) {
    this.databases = databases;
    this.breaker = breaker;
    this.fallbacks = fallbacks;
    this.population = population;
    this.outbox = outbox;
    this.demand = demand;
    this.http = http;
    this.port = port;
  }

  /**
   * Starts a reader. It listens last: who connects before is refused, and who is let in need not
   * wait for more than the HTTP server's own start.
   *
   * @param clock by which the age of answers is measured
   * @throws ListenSocket.Taken when the address cannot be had; nothing is left running then
   */
  public static Reader start(ReaderConfig config, InstantSource clock) throws ListenSocket.Taken {
    // An address that cannot be had is said before anything is started.
    ListenSocket.check(config.host(), config.port(), config.tls());
    Limits limits = config.limits();
    ReaderMetrics metrics = new ReaderMetrics();
    Bulkhead gate = new Bulkhead(limits.fallbacks(), limits.fallbackQueue(), limits.fallbackWait());
    Databases databases = new Databases(config, metrics.store(clock)::show);
    Breaker breaker = new Breaker(databases::mysqlIsThere, databases::mysqlAnswers);
    Admission admission = new Admission(gate, limits.fallbacksPerSecond());
    Fallbacks fallbacks = new Fallbacks(databases.origin(), admission, breaker, metrics, clock);
    metrics.watch(gate);
    metrics.watch(breaker);
    metrics.watch("postgres", databases.postgres());
    metrics.watch("mysql", databases.mysql());
    Outbox outbox = KafkaOutbox.of(config.kafka());
    KafkaPopulateRequests demand = new KafkaPopulateRequests(outbox, metrics, clock);
    LiveAnswers live =
        new LiveAnswers(
            databases.views(),
            new Projection(databases.watchedStore(), demand, clock),
            databases.notices(),
            new EventText(clock),
            limits.streams(),
            LOOK_AGAIN);
    metrics.watch(live);
    PopulationWatch population = new PopulationWatch(databases.watchedStore());
    Answerer answerer =
        new Answerer(
            databases.store(), databases.arrivals(), population, fallbacks, demand, metrics, clock);
    RequestDesk desk = new RequestDesk(outbox, metrics, clock);
    try {
      ListenSocket socket = ListenSocket.open(config.host(), config.port(), config.tls());
      HttpApi http =
          new HttpApi(
              databases.views(),
              answerer,
              live,
              desk,
              metrics,
              () -> health(databases, breaker),
              new Guard(config.access()),
              socket,
              limits.threads());
      return new Reader(
          databases, breaker, fallbacks, population, outbox, demand, http, socket.port());
    } catch (ListenSocket.Taken e) {
      live.close();
      close(demand, outbox, population, fallbacks, breaker, databases);
      throw e;
    }
  }

  /** The port it listens on. */
  public int port() {
    return port;
  }

  /** Finishes the requests in work, then closes everything. */
  @Override
  public void close() {
    http.close();
    close(demand, outbox, population, fallbacks, breaker, databases);
  }

  private static void close(
      KafkaPopulateRequests demand,
      Outbox outbox,
      PopulationWatch population,
      Fallbacks fallbacks,
      Breaker breaker,
      Databases databases) {
    demand.close();
    outbox.close();
    population.close();
    fallbacks.close();
    breaker.close();
    databases.close();
  }

  private static Health health(Databases databases, Breaker breaker) {
    return new Health(
        databases.postgresAnswers(),
        !breaker.isOpen() && databases.mysqlAnswers(),
        databases.views().isRead(),
        databases.views().names().size());
  }
}

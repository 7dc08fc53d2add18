package dev.freshet.reader.database;

import com.zaxxer.hikari.HikariDataSource;
import dev.freshet.reader.Availability;
import dev.freshet.reader.StoreFigures;
import dev.freshet.reader.answer.Arrivals;
import dev.freshet.reader.answer.HighestProgress;
import dev.freshet.reader.answer.Origin;
import dev.freshet.reader.answer.SteadyStore;
import dev.freshet.reader.answer.Store;
import dev.freshet.reader.config.ReaderConfig;
import dev.freshet.reader.live.Notices;
import java.util.function.Consumer;

/** Postgres and MySQL as one reader uses them: the pools and what stands on them. */
public final class Databases implements AutoCloseable {
  private final HikariDataSource postgresPool;
  private final HikariDataSource watchPool;
  private final HikariDataSource mysqlPool;
  private final Availability postgres =
      new Availability("Postgres", "MySQL answers until it is back; look after it if it stays");
  private final Availability mysql =
      new Availability(
          "MySQL", "only fresh projections are served until it is back; look after it if it stays");
  private final CatalogueViews views;
  private final Store store;
  private final Store watchedStore;
  private final ProgressWatch arrivals;
  private final AdminConnection side;
  private final Origin origin;
  private final Probe postgresProbe;
  private final Probe mysqlProbe;
  private final StoreWatch watch;
  private final Notices notices;

  /**
   * Opens the pools; neither database need be there.
   *
   * @param figures hears what the store says, every few seconds
   */
  public Databases(ReaderConfig config, Consumer<StoreFigures> figures) {
    this.postgresPool = Pools.postgres(config.postgres(), config.limits());
    this.watchPool = Pools.postgresWatch(config.postgres(), config.limits());
    this.mysqlPool = Pools.mysql(config.mysql(), config.limits());
    this.views = new CatalogueViews(watchPool, config.schema(), postgres);
    HighestProgress highest = new HighestProgress();
    this.store =
        new SteadyStore(new PostgresStore(postgresPool, config.schema(), postgres), highest);
    this.watchedStore =
        new SteadyStore(new PostgresStore(watchPool, config.schema(), postgres), highest);
    this.arrivals = new ProgressWatch(watchPool, config.schema(), config.limits().threads() / 2);
    this.side = new AdminConnection(config.mysql(), mysql);
    this.origin = new MysqlOrigin(mysqlPool, side::kill, config.limits().fallbackTimeout(), mysql);
    this.postgresProbe = new Probe(watchPool, postgres);
    this.mysqlProbe = new Probe(mysqlPool, mysql);
    views.start();
    this.watch = new StoreWatch(watchPool, config.schema(), views, figures);
    this.notices = ear -> ChangeListener.start(config.postgres(), config.schema(), ear);
  }

  public CatalogueViews views() {
    return views;
  }

  /** For answers. */
  public Store store() {
    return store;
  }

  /** The same, for those who look at it whatever is asked; each in one thread. */
  public Store watchedStore() {
    return watchedStore;
  }

  public Arrivals arrivals() {
    return arrivals;
  }

  public Origin origin() {
    return origin;
  }

  /** What jobs tell of the store's changes. */
  public Notices notices() {
    return notices;
  }

  public Availability postgres() {
    return postgres;
  }

  public Availability mysql() {
    return mysql;
  }

  /** Asks Postgres whether it is there. */
  public boolean postgresAnswers() {
    return postgresProbe.answers();
  }

  /** Asks MySQL whether it is there, besides the connections that answers use. */
  public boolean mysqlIsThere() {
    return side.answers();
  }

  /** Asks MySQL whether it is there, over a connection that answers use. */
  public boolean mysqlAnswers() {
    return mysqlProbe.answers();
  }

  @Override
  public void close() {
    watch.close();
    arrivals.close();
    views.close();
    postgresPool.close();
    watchPool.close();
    side.close();
    mysqlPool.close();
  }
}

package dev.freshet.reader.database;

import com.zaxxer.hikari.HikariDataSource;
import dev.freshet.reader.Availability;
import dev.freshet.reader.StoreFigures;
import dev.freshet.reader.answer.Arrivals;
import dev.freshet.reader.answer.ByteBudget;
import dev.freshet.reader.answer.HighestProgress;
import dev.freshet.reader.answer.Origin;
import dev.freshet.reader.answer.SteadyStore;
import dev.freshet.reader.answer.Store;
import dev.freshet.reader.answer.Views;
import dev.freshet.reader.config.ReaderConfig;
import dev.freshet.reader.live.Notices;
import dev.freshet.view.Table;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * A reader's access to Postgres and MySQL: the connection pools, and the store, origin, watches and
 * probes that use them. {@link #close} closes all of them.
 */
public final class Databases implements AutoCloseable {
  private final HikariDataSource postgresPool;
  private final HikariDataSource watchPool;
  private final HikariDataSource mysqlPool;
  private final Availability postgres =
      new Availability("Postgres", "MySQL answers until it is back; start it if it stays away");
  private final Availability mysql =
      new Availability(
          "MySQL", "only fresh projections are served until it is back; start it if it stays away");
  private final CatalogueViews views;
  private final Store store;
  private final Store watchedStore;
  private final ProgressWatch arrivals;
  private final AdminConnection side;
  private final Origin origin;
  private final DatabaseProbe postgresProbe;
  private final DatabaseProbe mysqlProbe;
  private final StoreWatch watch;
  private final Notices notices;
  private final TableSizes sizes;

  /**
   * Opens the pools; neither database needs to be reachable.
   *
   * @param budget bounds the answers that are read
   * @param figures receives the store's figures every few seconds
   */
  public Databases(ReaderConfig config, ByteBudget budget, Consumer<StoreFigures> figures) {
    this.postgresPool = Pools.postgres(config.postgres(), config.limits());
    this.watchPool = Pools.postgresWatch(config.postgres(), config.limits());
    this.mysqlPool = Pools.mysql(config.mysql(), config.limits(), budget.most());
    this.views = new CatalogueViews(watchPool, config.schema(), postgres);
    HighestProgress highest = new HighestProgress();
    this.store =
        new SteadyStore(
            new PostgresStore(postgresPool, config.schema(), postgres, budget), highest);
    this.watchedStore =
        new SteadyStore(new PostgresStore(watchPool, config.schema(), postgres, budget), highest);
    this.arrivals =
        new ProgressWatch(watchPool, config.schema(), config.limits().storeConnections());
    this.side = new AdminConnection(config.mysql(), mysql);
    this.origin =
        new MysqlOrigin(
            mysqlPool,
            side::kill,
            side::executedGtids,
            config.limits().fallbackTimeout(),
            mysql,
            budget);
    this.postgresProbe = new DatabaseProbe(watchPool, postgres);
    this.mysqlProbe = new DatabaseProbe(mysqlPool, mysql);
    views.start();
    this.watch = new StoreWatch(watchPool, config.schema(), views, figures);
    this.sizes = new TableSizes(mysqlPool);
    this.notices = listener -> ChangeListener.start(config.postgres(), config.schema(), listener);
  }

  public CatalogueViews views() {
    return views;
  }

  /**
   * Returns the approximate number of rows in MySQL that a job's snapshot reads; empty if it is
   * unknown. Blocks until MySQL answers.
   */
  public OptionalLong rowsOf(String job) {
    Map<String, Table> tables = new HashMap<>();
    for (String name : views.names()) {
      try {
        views
            .find(name)
            .filter(view -> view.job().equals(job))
            .ifPresent(
                view ->
                    view.plan()
                        .nodes()
                        .forEach(node -> tables.put(node.table().qualifiedName(), node.table())));
      } catch (Views.NotServed e) {
        // The page shows this problem with the view.
      }
    }
    return sizes.rows(tables.values());
  }

  /** The store for answers. */
  public Store store() {
    return store;
  }

  /**
   * The store for background threads, each of which has a connection even when answers use all of
   * theirs.
   */
  public Store watchedStore() {
    return watchedStore;
  }

  public Arrivals arrivals() {
    return arrivals;
  }

  public Origin origin() {
    return origin;
  }

  /** The notices that jobs send when they change the store. */
  public Notices notices() {
    return notices;
  }

  public Availability postgres() {
    return postgres;
  }

  public Availability mysql() {
    return mysql;
  }

  /** Whether Postgres answers. */
  public boolean postgresAnswers() {
    return postgresProbe.answers();
  }

  /** Whether MySQL answers on a separate connection, even if queries use all pooled ones. */
  public boolean mysqlIsThere() {
    return side.answers();
  }

  /** Whether MySQL answers on a pooled connection. */
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

package dev.freshet.cli.verify;

import dev.freshet.cli.Databases;
import dev.freshet.config.Config;
import dev.freshet.view.Key;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Iterates over all keys of the store and MySQL: first the keys of the store, page by page, then
 * those that only MySQL has, unless the view is populated on read. Keeps MySQL's keys that the
 * store lacks in memory. Not thread-safe.
 */
public final class AllKeys {
  private static final int LOOKED_UP = 500;

  private final StoreKeys store;
  private final MysqlKeys mysql;
  private final boolean onRead;
  private Key last;
  private boolean storeIsDone;
  private Iterator<Key> missing;

  AllKeys(StoreKeys store, MysqlKeys mysql, ActiveView view) {
    this.store = store;
    this.mysql = mysql;
    this.onRead = view.plan().options().onRead();
  }

  /** Connects to MySQL with the timeout for such queries. The caller closes the connection. */
  public static Connection mysql(Config.Source source) throws SQLException {
    return Databases.mysql(source, MysqlSource.LIMIT.plusSeconds(10));
  }

  /** Creates an iteration over the keys of a view; the caller closes the connections. */
  public static AllKeys of(Config config, Connection postgres, Connection mysql, ActiveView view) {
    return new AllKeys(
        new StoreKeys(config.store(), postgres, view),
        new MysqlKeys(new MysqlSource(config.source(), mysql, view), view),
        view);
  }

  /** Returns the invalid keys of the store, with or without entries. */
  public Set<Key> invalid() {
    return new LinkedHashSet<>(store.invalid());
  }

  /** Returns the next keys; empty at the end. */
  public List<Key> next(int most) {
    if (!storeIsDone) {
      List<Key> keys = store.after(last, most);
      if (!keys.isEmpty()) {
        last = keys.get(keys.size() - 1);
        return keys;
      }
      storeIsDone = true;
      missing = onRead ? Collections.emptyIterator() : missing().iterator();
    }
    List<Key> keys = new ArrayList<>();
    while (keys.size() < most && missing.hasNext()) {
      keys.add(missing.next());
    }
    return keys;
  }

  private Set<Key> missing() {
    Set<Key> missing = new LinkedHashSet<>();
    Set<Key> looked = new LinkedHashSet<>();
    mysql.each(
        key -> {
          looked.add(key);
          if (looked.size() == LOOKED_UP) {
            takeMissing(looked, missing);
          }
        });
    takeMissing(looked, missing);
    return missing;
  }

  private void takeMissing(Set<Key> looked, Set<Key> missing) {
    looked.removeAll(missing);
    looked.removeAll(store.present(looked));
    missing.addAll(looked);
    looked.clear();
  }
}

package dev.freshet.flow.write;

import dev.freshet.flow.log.EntryChange;
import dev.freshet.flow.write.ProjectionStore.Flush;
import dev.freshet.store.GroupRange;
import dev.freshet.store.Notice;
import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tells those who watch keys what a flush changed, in the flush's own transaction: Postgres sends
 * it when that commits, and not at all when it does not.
 *
 * <p>Nothing is told of a flush that changes no key: a notification takes a lock of the whole
 * Postgres server at commit, and progress alone is no news. All of the range is told where nobody
 * knows the keys: by the first flush of a writer, where groups are cleared or a root row's entries
 * go, and when whole views become INVALID, or are rebuilt, or are so no more.
 *
 * <p>Used by one thread.
 */
final class ChangeNotices {
  private static final String SQL = "SELECT pg_notify(?, ?)";

  private final String channel;
  private final GroupRange range;
  private Optional<Served> written = Optional.empty();

  /** What decides of whole views whether they are served. */
  private record Served(Map<Integer, Reason> invalid, Set<String> rebuilding) {
    static Served by(Flush flush) {
      return new Served(Map.copyOf(flush.invalid()), flush.hidden().views());
    }
  }

  ChangeNotices(String schema, GroupRange range) {
    this.channel = Notice.channel(schema);
    this.range = range;
  }

  /** Tells it with the connection's transaction; the same flush may come again. */
  void write(Connection connection, Flush flush) throws SQLException {
    Optional<Notice> notice = notice(flush);
    if (notice.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = connection.prepareStatement(SQL)) {
      statement.setString(1, channel);
      statement.setString(2, notice.get().text());
      statement.execute();
    }
  }

  /** The flush has been committed. */
  void committed(Flush flush) {
    written = Optional.of(Served.by(flush));
  }

  private Optional<Notice> notice(Flush flush) {
    int first = range.first();
    int last = range.last();
    boolean whole =
        written.isEmpty()
            || !written.get().equals(Served.by(flush))
            || !flush.clear().isEmpty()
            || !flush.entriesToGo().isEmpty();
    if (whole) {
      return Optional.of(new Notice.Groups(flush.version(), first, last));
    }
    Collection<Key> keys = keys(flush);
    return keys.isEmpty()
        ? Optional.empty()
        : Optional.of(Notice.of(flush.version(), keys, first, last));
  }

  /** A hand-over has millions; one more than can be named is enough. */
  private static Collection<Key> keys(Flush flush) {
    Set<Key> keys = new HashSet<>(flush.rewritten().keySet());
    keys.addAll(flush.absent().keySet());
    for (KeyStates.Change key : flush.keys()) {
      keys.add(key.key());
    }
    for (EntryChange change : flush.changes()) {
      keys.add(change.key());
      if (keys.size() > Notice.MOST_KEYS) {
        break;
      }
    }
    return keys;
  }
}

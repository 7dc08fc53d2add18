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
 * Notifies the readers of the keys that a flush changed. The notification is part of the flush's
 * transaction: Postgres sends it if and when the transaction commits.
 *
 * <p>A flush that changes no key sends no notification, because a notification takes a server-wide
 * lock of Postgres at commit, and readers do not need to know of progress alone. The notification
 * names the whole range if the changed keys are unknown: for the first flush of a writer, when key
 * groups are cleared or a root row's entries are deleted, and when whole views become or stop being
 * INVALID or hidden by a rebuild.
 *
 * <p>Not thread-safe.
 */
final class ChangeNotices {
  private static final String SQL = "SELECT pg_notify(?, ?)";

  private final String channel;
  private final GroupRange range;
  private Optional<Served> written = Optional.empty();

  /** The state that decides whether whole views are served. */
  private record Served(Map<Integer, Reason> invalid, Set<String> rebuilding) {
    static Served by(Flush flush) {
      return new Served(Map.copyOf(flush.invalid()), flush.hidden().views());
    }
  }

  ChangeNotices(String schema, GroupRange range) {
    this.channel = Notice.channel(schema);
    this.range = range;
  }

  /**
   * Adds the notification to the connection's transaction. May be called again for the same flush.
   */
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

  /** To be called when the flush has been committed. */
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
            || !flush.entriesToDelete().isEmpty();
    if (whole) {
      return Optional.of(new Notice.Groups(flush.version(), first, last));
    }
    Collection<Key> keys = keys(flush);
    return keys.isEmpty()
        ? Optional.empty()
        : Optional.of(Notice.of(flush.version(), keys, first, last));
  }

  /**
   * Returns the changed keys, or some of them if there are more than a notification can name; a
   * hand-over has millions.
   */
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

package dev.freshet.reader.live;

import dev.freshet.reader.answer.Question;
import dev.freshet.store.Notice;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The pages that somebody watches, and which of them have to be looked at. A page is due once its
 * first client came, its key changed, or nobody knows. Whoever takes what is due looks afterwards,
 * so that a change during the look makes the page due again.
 *
 * <p>Safe for many threads.
 */
final class Watchlist {
  private final EventForm form;
  private final int most;
  private final Map<WatchedPage.Id, WatchedPage> pages = new HashMap<>();
  private final Map<Long, Set<WatchedPage>> byHash = new HashMap<>();
  private final Map<WatchedPage, Long> seen = new HashMap<>();
  private final Set<WatchedPage> due = new LinkedHashSet<>();
  private int clients;

  /**
   * An empty list.
   *
   * @param most clients
   */
  Watchlist(EventForm form, int most) {
    this.form = form;
    this.most = most;
  }

  /** Takes a client, unless there are too many; whether it did. */
  synchronized boolean add(Question question, Subscriber follower) {
    if (clients >= most) {
      return false;
    }
    clients++;
    WatchedPage.Id id = WatchedPage.Id.of(question);
    WatchedPage watched = pages.get(id);
    if (watched == null) {
      watched = new WatchedPage(id, question, form);
      pages.put(id, watched);
      byHash.computeIfAbsent(watched.hash(), hash -> new HashSet<>()).add(watched);
    }
    watched.followers().add(follower);
    due.add(watched);
    return true;
  }

  /** Forgets a client, and its page with the last. */
  synchronized void remove(Question question, Subscriber follower) {
    WatchedPage watched = pages.get(WatchedPage.Id.of(question));
    if (watched == null || !watched.followers().remove(follower)) {
      return;
    }
    clients--;
    if (watched.followers().isEmpty()) {
      pages.remove(watched.id());
      seen.remove(watched);
      due.remove(watched);
      byHash.get(watched.hash()).remove(watched);
      byHash.remove(watched.hash(), Set.of());
    }
  }

  /** Makes due what a notice names and was not seen since; whether there is any. */
  synchronized boolean changed(Notice notice) {
    boolean any = false;
    for (WatchedPage watched : named(notice)) {
      // What was seen at a version shows all changes below it.
      if (seen.getOrDefault(watched, Long.MIN_VALUE) <= notice.version()) {
        any |= due.add(watched);
      }
    }
    return any;
  }

  private Collection<WatchedPage> named(Notice notice) {
    List<WatchedPage> named = new ArrayList<>();
    if (notice instanceof Notice.Keys keys) {
      for (long hash : keys.hashes()) {
        named.addAll(byHash.getOrDefault(hash, Set.of()));
      }
    } else if (notice instanceof Notice.Groups groups) {
      for (WatchedPage watched : pages.values()) {
        int group = watched.question().view().groupOf(watched.question().key());
        if (groups.first() <= group && group <= groups.last()) {
          named.add(watched);
        }
      }
    }
    return named;
  }

  /** Makes all due. */
  synchronized void missed() {
    due.addAll(pages.values());
  }

  /** What has to be looked at; it is due no more. */
  synchronized List<WatchedPage> take() {
    List<WatchedPage> taken = List.copyOf(due);
    due.clear();
    return taken;
  }

  /** A page was seen at a version. */
  synchronized void seen(WatchedPage watched, long version) {
    if (pages.get(watched.id()) == watched) {
      seen.put(watched, version);
    }
  }

  /** A page was not seen. */
  synchronized void unseen(WatchedPage watched) {
    seen.remove(watched);
  }

  synchronized Collection<WatchedPage> all() {
    return List.copyOf(pages.values());
  }

  synchronized int clients() {
    return clients;
  }

  synchronized int pages() {
    return pages.size();
  }
}

package dev.freshet.reader.live;

import dev.freshet.reader.answer.ByteBudget;
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
 * The watched pages, and which of them are due for a read: a page is due after its first client
 * subscribed, after its key changed, and after notices may have been missed. The caller takes the
 * due pages before it reads them, so a change during the read makes a page due again.
 *
 * <p>Thread-safe.
 */
final class Watchlist {
  private final EventForm form;
  private final ByteBudget budget;
  private final int most;
  private final Map<WatchedPage.Id, WatchedPage> pages = new HashMap<>();
  private final Map<Long, Set<WatchedPage>> byHash = new HashMap<>();
  private final Map<WatchedPage, Long> seen = new HashMap<>();
  private final Set<WatchedPage> due = new LinkedHashSet<>();
  private int clients;

  /**
   * Creates an empty list.
   *
   * @param budget bounds the memory of the pages
   * @param most the maximum number of clients
   */
  Watchlist(EventForm form, ByteBudget budget, int most) {
    this.form = form;
    this.budget = budget;
    this.most = most;
  }

  /** Adds a client; returns false if there are too many. */
  synchronized boolean add(Question question, Subscriber follower) {
    if (clients >= most) {
      return false;
    }
    clients++;
    WatchedPage.Id id = WatchedPage.Id.of(question);
    WatchedPage watched = pages.get(id);
    if (watched == null) {
      watched = new WatchedPage(id, question, form, budget);
      pages.put(id, watched);
      byHash.computeIfAbsent(watched.hash(), hash -> new HashSet<>()).add(watched);
    }
    watched.followers().add(follower);
    due.add(watched);
    return true;
  }

  /** Removes a client, and its page after the last client. */
  synchronized void remove(Question question, Subscriber follower) {
    WatchedPage watched = pages.get(WatchedPage.Id.of(question));
    if (watched == null || !watched.followers().remove(follower)) {
      return;
    }
    clients--;
    if (watched.followers().isEmpty()) {
      pages.remove(watched.id());
      watched.release();
      seen.remove(watched);
      due.remove(watched);
      byHash.get(watched.hash()).remove(watched);
      byHash.remove(watched.hash(), Set.of());
    }
  }

  /**
   * Makes the pages due that a notice names, except pages that were read at its version or later.
   * Returns whether there are any.
   */
  synchronized boolean changed(Notice notice) {
    boolean any = false;
    for (WatchedPage watched : named(notice)) {
      // A read at a version has seen all changes below this version.
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

  /** Makes all pages due. */
  synchronized void missed() {
    due.addAll(pages.values());
  }

  /** Removes and returns the pages that must be read again now; may be empty. */
  synchronized List<WatchedPage> take() {
    List<WatchedPage> taken = List.copyOf(due);
    due.clear();
    return taken;
  }

  /** Records that a page was read at a version. */
  synchronized void seen(WatchedPage watched, long version) {
    if (pages.get(watched.id()) == watched) {
      seen.put(watched, version);
    }
  }

  /** Records that a page could not be read. */
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

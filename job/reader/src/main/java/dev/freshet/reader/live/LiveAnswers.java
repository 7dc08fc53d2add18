package dev.freshet.reader.live;

import dev.freshet.reader.Defects;
import dev.freshet.reader.answer.ByteBudget;
import dev.freshet.reader.answer.Projection;
import dev.freshet.reader.answer.Question;
import dev.freshet.reader.answer.ServedView;
import dev.freshet.reader.answer.Sight;
import dev.freshet.reader.answer.Store;
import dev.freshet.reader.answer.Views;
import dev.freshet.store.Notice;
import dev.freshet.store.Servability;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/**
 * Sends clients the answer of a key, at once and whenever it changes. It reads only the projection.
 *
 * <ul>
 *   <li>A page is read once for all its clients: when a notice names its key, when a client
 *       subscribes, and regularly after a period. The regular read finds lost notices, changes by
 *       jobs that send none, and answers that become stale.
 *   <li>If the projection cannot serve the answer, the clients get a doubt: an event with state and
 *       reason. When the projection can serve it again, they get the answer, even if it is
 *       unchanged.
 *   <li>A page that does not fit into the {@link ByteBudget} is a doubt, too.
 *   <li>The versions that a client gets never decrease ({@link Subscriber}).
 *   <li>A page is forgotten when its last client leaves. When a view disappears, or its query
 *       changes, the streams of its clients end.
 * </ul>
 *
 * <p>Thread-safe. A background thread reads and sends; it waits only for the store. Listening for
 * notices begins with the first client.
 */
public final class LiveAnswers implements AutoCloseable {
  private static final Defects DEFECTS = new Defects(LoggerFactory.getLogger(LiveAnswers.class));

  /** The maximum number of pages that are read in one round trip. */
  private static final int BATCH = 32;

  /** After this number of failed round trips a pass over the pages ends. */
  private static final int FAILURES = 3;

  /**
   * The minimum time between two passes, which bounds the reads of a page that changes all the
   * time.
   */
  private static final Duration PAUSE = Duration.ofMillis(5);

  private final Views views;
  private final Projection projection;
  private final Notices notices;
  private final Duration period;
  private final int most;
  private final Watchlist list;
  private final Semaphore signal = new Semaphore(0);
  private final Thread thread = new Thread(this::run, "live-answers");
  private Optional<Notices.Listening> listening = Optional.empty();
  private volatile boolean closed;

  /**
   * Creates an instance without clients.
   *
   * @param budget bounds the memory of the pages
   * @param most the maximum number of clients
   * @param period the time after which every page is read again
   */
  public LiveAnswers(
      Views views,
      Projection projection,
      Notices notices,
      EventForm form,
      ByteBudget budget,
      int most,
      Duration period) {
    this.views = views;
    this.projection = projection;
    this.notices = notices;
    this.period = period;
    this.most = most;
    this.list = new Watchlist(form, budget, most);
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Adds a client, which gets the current answer and all further events until it {@link #leave
   * leaves}.
   *
   * @param question the query of a first page
   * @param known the version of the newest answer that the client has
   * @param wake called when there is an event to take
   * @param end called when the stream ends
   * @throws NotSubscribed if there are too many clients, or the reader stops
   */
  public synchronized Subscriber follow(
      Question question, Optional<Long> known, Runnable wake, Runnable end) throws NotSubscribed {
    if (closed) {
      throw new NotSubscribed("the reader stops; connect again");
    }
    Subscriber follower = new Subscriber(known.orElse(Long.MIN_VALUE), wake, end);
    if (!list.add(question, follower)) {
      throw new NotSubscribed(
          "%d clients have event streams already; try again later, or raise reader.streams"
              .formatted(most));
    }
    if (listening.isEmpty()) {
      listening = Optional.of(notices.listen(new Heard()));
    }
    signal.release();
    return follower;
  }

  /** Removes a client. */
  public void leave(Question question, Subscriber follower) {
    list.remove(question, follower);
  }

  /** Returns the number of clients. */
  public int clients() {
    return list.clients();
  }

  /** Returns the number of pages that the clients watch. */
  public int pages() {
    return list.pages();
  }

  /** Ends all streams and accepts no more clients. */
  @Override
  public void close() {
    Optional<Notices.Listening> heard;
    synchronized (this) {
      closed = true;
      heard = listening;
    }
    heard.ifPresent(Notices.Listening::close);
    thread.interrupt();
    list.all().forEach(LiveAnswers::end);
  }

  private final class Heard implements Notices.Listener {
    @Override
    public void changed(Notice notice) {
      if (list.changed(notice)) {
        signal.release();
      }
    }

    @Override
    public void missed() {
      list.missed();
      signal.release();
    }
  }

  private void run() {
    long looked = System.nanoTime();
    while (!closed) {
      try {
        long rest = looked + period.toNanos() - System.nanoTime();
        boolean signalled = signal.tryAcquire(Math.max(0, rest), TimeUnit.NANOSECONDS);
        if (!signalled || rest <= 0) {
          looked = System.nanoTime();
          list.missed();
        }
        signal.drainPermits();
        look(list.take());
        Thread.sleep(PAUSE.toMillis());
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        DEFECTS.log("Updating event streams failed", e);
      }
    }
  }

  private void look(List<WatchedPage> due) {
    Map<String, List<WatchedPage>> byView = new LinkedHashMap<>();
    for (WatchedPage watched : due) {
      byView
          .computeIfAbsent(watched.question().view().name(), name -> new ArrayList<>())
          .add(watched);
    }
    byView.forEach(
        (name, pages) -> {
          Optional<ServedView> view = served(name);
          List<WatchedPage> asBefore = new ArrayList<>();
          for (WatchedPage watched : pages) {
            if (view.isPresent() && view.get().plan().equals(watched.question().view().plan())) {
              watched.servedBy(view.get());
              asBefore.add(watched);
            } else {
              end(watched);
            }
          }
          lookAt(asBefore);
        });
  }

  /**
   * Reads pages in batches. A page that the store cannot read must not prevent the reads of the
   * others.
   */
  private void lookAt(List<WatchedPage> pages) {
    int failures = 0;
    for (List<WatchedPage> batch : batches(pages)) {
      List<Sight> sights =
          Collections.nCopies(batch.size(), new Sight.Doubted(Servability.STORE_UNAVAILABLE));
      if (failures < FAILURES) {
        boolean given = true;
        try {
          sights = projection.look(batch.stream().map(WatchedPage::question).toList());
          failures = 0;
        } catch (Store.Unavailable e) {
          given = false;
          failures++;
        } catch (RuntimeException e) {
          DEFECTS.log("Reading " + batch.size() + " watched keys failed", e);
          given = false;
        }
        for (WatchedPage watched : batch) {
          watched.alone(!given);
        }
      }
      for (int i = 0; i < batch.size(); i++) {
        tellOrLog(batch.get(i), sights.get(i));
      }
    }
  }

  private void tellOrLog(WatchedPage watched, Sight sight) {
    try {
      send(watched, sight);
    } catch (RuntimeException e) {
      DEFECTS.log("Sending an event failed", e);
    }
  }

  /** Groups pages into batches; the pages that must be read alone come last. */
  private static List<List<WatchedPage>> batches(List<WatchedPage> pages) {
    List<WatchedPage> together = pages.stream().filter(page -> !page.isAlone()).toList();
    List<List<WatchedPage>> batches = new ArrayList<>();
    for (int i = 0; i < together.size(); i += BATCH) {
      batches.add(together.subList(i, Math.min(i + BATCH, together.size())));
    }
    List<List<WatchedPage>> alone =
        new ArrayList<>(pages.stream().filter(WatchedPage::isAlone).map(List::of).toList());
    Collections.shuffle(alone);
    batches.addAll(alone);
    return batches;
  }

  private void send(WatchedPage watched, Sight read) {
    Sight sight = watched.reserve(read) ? read : new Sight.Doubted(Servability.STORE_UNAVAILABLE);
    if (sight instanceof Sight.Vouched vouched) {
      list.seen(watched, vouched.answer().version().orElseThrow());
    } else {
      list.unseen(watched);
    }
    PageEvent now = watched.watcher().see(watched.question(), sight);
    PageEvent behind = watched.watcher().behind(watched.question());
    for (Subscriber follower : watched.followers()) {
      follower.offer(now, behind);
    }
  }

  private static void end(WatchedPage watched) {
    watched.followers().forEach(Subscriber::end);
  }

  private Optional<ServedView> served(String name) {
    try {
      return views.find(name);
    } catch (Views.NotServed e) {
      return Optional.empty();
    }
  }
}

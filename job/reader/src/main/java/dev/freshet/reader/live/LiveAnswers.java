package dev.freshet.reader.live;

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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells clients the answer of a key, and again whenever it changes, out of the projection alone.
 *
 * <ul>
 *   <li>A page is read once for all who watch it, when a notice of the store names its key, when a
 *       client comes, and after a slow period whatever happened: a lost notice, a job that sends
 *       none and an answer that grows stale are found then.
 *   <li>While the projection does not vouch for its answer the clients are told so, with state and
 *       reason, and get the answer, changed or not, once it does.
 *   <li>The versions that a client is told never go back ({@link Subscriber}).
 *   <li>Client and page are forgotten with the last who watches. When a view goes, or is asked by
 *       another query, its clients' streams end.
 * </ul>
 *
 * <p>Safe for many threads; reading and telling is done in one of its own, which waits for the
 * store and for nobody else. It listens from the first client on.
 */
public final class LiveAnswers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LiveAnswers.class);

  /** Pages that are read in one round trip. */
  private static final int BATCH = 32;

  /** After so many round trips without an answer the store is not asked again in the same look. */
  private static final int FAILURES = 3;

  /** Between two looks, so that what changes all the time costs a bounded number of reads. */
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
   * Begins with no clients.
   *
   * @param most clients at once
   * @param period after which everything is looked at
   */
  public LiveAnswers(
      Views views,
      Projection projection,
      Notices notices,
      EventForm form,
      int most,
      Duration period) {
    this.views = views;
    this.projection = projection;
    this.notices = notices;
    this.period = period;
    this.most = most;
    this.list = new Watchlist(form, most);
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Takes a client, who is told what holds now and whatever comes until it {@link #leave leaves}.
   *
   * @param question a first page
   * @param known version of the newest answer that it has
   * @param wake called when there is something to take
   * @param end called when there will be nothing more
   * @throws NotSubscribed when there are too many, or the reader stops
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

  /** Forgets a client. */
  public void leave(Question question, Subscriber follower) {
    list.remove(question, follower);
  }

  /** How many clients there are. */
  public int clients() {
    return list.clients();
  }

  /** How many pages they watch. */
  public int pages() {
    return list.pages();
  }

  /** Ends all streams and takes no more clients. */
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
        LOG.error("Event streams were not told what holds; this is a defect of the reader", e);
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

  /** One page that the store does not give must not cost the others theirs. */
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
          LOG.error(
              "{} watched keys were not read; this is a defect of the reader", batch.size(), e);
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
      tell(watched, sight);
    } catch (RuntimeException e) {
      LOG.error("Those who watch a key were not told; this is a defect of the reader", e);
    }
  }

  /** Those that are asked for by themselves come last, in any order. */
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

  private void tell(WatchedPage watched, Sight sight) {
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

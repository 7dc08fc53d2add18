package dev.freshet.reader.live;

import dev.freshet.reader.answer.ByteBudget;
import dev.freshet.reader.answer.Question;
import dev.freshet.reader.answer.ServedView;
import dev.freshet.reader.answer.Sight;
import dev.freshet.reader.answer.Unanswered;
import dev.freshet.store.Notice;
import dev.freshet.view.Key;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;

/**
 * A watched page and its clients. Not thread-safe, except where memory is reserved and released.
 */
final class WatchedPage {
  /** Identifies a page. Clients that request the same entries of a key share the page. */
  record Id(Key key, List<Optional<Object>> bounds, int limit) {
    static Id of(Question question) {
      return new Id(
          question.view().plan().viewKeyOf(question.key().toArray()),
          question.bounds(),
          question.limit());
    }
  }

  private final Id id;
  private final long hash;
  private final Watcher watcher;
  private final Set<Subscriber> followers = new CopyOnWriteArraySet<>();
  private final ByteBudget budget;
  private ByteBudget.Reservation reserved;
  private boolean released;
  private volatile Question question;
  private volatile boolean alone;

  WatchedPage(Id id, Question question, EventForm form, ByteBudget budget) {
    this.id = id;
    this.hash = Notice.hash(id.key());
    this.watcher = new Watcher(form);
    this.question = question;
    this.budget = budget;
    this.reserved = budget.reserve();
  }

  /**
   * Replaces the reservation of the previous read by memory for this read. Returns false if there
   * is not enough memory; then nothing is reserved.
   */
  synchronized boolean reserve(Sight sight) {
    if (released || !(sight instanceof Sight.Vouched vouched)) {
      reserved.close();
      return true;
    }
    ByteBudget.Reservation next = budget.reserve();
    try {
      long bytes = vouched.answer().page().bytes();
      next.add(bytes);
      // The event that the clients get.
      next.encode(bytes);
      return true;
    } catch (Unanswered e) {
      next.close();
      return false;
    } finally {
      reserved.close();
      reserved = next;
    }
  }

  /** Releases the memory; to be called when the page has no clients left. */
  synchronized void release() {
    released = true;
    reserved.close();
  }

  Id id() {
    return id;
  }

  /** Returns the hash by which notices name the page's key. */
  long hash() {
    return hash;
  }

  Question question() {
    return question;
  }

  /** Switches to another generation of the view; the query stays the same. */
  void servedBy(ServedView view) {
    question = question.of(view);
  }

  Watcher watcher() {
    return watcher;
  }

  Set<Subscriber> followers() {
    return followers;
  }

  /** Whether to read the page alone, because a batch with it failed. */
  boolean isAlone() {
    return alone;
  }

  void alone(boolean alone) {
    this.alone = alone;
  }
}

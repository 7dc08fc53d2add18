package dev.freshet.reader.live;

import dev.freshet.reader.answer.Question;
import dev.freshet.reader.answer.ServedView;
import dev.freshet.store.Notice;
import dev.freshet.view.Key;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;

/** A watched page and its clients. Not thread-safe. */
final class WatchedPage {
  /** Identifies a page. Clients that request the same number of entries of a key share the page. */
  record Id(Key key, int limit) {
    static Id of(Question question) {
      return new Id(question.view().plan().viewKeyOf(question.key().toArray()), question.limit());
    }
  }

  private final Id id;
  private final long hash;
  private final Watcher watcher;
  private final Set<Subscriber> followers = new CopyOnWriteArraySet<>();
  private volatile Question question;
  private volatile boolean alone;

  WatchedPage(Id id, Question question, EventForm form) {
    this.id = id;
    this.hash = Notice.hash(id.key());
    this.watcher = new Watcher(form);
    this.question = question;
  }

  Id id() {
    return id;
  }

  /** The hash by which notices name the page's key. */
  long hash() {
    return hash;
  }

  Question question() {
    return question;
  }

  /** Switches to another generation of the view; the query stays the same. */
  void servedBy(ServedView view) {
    question = new Question(view, question.key(), question.limit(), question.after());
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

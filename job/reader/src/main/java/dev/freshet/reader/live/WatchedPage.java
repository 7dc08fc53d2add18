package dev.freshet.reader.live;

import dev.freshet.reader.answer.Question;
import dev.freshet.reader.answer.ServedView;
import dev.freshet.store.Notice;
import dev.freshet.view.Key;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;

/** A page that somebody watches, and all who do. */
final class WatchedPage {
  /** Two who ask for as many entries of the same key watch the same page. */
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

  /** By which notices name its key. */
  long hash() {
    return hash;
  }

  Question question() {
    return question;
  }

  /** Another generation serves the view now; what is asked of it stays the same. */
  void servedBy(ServedView view) {
    question = new Question(view, question.key(), question.limit(), question.after());
  }

  Watcher watcher() {
    return watcher;
  }

  Set<Subscriber> followers() {
    return followers;
  }

  /** Whether the store did not give it among others: it is asked for by itself then. */
  boolean isAlone() {
    return alone;
  }

  void alone(boolean alone) {
    this.alone = alone;
  }
}

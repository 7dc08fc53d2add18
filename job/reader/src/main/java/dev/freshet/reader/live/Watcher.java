package dev.freshet.reader.live;

import dev.freshet.reader.answer.Answer;
import dev.freshet.reader.answer.Page;
import dev.freshet.reader.answer.Question;
import dev.freshet.reader.answer.Sight;
import dev.freshet.store.Servability;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Decides whether a read of a page is news for its clients: another page, another doubt, or an
 * answer that ends a doubt. A newer version of an equal page is not news.
 *
 * <p>Used by one thread.
 */
final class Watcher {
  private final EventForm form;
  private long edition = Subscriber.BEHIND;
  private Optional<Sight> last = Optional.empty();

  Watcher(EventForm form) {
    this.form = form;
  }

  /** Returns the page's current event; news has another edition than the event before. */
  PageEvent see(Question question, Sight sight) {
    if (last.isEmpty() || !same(last.get(), sight)) {
      edition++;
    }
    last = Optional.of(sight);
    if (sight instanceof Sight.Vouched vouched) {
      return new PageEvent(
          edition, vouched.answer().version(), () -> form.answer(vouched.answer()));
    }
    Servability.NotServed why = ((Sight.Doubted) sight).why();
    return new PageEvent(edition, Optional.empty(), () -> form.doubt(question, why));
  }

  /** Returns the event for clients that already have a newer version. */
  PageEvent behind(Question question) {
    return new PageEvent(
        Subscriber.BEHIND, Optional.empty(), () -> form.doubt(question, Servability.BEHIND));
  }

  private static boolean same(Sight before, Sight now) {
    if (before instanceof Sight.Vouched one && now instanceof Sight.Vouched other) {
      return same(one.answer(), other.answer());
    }
    return now instanceof Sight.Doubted && now.equals(before);
  }

  private static boolean same(Answer before, Answer now) {
    Page one = before.page();
    Page other = now.page();
    return one.total().equals(other.total())
        && Arrays.deepEquals(next(one), next(other))
        && Arrays.deepEquals(shown(before), shown(now));
  }

  private static Object[] next(Page page) {
    return page.next().map(List::toArray).orElse(null);
  }

  /** Returns the rows without the last values of each row, which answers do not show. */
  private static Object[] shown(Answer answer) {
    int shown = answer.question().view().plan().shown().size();
    return answer.page().rows().stream().map(row -> Arrays.copyOf(row, shown)).toArray();
  }
}

package dev.freshet.reader.answer;

import dev.freshet.store.FallbackReason;
import dev.freshet.store.Progress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The highest progress that a reader saw of each key group. A store that went back, be it restored
 * or another, shows less; it is not served until it has come as far again.
 *
 * <p>It begins anew where another store was built from a snapshot: that one may be of another MySQL
 * server, whose places say nothing of the one before. A store that was rebuilt from the job's state
 * goes on in the same log.
 *
 * <p>Safe for many threads.
 */
public final class HighestProgress {
  private final Map<String, Job> jobs = new ConcurrentHashMap<>();

  private record Job(String store, AtomicLongArray versions) {}

  /** The highest version that was seen of a question's key group; 0 when there was none. */
  public long of(Question question) {
    Job job = jobs.get(question.view().job());
    int group = question.view().groupOf(question.key());
    return job == null || group >= job.versions().length() ? 0 : job.versions().get(group);
  }

  /**
   * Judges what was read.
   *
   * @param before what {@link #of} said before it was read
   * @return the same, or as not served
   */
  public Progress see(Question question, Progress read, long before) {
    if (!read.isServed()) {
      return read;
    }
    ServedView view = question.view();
    Job job =
        jobs.compute(
            view.job(),
            (name, known) -> {
              boolean anew =
                  known == null
                      || known.versions().length() != view.keyGroups()
                      || (!known.store().equals(read.store()) && !read.isRebuilt());
              if (anew) {
                return new Job(read.store(), new AtomicLongArray(view.keyGroups()));
              }
              return known.store().equals(read.store())
                  ? known
                  : new Job(read.store(), known.versions());
            });
    int group = view.groupOf(question.key());
    if (read.version() < before && job.versions().get(group) >= before) {
      return read.hidden(FallbackReason.STORE_LOST);
    }
    job.versions().accumulateAndGet(group, read.version(), Math::max);
    return read;
  }
}

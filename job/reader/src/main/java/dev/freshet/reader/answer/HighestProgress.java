package dev.freshet.reader.answer;

import dev.freshet.store.FallbackReason;
import dev.freshet.store.Progress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The highest progress that a reader has seen of each key group. A store that has less, because it
 * was restored from a backup or replaced, is not served until it has reached that progress again.
 *
 * <p>The progress is forgotten when another store was filled from a snapshot, because that may come
 * from another MySQL server, whose positions are not comparable. A store that was rebuilt from the
 * job's state continues the same log, so the progress is kept.
 *
 * <p>Thread-safe.
 */
public final class HighestProgress {
  private final Map<String, Job> jobs = new ConcurrentHashMap<>();

  private record Job(String store, AtomicLongArray versions) {}

  /** Returns the highest version seen of a question's key group; 0 if none was seen. */
  public long of(Question question) {
    Job job = jobs.get(question.view().job());
    int group = question.view().groupOf(question.key());
    return job == null || group >= job.versions().length() ? 0 : job.versions().get(group);
  }

  /**
   * Checks progress that was read from the store, and records it.
   *
   * @param before the result of {@link #of} before the read
   * @return the same progress; hidden with the reason {@link FallbackReason#STORE_LOST} if it is
   *     lower than before
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
              boolean reset =
                  known == null
                      || known.versions().length() != view.keyGroups()
                      || (!known.store().equals(read.store()) && !read.isRebuilt());
              if (reset) {
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

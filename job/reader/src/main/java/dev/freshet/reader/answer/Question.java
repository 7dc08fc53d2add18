package dev.freshet.reader.answer;

import dev.freshet.view.ValueType;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.sql.StoreLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A client's query for a page of a key of a view.
 *
 * @param key the key's values in canonical form
 * @param bounds the values of the plan's bounds in canonical form; empty where the client gives
 *     none
 * @param limit the maximum number of entries in the page, at least 1
 * @param after the order values after which the page starts, null for NULL; empty for the first
 *     page
 * @param exact whether all entries of the key are counted; otherwise at most {@link #TOTAL_CAP}
 * @param written a write that the answer must contain; empty if there is none
 * @param patience the maximum time to wait until the projection contains the write
 */
public record Question(
    ServedView view,
    List<Object> key,
    List<Optional<Object>> bounds,
    int limit,
    Optional<List<Object>> after,
    boolean exact,
    Optional<WritePosition> written,
    Duration patience) {
  /** The number up to which entries are counted, unless the question is {@link #exact}. */
  public static final int TOTAL_CAP = 1000;

  /** Creates a question without bounds that requires no write and no exact total. */
  public Question(ServedView view, List<Object> key, int limit, Optional<List<Object>> after) {
    this(view, key, unbounded(view.plan()), limit, after, false, Optional.empty(), Duration.ZERO);
  }

  public Question {
    key = List.copyOf(key);
    bounds = List.copyOf(bounds);
    after = after.map(values -> Collections.unmodifiableList(new ArrayList<>(values)));
    if (limit < 1) {
      throw new IllegalArgumentException("limit " + limit + " is below 1");
    }
    if (bounds.size() != view.plan().bounds().size()) {
      throw new IllegalArgumentException("the bounds are not those of view " + view.name());
    }
  }

  /** Returns an empty value for each of the plan's bounds, for a question that sets no bounds. */
  public static List<Optional<Object>> unbounded(ViewPlan plan) {
    return Collections.nCopies(plan.bounds().size(), Optional.empty());
  }

  /** Returns for each of the plan's bounds whether the client gives its value. */
  public List<Boolean> given() {
    return bounds.stream().map(Optional::isPresent).toList();
  }

  /** Returns the same question for another generation of the view, with an equal plan. */
  public Question of(ServedView other) {
    return new Question(other, key, bounds, limit, after, exact, written, patience);
  }

  /**
   * Returns the question without a required write. MySQL contains all writes, so it gets the
   * question in this form.
   */
  Question withoutWrite() {
    return new Question(view, key, bounds, limit, after, exact, Optional.empty(), Duration.ZERO);
  }

  /** Prints the number of the key's entries, counted as far as the question says. */
  public String total(long counted) {
    return counted > TOTAL_CAP && !exact ? TOTAL_CAP + "+" : Long.toString(counted);
  }

  /**
   * Whether Postgres can hold the key, the bounds and the values of {@code after} ({@link
   * StoreLimits}). Questions with other values are answered by MySQL only.
   */
  boolean isOfTheStore() {
    ViewPlan plan = view.plan();
    if (!StoreLimits.hasKey(plan, key)) {
      return false;
    }
    for (int i = 0; i < bounds.size(); i++) {
      ValueType type = plan.outputs().get(plan.bounds().get(i).output()).column().type();
      if (bounds.get(i).isPresent() && !StoreLimits.has(type, bounds.get(i).get())) {
        return false;
      }
    }
    for (int i = 0; after.isPresent() && i < after.get().size(); i++) {
      ValueType type = plan.outputs().get(plan.order().get(i).output()).column().type();
      if (!StoreLimits.has(type, after.get().get(i))) {
        return false;
      }
    }
    return true;
  }
}

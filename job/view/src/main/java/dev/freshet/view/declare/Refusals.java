package dev.freshet.view.declare;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.calcite.sql.SqlNode;

/**
 * The refusals of one view. Formats them: "View v: problem (line 7); remedy". Each class of this
 * package has the texts of its own refusals; the tables in the tests {@code Refused…Test} list
 * them.
 *
 * <p>Collects them too, so that an author learns of all at once: a part of the declaration that is
 * independent of others is read by {@link #attempt} or {@link #check}, and the reading goes on if
 * it is refused. Whoever uses these must call {@link #throwFound} before the result is used. What
 * is refused only because of an earlier refusal is not reported; see {@link #excuse}.
 */
final class Refusals {
  private static final int NO_LINE = Integer.MAX_VALUE;

  private final String view;
  private final List<ViewException.Problem> found = new ArrayList<>();
  private final Set<String> excused = new HashSet<>();

  Refusals(String view) {
    this.view = view;
  }

  /** The same refusals under another name of the view. */
  Refusals named(String name) {
    Refusals named = new Refusals(name);
    named.found.addAll(found);
    named.excused.addAll(excused);
    return named;
  }

  ViewException at(int line, String problem, String remedy) {
    return one(line, problem + " (line " + line + "); " + remedy);
  }

  ViewException at(SqlNode node, String problem, String remedy) {
    return at(node.getParserPosition().getLineNum(), problem, remedy);
  }

  ViewException of(String problem, String remedy) {
    return one(NO_LINE, problem + "; " + remedy);
  }

  private ViewException one(int line, String text) {
    return new ViewException(
        List.of(new ViewException.Problem(line, "View " + view + ": " + text)));
  }

  /** Reads a part that recurses into the query; refuses the query if it is nested too deeply. */
  <T> T nested(Supplier<T> part) {
    try {
      return part.get();
    } catch (StackOverflowError e) {
      throw tooDeep();
    }
  }

  ViewException tooDeep() {
    return of("the query is nested too deeply", "write fewer terms, or IN instead of many ORs");
  }

  /** Reads a part; if it is refused, remembers why and returns empty. */
  <T> Optional<T> attempt(Supplier<T> part) {
    try {
      return Optional.of(part.get());
    } catch (ViewException e) {
      add(e.found());
      return Optional.empty();
    }
  }

  /** Checks a part; if it is refused, remembers why and returns false. */
  boolean check(Runnable part) {
    return attempt(
            () -> {
              part.run();
              return true;
            })
        .isPresent();
  }

  /** Remembers a refusal. */
  void add(ViewException refusal) {
    add(refusal.found());
  }

  /** Remembers problems. */
  void add(List<ViewException.Problem> problems) {
    found.addAll(problems);
  }

  /** The problems so far. */
  List<ViewException.Problem> found() {
    return List.copyOf(found);
  }

  /** Throws an exception with all problems so far, if there are any. */
  void throwFound() {
    if (!found.isEmpty()) {
      throw ViewException.ordered(found);
    }
  }

  /** What is thrown where a part cannot be read because another was refused: it says nothing. */
  ViewException consequence() {
    return new ViewException(List.of());
  }

  /** Marks a name whose owner is refused: that it is not known is no problem of its own. */
  void excuse(String name) {
    excused.add(name.toLowerCase(Locale.ROOT));
  }

  /** Throws a {@link #consequence} if a name is excused. */
  void skipExcused(String name) {
    if (excused.contains(name.toLowerCase(Locale.ROOT))) {
      throw consequence();
    }
  }

  /** The refusal of a name that is not known; a mere consequence if the name is excused. */
  ViewException unlessExcused(String name, ViewException refusal) {
    return excused.contains(name.toLowerCase(Locale.ROOT)) ? consequence() : refusal;
  }
}

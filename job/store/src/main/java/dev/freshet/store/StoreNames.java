package dev.freshet.store;

import dev.freshet.view.Column;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.Declaration;
import dev.freshet.view.declare.Declarations;
import dev.freshet.view.source.PlannedViews;
import dev.freshet.view.sql.CanonicalTexts;
import dev.freshet.view.sql.SortKeys;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Plans declared views, and refuses views that take a name which the store needs for itself. The
 * job, {@code submit} and {@code explain} plan views by this class, so they accept the same views.
 * A view that is in the store already is not checked again.
 *
 * <p>The names come from the statements and constants that create the store. Names that differ only
 * in case are the same name here: Postgres can distinguish them, but not in a query without quotes.
 */
public final class StoreNames {
  private static final String SCHEMA = "s";
  private static final Pattern CREATED =
      Pattern.compile("CREATE \\w+ IF NOT EXISTS \"" + SCHEMA + "\"\\.\"([^\"]+)\"(.*)");

  /** Postgres gives this name to the index of a table's primary key. */
  private static final String PRIMARY_KEY = "_pkey";

  private static final Set<String> RELATIONS = relations();

  /** The names of a generation's tables and indexes, which begin with the view's name. */
  private static final Pattern GENERATION =
      Pattern.compile(
          ".*%s\\d+(%s)?(%s|%s)?"
              .formatted(EntriesTable.GENERATION, KeysTable.SUFFIX, EntriesTable.PAGE, PRIMARY_KEY),
          Pattern.CASE_INSENSITIVE);

  private static final Set<String> OF_ENTRIES =
      folded(Stream.of(EntriesTable.KEY_GROUP, PageQuery.PRESENT, KeyQueries.AGE));
  private static final Set<String> OF_KEYS =
      folded(KeysTable.OWN_COLUMNS.stream().map(KeysTable.OwnColumn::name));

  private StoreNames() {}

  /**
   * Plans views as {@link PlannedViews#plan} does, and refuses those that take a name of the store.
   */
  public static PlannedViews plan(Connection mysql, String database, List<Declaration> declarations)
      throws SQLException {
    return refuse(PlannedViews.plan(mysql, database, declarations));
  }

  /**
   * Plans and checks views as {@link PlannedViews#check} does, and refuses those that take a name
   * of the store.
   */
  public static PlannedViews check(
      Connection mysql, String database, List<Declaration> declarations) throws SQLException {
    return refuse(PlannedViews.check(mysql, database, declarations));
  }

  /**
   * Plans and checks the views of files as {@link #check(Connection, String, List)} does. The
   * problems include those of files that could not be read.
   */
  public static PlannedViews check(Connection mysql, String database, Declarations declared)
      throws SQLException {
    PlannedViews checked = check(mysql, database, declared.parsed());
    List<String> problems = new ArrayList<>(declared.unreadable());
    problems.addAll(checked.problems());
    return new PlannedViews(checked.catalogue(), checked.views(), problems);
  }

  private static PlannedViews refuse(PlannedViews planned) {
    List<PlannedViews.View> views = new ArrayList<>();
    List<String> problems = new ArrayList<>(planned.problems());
    for (PlannedViews.View view : planned.views()) {
      List<String> taken = problems(view.plan());
      problems.addAll(taken);
      if (taken.isEmpty()) {
        views.add(view);
      }
    }
    return new PlannedViews(planned.catalogue(), views, problems);
  }

  /** Returns a line for each name of the store that a view takes; empty if it takes none. */
  public static List<String> problems(ViewPlan plan) {
    List<String> problems = new ArrayList<>();
    String view = plan.view().toLowerCase(Locale.ROOT);
    if (RELATIONS.contains(view) || GENERATION.matcher(view).matches()) {
      problems.add(
          "View %s: the name is one of the store's own tables, sequences or indexes; take another name"
              .formatted(plan.view()));
    }
    for (Column column : plan.outputs().stream().map(ViewPlan.Output::column).toList()) {
      String name = column.name().toLowerCase(Locale.ROOT);
      boolean isKey = plan.keyColumnList().contains(column);
      if (OF_ENTRIES.contains(name)
          || name.startsWith(SortKeys.PREFIX)
          || name.startsWith(CanonicalTexts.PREFIX)
          || (isKey && OF_KEYS.contains(name))) {
        problems.add(
            "View %s: the store has a column '%s' of its own beside the %s; give the column another name with AS"
                .formatted(plan.view(), column.name(), isKey ? "key" : "entries"));
      }
    }
    return problems;
  }

  private static Set<String> relations() {
    Set<String> names = new TreeSet<>();
    for (String statement : StoreTables.create(SCHEMA)) {
      Matcher created = CREATED.matcher(statement);
      if (created.matches()) {
        String name = created.group(1).toLowerCase(Locale.ROOT);
        names.add(name);
        if (created.group(2).contains("PRIMARY KEY")) {
          names.add(name + PRIMARY_KEY);
        }
      }
    }
    return names;
  }

  private static Set<String> folded(Stream<String> names) {
    return names.map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
  }
}

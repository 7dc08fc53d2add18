package dev.freshet.view.declare;

import dev.freshet.view.ViewOptions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.flink.sql.parser.ddl.SqlTableOption;

/** Parses a WITH clause. */
final class Options {
  private static final String POPULATE = "populate";
  private static final String EVICT_AFTER = "evict-after";
  private static final String MAX_KEYS = "max-keys";
  static final String STALE_ON_ERROR = "stale-on-error";
  private static final List<String> NAMES =
      List.of(POPULATE, EVICT_AFTER, MAX_KEYS, STALE_ON_ERROR);
  private static final Pattern COUNT = Pattern.compile("[1-9]\\d{0,8}");
  private static final Pattern DURATION = Pattern.compile("(\\d{1,6}) ?(s|min|h|d)");

  private final Refusals refusals;
  private final List<String> names;
  private final Map<String, SqlTableOption> given = new LinkedHashMap<>();

  private Options(List<String> names, Refusals refusals) {
    this.names = names;
    this.refusals = refusals;
  }

  /**
   * Reads a clause.
   *
   * @param options null where there is no such clause
   * @param names the options that there are
   * @param refusals collect what is not known in it
   */
  static Options of(SqlNodeList options, List<String> names, Refusals refusals) {
    Options read = new Options(names, refusals);
    if (options != null) {
      options.forEach(option -> refusals.check(() -> read.take(option)));
    }
    return read;
  }

  /** Reads the clause of a view of MySQL's tables; see {@link #of}. */
  static ViewOptions read(SqlNodeList options, Refusals refusals) {
    Options read = of(options, NAMES, refusals);
    Optional<Boolean> populate = refusals.attempt(() -> read.choice(POPULATE, "eager", "on-read"));
    // If it is refused, nobody knows whether the others have an effect.
    boolean onRead = populate.orElse(true);
    return new ViewOptions(
        onRead,
        refusals.attempt(() -> read.evictAfter(onRead)).orElse(ViewOptions.EVICT_AFTER),
        refusals.attempt(() -> read.maxKeys(onRead)).orElse(ViewOptions.MAX_KEYS),
        refusals.attempt(read::staleOnError).orElse(false));
  }

  private void take(SqlNode node) {
    SqlTableOption option = (SqlTableOption) node;
    String name = option.getKeyString();
    if (!names.contains(name)) {
      throw refusals.at(
          option,
          "the option '" + name + "' is not known",
          Suggestion.of(name, names, "the options are: " + String.join(", ", names)));
    }
    if (given.putIfAbsent(name, option) != null) {
      throw refusals.at(option, "the option '" + name + "' is given twice", "write it once");
    }
  }

  /** An option as it is written; empty if it is not given. */
  Optional<SqlTableOption> option(String name) {
    return Optional.ofNullable(given.get(name));
  }

  /** Whether answers that are too old are served. */
  boolean staleOnError() {
    return choice(STALE_ON_ERROR, "false", "true");
  }

  /** Whether an option has the second of its two values; the first is the default. */
  private boolean choice(String name, String first, String second) {
    SqlTableOption option = given.get(name);
    if (option == null || option.getValueString().equals(first)) {
      return false;
    }
    if (option.getValueString().equals(second)) {
      return true;
    }
    throw refusals.at(
        option,
        "'%s' = '%s' is not known".formatted(name, option.getValueString()),
        "take '%s' or '%s'".formatted(first, second));
  }

  private void requireOnRead(SqlTableOption option, boolean onRead) {
    if (!onRead) {
      throw refusals.at(
          option,
          "'" + option.getKeyString() + "' has no effect here",
          "all keys of an eager view stay; leave it out, or write 'populate' = 'on-read'");
    }
  }

  private int maxKeys(boolean onRead) {
    SqlTableOption option = given.get(MAX_KEYS);
    if (option == null) {
      return ViewOptions.MAX_KEYS;
    }
    requireOnRead(option, onRead);
    if (!COUNT.matcher(option.getValueString()).matches()) {
      throw refusals.at(
          option,
          "'max-keys' = '" + option.getValueString() + "' is not a number of keys",
          "write a whole number from 1 to 999999999, like '1000000'");
    }
    return Integer.parseInt(option.getValueString());
  }

  private Duration evictAfter(boolean onRead) {
    SqlTableOption option = given.get(EVICT_AFTER);
    if (option == null) {
      return ViewOptions.EVICT_AFTER;
    }
    requireOnRead(option, onRead);
    return duration(option);
  }

  /** A duration of at least a second. */
  Duration duration(SqlTableOption option) {
    Matcher matcher = DURATION.matcher(option.getValueString());
    if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
      throw refusals.at(
          option,
          "'%s' = '%s' is not a duration".formatted(option.getKeyString(), option.getValueString()),
          "write a whole number and s, min, h or d, like '7 d'");
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "s" -> Duration.ofSeconds(number);
      case "min" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }
}

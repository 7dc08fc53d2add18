package dev.freshet.cli;

import dev.freshet.cli.explain.CacheFit;
import dev.freshet.cli.explain.DeclaredViews;
import dev.freshet.cli.explain.DeclaredViews.Asked;
import dev.freshet.cli.explain.EventExplanation;
import dev.freshet.cli.explain.Explanation;
import dev.freshet.cli.explain.Results;
import dev.freshet.cli.explain.ScratchSource;
import dev.freshet.cli.explain.SourceReport;
import dev.freshet.config.Config;
import dev.freshet.store.StoreNames;
import dev.freshet.view.Table;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.CatalogueReader;
import dev.freshet.view.declare.Declaration;
import dev.freshet.view.declare.Declarations;
import dev.freshet.view.declare.PlainQuery;
import dev.freshet.view.declare.ViewException;
import dev.freshet.view.source.PlannedViews;
import dev.freshet.view.source.SourceCheck;
import dev.freshet.view.source.SourceFinding;
import dev.freshet.view.source.SourceFinding.Weight;
import dev.freshet.view.source.SourceVersion;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * The command {@code explain}: describes a view and its costs, or checks MySQL's set-up as a
 * source.
 */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    header = "Describe what a view means, what it costs, and which index MySQL lacks for it.",
    description = {
      "%nReads MySQL, with queries limited to 5 seconds, and reads RocksDB's memory from Flink. ",
      "Exits with 1 if a view or its tables would be refused. ",
      "Of several, each has its own heading. ",
      "Of a plain query, in a file or as an argument, it prints the declaration to save, and describes that: the columns that are compared with = ? or = :name become the key. ",
      "Of a file with a read model over events it describes the functions and what they keep, and asks no server. ",
      "With --source it checks MySQL itself instead: settings, rights of the job's account, and the tables of the view, or of all declared views. ",
      "It prints each with its value, and the statement or option that corrects it. ",
      "Exits with 1 if something must be changed before a job is submitted. ",
      "With --source-sql no server needs to run: it starts a temporary MySQL, runs the script in it, checks the views, and stops the server.%n"
    })
final class ExplainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private TargetOption servers;

  @Option(
      names = "--source",
      description = "Check whether MySQL is set up as a source, and print what to change.")
  private boolean source;

  @Option(
      names = "--source-sql",
      paramLabel = "FILE",
      description =
          "A script that creates the tables in a temporary MySQL, where the views are checked; each VIEW must be a .sql file or a plain query.")
  private Path sourceSql;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description =
          "The name of the view that is derived from a plain query (default: the file's name, or the root table's and the key's).")
  private String name;

  @Parameters(
      arity = "0..*",
      paramLabel = "VIEW",
      description =
          "A declared view's name, a .sql file, or a plain query such as \"SELECT ... WHERE user_id = ?\". Optional with --source.")
  private List<String> views = List.of();

  @Override
  public Integer call() {
    if (views.isEmpty() && !source) {
      throw new ParameterException(
          spec.commandLine(), "View: none is given; give VIEW, or --source to check MySQL");
    }
    if (sourceSql != null) {
      if (source || servers.isConfigured()) {
        throw new ParameterException(
            spec.commandLine(),
            "--source-sql: it starts a temporary MySQL; leave out --source and --config");
      }
      try {
        explainInScratch();
      } catch (SQLException e) {
        throw new Failure("MySQL for the check: " + Failure.line(e), e);
      }
      return 0;
    }
    Config config = servers.target().config();
    try {
      if (source) {
        explainSource(config);
      } else {
        explainViews(config);
      }
    } catch (SQLException e) {
      throw Databases.failed("Source " + config.source(), e);
    }
    return 0;
  }

  private void explainInScratch() throws SQLException {
    List<Asked> asked = asked(Optional.empty());
    if (asked.stream().noneMatch(Asked::isReadable)) {
      each(asked, Asked::problems);
      return;
    }
    Layout layout = servers.layout();
    PrintWriter err = spec.commandLine().getErr();
    err.println("starting a MySQL for the check; this takes some seconds");
    err.flush();
    try (ScratchSource scratch =
            ScratchSource.start(layout.home(), layout.distributions(), sourceSql);
        Connection mysql = scratch.connect()) {
      scratch.notes().forEach(err::println);
      err.flush();
      explain(mysql, scratch.database(), asked, Optional.empty());
    }
  }

  private void explainViews(Config config) throws SQLException {
    List<Asked> asked = asked(Optional.of(config));
    if (asked.stream().noneMatch(Asked::isReadable)) {
      each(asked, Asked::problems);
      return;
    }
    try (Connection mysql = Databases.mysql(config.source())) {
      explain(mysql, config.source().database(), asked, Optional.of(config));
    }
  }

  private List<Asked> asked(Optional<Config> config) {
    List<Asked> asked = DeclaredViews.asked(config, views, Optional.ofNullable(name));
    if (name != null && asked.stream().filter(each -> each.query().isPresent()).count() > 1) {
      throw new ParameterException(
          spec.commandLine(), "--name: it names one view; give one query, or leave it out");
    }
    return asked;
  }

  /** Explains one argument, and returns why it is refused. */
  private interface Explaining {
    List<String> problems(Asked asked) throws SQLException;
  }

  private void each(List<Asked> asked, Explaining explaining) throws SQLException {
    Results results = new Results(spec.commandLine().getOut(), asked.size());
    for (Asked one : asked) {
      results.begin(one.argument());
      one.events()
          .map(EventExplanation::of)
          .ifPresent(lines -> lines.forEach(spec.commandLine().getOut()::println));
      results.end(one.isReadable() ? explaining.problems(one) : one.problems());
    }
    results.failIfRefused();
  }

  private void explain(
      Connection mysql, String database, List<Asked> asked, Optional<Config> config)
      throws SQLException {
    Set<String> names = new HashSet<>();
    asked.forEach(one -> one.view().ifPresent(view -> names.add(view.view())));
    each(
        asked,
        one ->
            one.view().isPresent()
                ? explain(mysql, database, one.view().get(), config)
                : explain(mysql, database, one.query().orElseThrow(), names, config));
  }

  private List<String> explain(
      Connection mysql, String database, Declaration view, Optional<Config> config)
      throws SQLException {
    return explain(mysql, StoreNames.check(mysql, database, List.of(view)), config);
  }

  /**
   * Explains the view that is derived from a query.
   *
   * @param names the names of the other views; the view's is added
   */
  private List<String> explain(
      Connection mysql,
      String database,
      PlainQuery query,
      Set<String> names,
      Optional<Config> config)
      throws SQLException {
    try {
      PlainQuery named = name == null ? query.avoiding(names) : query;
      PlainQuery.Derived derived =
          named.declaration(CatalogueReader.existing(mysql, database, List.of(named.tables())));
      names.add(derived.declaration().view());
      PlannedViews planned = StoreNames.check(mysql, database, List.of(derived.declaration()));
      print(derived, planned.problems().isEmpty());
      return explain(mysql, planned, config);
    } catch (ViewException e) {
      return e.problems();
    }
  }

  /** Prints the declaration of a query. */
  private void print(PlainQuery.Derived derived, boolean accepted) {
    PrintWriter out = spec.commandLine().getOut();
    if (derived.isWhole()) {
      out.println(
          accepted
              ? "save this as " + derived.declaration().view() + ".sql among your views:"
              : "the declaration of this query, which is refused; messages name its lines:");
      out.println();
      out.println(derived.declaration().text());
    }
    derived.remarks().forEach(out::println);
  }

  /**
   * Prints the description of a view that was planned.
   *
   * @param config the configuration whose cluster is asked for RocksDB's memory; empty for none
   * @return the problems for which a job would refuse the view
   */
  private List<String> explain(Connection mysql, PlannedViews planned, Optional<Config> config)
      throws SQLException {
    PrintWriter out = spec.commandLine().getOut();
    for (ViewPlan plan : planned.plans()) {
      Explanation.of(mysql, plan).forEach(out::println);
      if (config.isPresent()) {
        CacheFit.of(mysql, config.get(), plan).map(Explanation::rocksDb).ifPresent(out::println);
      }
      SourceCheck.findings(mysql, planned.tables()).stream()
          .filter(finding -> finding.weight() == Weight.ADVISED)
          .forEach(finding -> out.println("  better           " + finding.problem()));
    }
    out.flush();
    return planned.problems();
  }

  private void explainSource(Config config) throws SQLException {
    PrintWriter out = spec.commandLine().getOut();
    List<SourceFinding> findings = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    try (Connection mysql = Databases.server(config.source())) {
      out.println("source " + config.source() + ", MySQL " + SourceVersion.of(mysql));
      SourceVersion.problem(mysql).ifPresent(refused::add);
      PlannedViews planned =
          StoreNames.plan(mysql, config.source().database(), declared(config, refused));
      refused.addAll(planned.problems());
      findings.addAll(SourceCheck.findings(mysql, planned.tables()));
      findings.addAll(ofReader(config, planned.queriedTables()));
    }
    SourceReport.lines(findings).forEach(out::println);
    refused.forEach(problem -> out.println("  change  " + problem));
    out.flush();
    long required = SourceReport.required(findings) + refused.size();
    if (required > 0) {
      throw new Failure(
          "Source %s: %d required %s missing; make the printed changes as an administrator, and let applications reconnect"
              .formatted(config.source(), required, required == 1 ? "setting is" : "settings are"));
    }
  }

  /** Returns the given views, or all declared ones; there may be none. */
  private List<Declaration> declared(Config config, List<String> refused) {
    if (!views.isEmpty()) {
      List<Asked> asked = asked(Optional.of(config));
      if (asked.stream().anyMatch(one -> one.query().isPresent())) {
        throw new ParameterException(
            spec.commandLine(), "--source: it checks declared views; explain a query without it");
      }
      asked.forEach(one -> refused.addAll(one.problems()));
      return asked.stream().flatMap(one -> one.view().stream()).toList();
    }
    if (!Declarations.areIn(config.views())) {
      return List.of();
    }
    Declarations declared = Declarations.in(config.views());
    refused.addAll(declared.unreadable());
    return declared.parsed();
  }

  /** Checks the reader's account if it differs from the job's. */
  private static List<SourceFinding> ofReader(Config config, List<Table> tables)
      throws SQLException {
    Config.Account reader = config.reader().source();
    if (reader.user().equals(config.source().account().user())) {
      return List.of();
    }
    try (Connection mysql = Databases.server(config.source().with(reader))) {
      return SourceCheck.readable(mysql, tables);
    } catch (SQLException e) {
      throw Databases.failed("Source " + config.source().with(reader), e);
    }
  }
}

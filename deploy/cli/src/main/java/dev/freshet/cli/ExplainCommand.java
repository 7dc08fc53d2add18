package dev.freshet.cli;

import dev.freshet.cli.config.Config;
import dev.freshet.cli.explain.CacheFit;
import dev.freshet.cli.explain.DeclaredViews;
import dev.freshet.cli.explain.Explanation;
import dev.freshet.view.PlanNode;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.Declaration;
import dev.freshet.view.source.SourceCheck;
import dev.freshet.view.source.SourceVersion;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what a view means and costs. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    header = "Say in words what a view means, what it costs, and which index MySQL lacks for it.",
    description = {
      "%nReads MySQL, with queries that end after 5 seconds, and asks Flink what RocksDB may use. ",
      "Exits with 1 when the view or its tables would be refused.%n"
    })
final class ExplainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private TargetOption servers;

  @Parameters(paramLabel = "VIEW", description = "A declared view's name, or a .sql file.")
  private String view;

  @Override
  public Integer call() {
    Config config = servers.target().config();
    Declaration declaration = DeclaredViews.named(config, view);
    try (Connection mysql = Databases.mysql(config.source())) {
      SourceVersion.problem(mysql)
          .ifPresent(
              problem -> {
                throw new Failure(problem);
              });
      ViewPlan plan = DeclaredViews.plan(mysql, config, declaration);
      Explanation.of(mysql, plan).forEach(spec.commandLine().getOut()::println);
      CacheFit.of(mysql, config, plan)
          .map(Explanation::rocksDb)
          .ifPresent(spec.commandLine().getOut()::println);
      spec.commandLine().getOut().flush();
      List<String> problems =
          SourceCheck.problems(mysql, plan.nodes().stream().map(PlanNode::table).toList());
      if (!problems.isEmpty()) {
        throw new Failure(String.join("\n", problems));
      }
    } catch (SQLException e) {
      throw Databases.failed("Source " + config.source(), e);
    }
    return 0;
  }
}

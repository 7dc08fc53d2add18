package dev.freshet.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.capture.source.SourceOptions;
import dev.freshet.flow.write.StoreOptions;
import dev.freshet.telemetry.TelemetryOptions;
import dev.freshet.view.Column;
import dev.freshet.view.Expr;
import dev.freshet.view.PlanNode;
import dev.freshet.view.Table;
import dev.freshet.view.ValueType;
import dev.freshet.view.ViewOptions;
import dev.freshet.view.ViewPlan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.runtime.PojoSerializer;
import org.apache.flink.api.java.typeutils.runtime.kryo.KryoSerializer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelineTest {
  private static final Set<String> UIDS =
      Set.of(
          Uids.SOURCE,
          Uids.CAPTURE,
          Uids.ROOT,
          Uids.WRITER,
          Uids.RETRY_REQUESTS,
          Uids.FAILURES,
          Uids.OUTBOUND,
          // Flink's sink adds this operator, which has no state.
          "Sink Committer: " + Uids.OUTBOUND,
          Uids.dimensions(1),
          Uids.dimensions(2),
          Uids.eventsAt(0),
          Uids.eventsAt(1),
          Uids.eventsAt(2));

  @Test
  void everyOperatorHasAListedUid() {
    List<String> uids = new ArrayList<>();
    for (StreamNode node : nodes()) {
      uids.add(node.getTransformationUID());
    }
    assertThat(uids).containsExactlyInAnyOrderElementsOf(UIDS);
  }

  @Test
  void nothingTravelsThroughKryoOrReflection() {
    for (StreamNode node : nodes()) {
      Stream<TypeSerializer<?>> serializers =
          Stream.concat(
              Stream.of(node.getTypeSerializerOut(), node.getStateKeySerializer()),
              Stream.of(node.getTypeSerializersIn()));
      assertThat(serializers.filter(s -> s != null))
          .as(node.getOperatorName())
          .noneMatch(s -> s instanceof KryoSerializer || s instanceof PojoSerializer);
    }
  }

  @Test
  void theJobGraphHasNoSecretOfFiles(@TempDir Path folder) throws IOException {
    JobSecret inFile =
        JobSecret.inFile("hush-hush", Files.writeString(folder.resolve("secret"), "hush-hush"));
    assertThat(jobGraph(JobSecret.of("hush-hush"))).as("found where it is").contains("hush-hush");
    assertThat(jobGraph(inFile)).doesNotContain("hush-hush").contains(folder.toString());
  }

  private static String jobGraph(JobSecret secret) throws IOException {
    JobProperties properties = new JobProperties(Map.of("sslpassword", secret));
    byte[] graph =
        InstantiationUtil.serializeObject(
            environment(
                    SourceOptions.of("127.0.0.1", 3306, "user", secret, "sample", 0, 50_000)
                        .withProperties(properties),
                    new StoreOptions(
                        "127.0.0.1", 5432, "freshet", "user", secret, "freshet", properties),
                    new KafkaOptions("127.0.0.1:9092", "freshet", properties))
                .getStreamGraph(false)
                .getJobGraph());
    return new String(graph, StandardCharsets.ISO_8859_1);
  }

  private static List<StreamNode> nodes() {
    return List.copyOf(
        environment(
                SourceOptions.of("127.0.0.1", 3306, "user", "secret", "sample", 0, 50_000),
                new StoreOptions("127.0.0.1", 5432, "freshet", "user", "secret", "freshet"),
                new KafkaOptions("127.0.0.1:9092", "freshet", Map.of()))
            .getStreamGraph(false)
            .getStreamNodes());
  }

  private static StreamExecutionEnvironment environment(
      SourceOptions source, StoreOptions store, KafkaOptions kafka) {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(new Configuration());
    env.setParallelism(2);
    env.setMaxParallelism(16);
    new Pipeline(new JobPlan(List.of(chain())), JobUnderTest.HANDLING)
        .build(
            env, "job", source, store, List.of(), Optional.of(kafka), false, TelemetryOptions.NONE);
    return env;
  }

  /** Returns a view with a root, a dimension of the root, and a dimension of that dimension. */
  private static ViewPlan chain() {
    List<PlanNode> nodes = new ArrayList<>();
    for (int depth = 0; depth <= 2; depth++) {
      Column id = new Column("id", ValueType.INTEGER, false, "bigint", "");
      Column next = new Column("next", ValueType.INTEGER, true, "bigint", "");
      Table table = new Table("sample", "t" + depth, List.of(id, next), List.of(0));
      nodes.add(
          new PlanNode(
              "t" + depth, table, depth - 1, depth == 0 ? List.of() : List.of(1), true, depth));
    }
    Column id = nodes.get(0).table().columns().get(0);
    return new ViewPlan(
        "chain",
        nodes,
        Expr.TRUE,
        List.of(new ViewPlan.Output(id, new Expr.ColumnRef(0, 0))),
        List.of(0),
        1,
        List.of(new ViewPlan.Order(0, false)),
        List.of(),
        Duration.ofSeconds(5),
        ViewOptions.DEFAULT,
        "SELECT id FROM t0");
  }
}

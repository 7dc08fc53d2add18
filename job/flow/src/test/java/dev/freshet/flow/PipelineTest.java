package dev.freshet.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.capture.source.SourceOptions;
import dev.freshet.flow.event.Orders;
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

  private static final Set<String> UIDS_OVER_EVENTS =
      Set.of(
          Uids.EVENT_SOURCE,
          Uids.EVENT_CAPTURE,
          Uids.GROUPS,
          Uids.WRITER,
          Uids.OUTBOUND,
          "Sink Committer: " + Uids.OUTBOUND);

  @Test
  void everyOperatorHasAListedUid() {
    assertThat(uids(nodes())).containsExactlyInAnyOrderElementsOf(UIDS);
    assertThat(uids(nodesOverEvents())).containsExactlyInAnyOrderElementsOf(UIDS_OVER_EVENTS);
  }

  private static List<String> uids(List<StreamNode> nodes) {
    return nodes.stream().map(StreamNode::getTransformationUID).toList();
  }

  @Test
  void nothingTravelsThroughKryoOrReflection() {
    List<StreamNode> all = new ArrayList<>(nodes());
    all.addAll(nodesOverEvents());
    for (StreamNode node : all) {
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
    assertThat(jobGraphOverEvents(JobSecret.of("hush-hush"))).contains("hush-hush");
    assertThat(jobGraphOverEvents(inFile)).doesNotContain("hush-hush").contains(folder.toString());
  }

  private static String jobGraphOverEvents(JobSecret secret) throws IOException {
    JobProperties properties = new JobProperties(Map.of("sslpassword", secret));
    return jobGraph(
        environmentOverEvents(
            new StoreOptions("127.0.0.1", 5432, "freshet", "user", secret, "freshet", properties),
            new KafkaOptions("127.0.0.1:9092", "freshet", properties)));
  }

  private static String jobGraph(JobSecret secret) throws IOException {
    JobProperties properties = new JobProperties(Map.of("sslpassword", secret));
    return jobGraph(
        environment(
            SourceOptions.of("127.0.0.1", 3306, "user", secret, "sample", 0, 50_000)
                .withProperties(properties),
            new StoreOptions("127.0.0.1", 5432, "freshet", "user", secret, "freshet", properties),
            new KafkaOptions("127.0.0.1:9092", "freshet", properties)));
  }

  private static String jobGraph(StreamExecutionEnvironment env) throws IOException {
    byte[] graph = InstantiationUtil.serializeObject(env.getStreamGraph(false).getJobGraph());
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

  private static List<StreamNode> nodesOverEvents() {
    StreamExecutionEnvironment env =
        environmentOverEvents(
            new StoreOptions("127.0.0.1", 5432, "freshet", "user", "secret", "freshet"),
            new KafkaOptions("127.0.0.1:9092", "freshet", Map.of()));
    return List.copyOf(env.getStreamGraph(false).getStreamNodes());
  }

  private static StreamExecutionEnvironment environmentOverEvents(
      StoreOptions store, KafkaOptions kafka) {
    StreamExecutionEnvironment env = parallel();
    new Pipeline(Orders.plan(), JobUnderTest.HANDLING)
        .buildOverEvents(env, "job", kafka, store, List.of(), TelemetryOptions.NONE);
    return env;
  }

  private static StreamExecutionEnvironment parallel() {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(new Configuration());
    env.setParallelism(2);
    env.setMaxParallelism(16);
    return env;
  }

  private static StreamExecutionEnvironment environment(
      SourceOptions source, StoreOptions store, KafkaOptions kafka) {
    StreamExecutionEnvironment env = parallel();
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

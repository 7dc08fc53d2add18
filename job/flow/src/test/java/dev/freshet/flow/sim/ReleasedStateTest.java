package dev.freshet.flow.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.capture.SamplePlan;
import dev.freshet.flow.log.Composite;
import dev.freshet.flow.log.EntryChange;
import dev.freshet.flow.log.Event;
import dev.freshet.view.Key;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.streaming.util.OperatorSnapshotUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * State that a released version wrote is taken up by this one, and goes on to the right entries.
 *
 * <p>A release adds its own state: {@code -Dfreshet.release=VERSION} writes it into the folder of
 * test resources. What is there is never written again.
 */
class ReleasedStateTest {
  private static final Path RELEASES = Path.of("src/test/resources/state");
  private static final JobPlan PLAN = SamplePlan.inbox("sample");
  private static final long PARTICIPANT = 0;
  private static final long CONVERSATION = 1;
  private static final long USER = 2;
  private static final Key ROOT = Key.of(PARTICIPANT, 7L, 42L);
  private static final Key DIMENSION = Key.of(CONVERSATION, 7L);

  static List<Path> releases() throws IOException {
    try (var folders = Files.list(RELEASES)) {
      return folders.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("releases")
  void aDimensionOfAReleaseGoesOn(Path release) {
    List<Object> sent = new ArrayList<>();
    HarnessNode node = node(1, sent, release);
    // The change that waited at the checkpoint: the conversation moved to site 5.
    pass(node, 200);
    node.close();

    assertThat(sent)
        .containsExactly(
            new Event.Part(ROOT, 200, DIMENSION, new Composite(conversation(5), parts())));
  }

  @ParameterizedTest
  @MethodSource("releases")
  void aRootOfAReleaseGoesOn(Path release) {
    List<Object> sent = new ArrayList<>();
    HarnessNode node = node(0, sent, release);
    node.event(new Event.Part(ROOT, 200, DIMENSION, new Composite(conversation(5), parts())));
    pass(node, 200);
    node.close();

    assertThat(sent).containsExactly(entry(3, 200, false), entry(5, 200, true));
  }

  @Test
  void aReleaseLeavesItsState() throws IOException {
    String release = System.getProperty("freshet.release", "");
    Path folder = release.isEmpty() ? Path.of("target/state") : RELEASES.resolve(release);
    Files.createDirectories(folder);
    assertThat(folder.resolve("roots"))
        .satisfiesAnyOf(
            path -> assertThat(path).doesNotExist(), path -> assertThat(release).isEmpty());

    HarnessNode dimension = node(1, new ArrayList<>(), null);
    dimension.event(new Event.RowChange(DIMENSION, 0, 0, conversation(3)));
    dimension.event(new Event.Subscription(DIMENSION, 0, 0, ROOT, true));
    pass(dimension, 100);
    dimension.event(new Event.RowChange(DIMENSION, 150, 0, conversation(5)));
    write(dimension, folder.resolve("dimensions"));

    List<Object> sent = new ArrayList<>();
    HarnessNode root = node(0, sent, null);
    root.event(new Event.RowChange(ROOT, 0, 0, new Object[] {7L, 42L, 9L, 1_000L}));
    root.event(new Event.Part(ROOT, 0, DIMENSION, new Composite(conversation(3), parts())));
    root.event(
        new Event.Part(
            ROOT, 0, Key.of(USER, 9L), new Composite(new Object[] {9L, "Ana"}, parts())));
    pass(root, 100);
    write(root, folder.resolve("roots"));

    assertThat(sent).containsExactly(entry(3, 100, true));
  }

  private static void pass(HarnessNode node, long watermark) {
    node.watermark(watermark);
    while (node.isPaused()) {
      node.resume();
    }
  }

  private static EntryChange entry(long site, long version, boolean present) {
    return new EntryChange(
        0, Key.of("inbox", 42L, site), Key.of(7L), version, present, new Object[] {42L, site, 7L});
  }

  private static Object[] conversation(long site) {
    return new Object[] {7L, site, 2_000L, 0L};
  }

  private static Composite[] parts() {
    return new Composite[0];
  }

  private static HarnessNode node(int depth, List<Object> sent, Path release) {
    return new HarnessNode(
        PLAN,
        new HashMapStateBackend(),
        depth,
        0,
        1,
        1,
        one -> {
          if (!(one instanceof SimNode.Passed)) {
            sent.add(one);
          }
        },
        release == null ? List.of() : List.of(read(release, depth)));
  }

  private static OperatorSubtaskState read(Path release, int depth) {
    try {
      return OperatorSnapshotUtil.readStateHandle(
          release.resolve(depth == 0 ? "roots" : "dimensions").toString());
    } catch (IOException | ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void write(HarnessNode node, Path file) {
    try {
      OperatorSnapshotUtil.writeStateHandle(
          (OperatorSubtaskState) node.snapshot(), file.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    node.close();
  }
}

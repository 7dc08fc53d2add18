package dev.freshet.reader.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.reader.PlanBuilder;
import dev.freshet.reader.answer.Answer;
import dev.freshet.reader.answer.ByteBudget;
import dev.freshet.reader.answer.NoDemand;
import dev.freshet.reader.answer.Page;
import dev.freshet.reader.answer.Projection;
import dev.freshet.reader.answer.Question;
import dev.freshet.reader.answer.ServedView;
import dev.freshet.reader.answer.Store;
import dev.freshet.reader.answer.Views;
import dev.freshet.store.Notice;
import dev.freshet.store.Progress;
import dev.freshet.store.Servability;
import dev.freshet.view.Reason;
import dev.freshet.view.ValueType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LiveAnswersTest {
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
  private static final int BUDGET = 100_000;
  private static final Duration NEVER = Duration.ofDays(1);
  private static final ServedView INBOX = new ServedView(PlanBuilder.inbox(), 1, "job", 128);
  private static final Question ADA = question(1);
  private static final Question BEA = question(2);

  private final MemoryStore store = new MemoryStore();
  private final BlockingQueue<Notices.Listener> ears = new ArrayBlockingQueue<>(1);
  private final OneView views = new OneView();
  private LiveAnswers live = live(NEVER);

  @AfterEach
  void close() {
    live.close();
  }

  @Test
  void theAnswerIsSentAtOnceAndWhenThePageChanges() throws Exception {
    store.put(ADA, 10, "a");
    Client client = new Client(ADA, Optional.empty());
    assertThat(client.next()).isEqualTo("10 a");

    store.put(ADA, 20, "a");
    notice(20, ADA);
    store.awaitReads(2);
    store.put(ADA, 30, "b");
    notice(30, ADA);

    assertThat(client.next()).isEqualTo("30 b");
  }

  @Test
  void onlyNoticesOfTheKeyOrItsGroupsCauseARead() throws Exception {
    store.put(ADA, 10, "a");
    Client client = new Client(ADA, Optional.empty());
    assertThat(client.next()).isEqualTo("10 a");
    store.put(ADA, 30, "b");
    int group = INBOX.groupOf(ADA.key());

    notice(30, BEA);
    ears.peek().changed(new Notice.Groups(30, group + 1, 200));
    ears.peek().changed(new Notice.Keys(9, new long[] {hash(ADA)}));
    assertThat(client.told.poll(50, TimeUnit.MILLISECONDS)).isNull();

    ears.peek().changed(new Notice.Groups(30, group, group));
    assertThat(client.next()).isEqualTo("30 b");
  }

  @Test
  void aPageIsReadOnceForAllClients() throws Exception {
    store.put(ADA, 10, "a");
    Client one = new Client(ADA, Optional.empty());
    assertThat(one.next()).isEqualTo("10 a");
    Client other = new Client(ADA, Optional.empty());
    assertThat(other.next()).isEqualTo("10 a");
    int before = store.reads.get();

    store.put(ADA, 20, "b");
    notice(20, ADA);

    assertThat(one.next()).isEqualTo("20 b");
    assertThat(other.next()).isEqualTo("20 b");
    assertThat(store.reads.get() - before).isEqualTo(1);
    assertThat(live.clients()).isEqualTo(2);
    assertThat(live.pages()).isEqualTo(1);
  }

  @Test
  void theRegularReadFindsALostChange() throws Exception {
    live.close();
    ears.clear();
    live = live(Duration.ofMillis(20));
    store.put(ADA, 10, "a");
    Client client = new Client(ADA, Optional.empty());
    assertThat(client.next()).isEqualTo("10 a");

    store.put(ADA, 20, "b");

    assertThat(client.next()).isEqualTo("20 b");
  }

  @Test
  void aPageThatDoesNotFitIntoMemoryIsADoubt() throws Exception {
    store.put(ADA, 10, "a".repeat(BUDGET));
    Client client = new Client(ADA, Optional.empty());
    assertThat(client.next()).isEqualTo("doubt store-unavailable");

    store.put(ADA, 20, "b");
    notice(20, ADA);
    assertThat(client.next()).isEqualTo("20 b");
  }

  @Test
  void aDoubtIsSentAndEndsWithAnAnswer() throws Exception {
    store.put(ADA, 10, "a");
    Client client = new Client(ADA, Optional.empty());
    assertThat(client.next()).isEqualTo("10 a");

    store.readings.put(ADA.key(), reading(20, NOW, Optional.of(Reason.UNSTORABLE), "a"));
    notice(20, ADA);
    assertThat(client.next()).isEqualTo("doubt unstorable-value");
    store.readings.put(ADA.key(), reading(20, NOW.minusSeconds(9), Optional.empty(), "a"));
    ears.peek().missed();
    assertThat(client.next()).isEqualTo("doubt stale");
    store.readings.clear();
    ears.peek().missed();
    assertThat(client.next()).isEqualTo("doubt store-unavailable");
    store.put(ADA, 30, "a");
    ears.peek().missed();
    assertThat(client.next()).isEqualTo("30 a");
  }

  @Test
  void noClientGetsAnOlderAnswerThanItHas() throws Exception {
    store.put(ADA, 10, "a");
    Client client = new Client(ADA, Optional.of(20L));
    assertThat(client.next()).isEqualTo("doubt behind");
    store.put(ADA, 19, "b");
    notice(19, ADA);
    store.awaitReads(2);
    store.put(ADA, 20, "b");
    notice(20, ADA);
    assertThat(client.next()).isEqualTo("20 b");

    store.put(ADA, 5, "of another store");
    ears.peek().missed();
    assertThat(client.next()).isEqualTo("doubt behind");
  }

  @Test
  void aSlowClientGetsOnlyTheNewestEvent() throws Exception {
    store.put(ADA, 10, "a");
    Subscriber slow = live.follow(ADA, Optional.empty(), () -> {}, () -> {});
    Client quick = new Client(ADA, Optional.empty());
    assertThat(quick.next()).isEqualTo("10 a");
    for (int version = 20; version < 30; version++) {
      store.put(ADA, version, "v" + version);
      notice(version, ADA);
      assertThat(quick.next()).isEqualTo(version + " v" + version);
    }
    // A further read is no news for the clients; when it ends, the slow client has its event.
    ears.peek().missed();
    store.awaitReads(store.reads.get() + 1);

    assertThat(text(slow.take())).isEqualTo("29 v29");
    assertThat(slow.take()).isEmpty();
  }

  @Test
  void aPageThatCannotBeReadDoesNotAffectOthers() throws Exception {
    store.put(ADA, 10, "a");
    Client ada = new Client(ADA, Optional.empty());
    assertThat(ada.next()).isEqualTo("10 a");
    Client bea = new Client(BEA, Optional.empty());
    assertThat(bea.next()).isEqualTo("doubt store-unavailable");

    ears.peek().missed();
    store.put(ADA, 20, "b");
    ears.peek().missed();

    String told = ada.next();
    while (told.startsWith("doubt")) {
      ears.peek().missed();
      told = ada.next();
    }
    assertThat(told).isEqualTo("20 b");
    for (int i = 0; i < 5; i++) {
      int before = store.reads.get();
      ears.peek().missed();
      store.awaitReads(before + 2);
    }
    assertThat(ada.told).isEmpty();
  }

  @Test
  void clientsAreLimitedAndRemoved() throws Exception {
    store.put(ADA, 10, "a");
    Client first = new Client(ADA, Optional.empty());
    for (int i = 0; i < 2; i++) {
      new Client(ADA, Optional.empty());
    }
    assertThatThrownBy(() -> new Client(BEA, Optional.empty()))
        .isInstanceOf(NotSubscribed.class)
        .hasMessageContaining("3 clients")
        .hasMessageContaining("reader.streams");
    live.leave(ADA, first.follower);
    live.leave(ADA, first.follower);
    new Client(ADA, Optional.empty());
    assertThat(live.clients()).isEqualTo(3);
  }

  @Test
  void streamsEndWithTheirViewAndWithTheReader() throws Exception {
    store.put(ADA, 10, "a");
    Client client = new Client(ADA, Optional.empty());
    assertThat(client.next()).isEqualTo("10 a");
    views.view =
        Optional.of(
            new ServedView(
                PlanBuilder.plan("unread")
                    .key("user_id", ValueType.INTEGER, "int")
                    .entryKey("id", ValueType.INTEGER, "int")
                    .build(),
                2,
                "job",
                128));
    ears.peek().missed();
    assertThat(client.next()).isEqualTo("end");

    live.close();
    assertThatThrownBy(() -> new Client(ADA, Optional.empty()))
        .isInstanceOf(NotSubscribed.class)
        .hasMessageContaining("stops");
  }

  private LiveAnswers live(Duration period) {
    return new LiveAnswers(
        views,
        new Projection(store, new NoDemand(), () -> NOW),
        ear -> {
          ears.add(ear);
          return () -> {};
        },
        new Words(),
        new ByteBudget(BUDGET, BUDGET),
        3,
        period);
  }

  private void notice(long version, Question of) {
    ears.peek().changed(new Notice.Keys(version, new long[] {hash(of)}));
  }

  private static long hash(Question of) {
    return Notice.hash(INBOX.plan().viewKeyOf(of.key().toArray()));
  }

  private static Question question(long user) {
    return new Question(INBOX, List.of(user, 7L), 50, Optional.empty());
  }

  private static Store.Reading reading(
      long version, Instant asOf, Optional<Reason> invalid, String name) {
    Object[] row = {42L, 7L, 9L, 1_000_000L, name};
    return new Store.Reading(
        Optional.of(new Progress(version, "", Optional.of(asOf), true)),
        invalid,
        false,
        new Page(List.<Object[]>of(row), "1", Optional.empty()));
  }

  private static String text(Optional<byte[]> taken) {
    return new String(taken.orElseThrow(), StandardCharsets.UTF_8);
  }

  /** A client that takes each event at once. */
  private final class Client {
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final Subscriber follower;

    Client(Question question, Optional<Long> known) throws NotSubscribed {
      ArrayBlockingQueue<Subscriber> made = new ArrayBlockingQueue<>(1);
      follower =
          live.follow(
              question,
              known,
              () -> {
                Subscriber mine = made.peek();
                if (mine != null) {
                  mine.take().ifPresent(text -> told.add(text(Optional.of(text))));
                }
              },
              () -> told.add("end"));
      made.add(follower);
      follower.take().ifPresent(text -> told.add(text(Optional.of(text))));
    }

    String next() throws InterruptedException {
      String next = told.poll(20, TimeUnit.SECONDS);
      assertThat(next).as("something is told").isNotNull();
      return next;
    }
  }

  /** Encodes an answer as its version and the first entry's name, and a doubt as its reason. */
  private static final class Words implements EventForm {
    @Override
    public byte[] answer(Answer answer) {
      String name = (String) answer.page().rows().get(0)[4];
      return (answer.version().orElseThrow() + " " + name).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] doubt(Question question, Servability.NotServed why) {
      return ("doubt " + why.reason().wireName()).getBytes(StandardCharsets.UTF_8);
    }
  }

  /** A store in memory, which is unavailable for keys that it does not have. */
  private static final class MemoryStore implements Store {
    private final Map<List<Object>, Reading> readings = new ConcurrentHashMap<>();
    private final AtomicInteger reads = new AtomicInteger();

    void put(Question question, long version, String name) {
      readings.put(question.key(), reading(version, NOW, Optional.empty(), name));
    }

    @Override
    public Reading read(Question question) throws Unavailable {
      Reading reading = readings.get(question.key());
      reads.incrementAndGet();
      if (reading == null) {
        throw new Unavailable("not there", null);
      }
      return reading;
    }

    void awaitReads(int count) throws InterruptedException {
      long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (reads.get() < count) {
        assertThat(System.nanoTime()).as("%d reads", count).isLessThan(deadline);
        Thread.sleep(1);
      }
    }
  }

  private static final class OneView implements Views {
    private volatile Optional<ServedView> view = Optional.of(INBOX);

    @Override
    public Optional<ServedView> find(String name) {
      return view;
    }

    @Override
    public Optional<String> declaration(String name) {
      return Optional.empty();
    }

    @Override
    public Collection<String> names() {
      return List.of("unread");
    }
  }
}

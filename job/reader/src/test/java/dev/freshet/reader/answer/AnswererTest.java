package dev.freshet.reader.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.reader.PlanBuilder;
import dev.freshet.reader.answer.Answer.Source;
import dev.freshet.reader.share.Principal;
import dev.freshet.reader.share.Shares;
import dev.freshet.store.FallbackReason;
import dev.freshet.store.KeyState;
import dev.freshet.store.Progress;
import dev.freshet.store.Servability;
import dev.freshet.view.Reason;
import dev.freshet.view.ValueType;
import dev.freshet.view.form.BadForm;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AnswererTest {
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
  private static final ServedView VIEW = new ServedView(PlanBuilder.inbox(), 1, "job", 128);
  private static final Question QUESTION =
      new Question(VIEW, List.of(42L, 7L), 50, Optional.empty());
  private static final Page STORED = new Page(List.of(), "1", Optional.empty());
  private static final Page FROM_MYSQL = new Page(List.of(), "2", Optional.empty());
  private static final Origin MYSQL = (question, handle) -> FROM_MYSQL;

  private static final ServedView LENIENT =
      new ServedView(
          PlanBuilder.plan("lenient")
              .key("user_id", ValueType.INTEGER, "bigint")
              .key("site_id", ValueType.INTEGER, "bigint")
              .entryKey("id", ValueType.INTEGER, "bigint")
              .staleOnError()
              .build(),
          1,
          "job",
          128);
  private static final Origin SILENT =
      (question, handle) -> {
        throw new Unanswered(Unanswered.Kind.SOURCE_UNAVAILABLE, "away");
      };

  private static final Question ON_READ =
      new Question(
          new ServedView(
              PlanBuilder.plan("asked_for")
                  .key("user_id", ValueType.INTEGER, "bigint")
                  .key("site_id", ValueType.INTEGER, "bigint")
                  .entryKey("id", ValueType.INTEGER, "bigint")
                  .onRead()
                  .build(),
              1,
              "job",
              128),
          List.of(42L, 7L),
          50,
          Optional.empty());

  private static final Shares SHARES = new Shares(75, 10);

  private final Bulkhead gate = new Bulkhead(1, 0, Duration.ZERO, SHARES);
  private final NoDemand demand = new NoDemand();
  private final List<Breaker> breakers = new ArrayList<>();
  private final List<FallbackQueries> opened = new ArrayList<>();
  private final List<PopulationWatch> watches = new ArrayList<>();

  @AfterEach
  void stop() {
    watches.forEach(PopulationWatch::close);
    opened.forEach(FallbackQueries::close);
    breakers.forEach(Breaker::close);
  }

  @Test
  void whatIsOnlyTooOldIsGivenAndCalledSoWhereTheViewAllowsIt() throws Exception {
    Answer answer = answer(answerer(stored(NOW.minusSeconds(6)), SILENT), asked(LENIENT, "4567"));

    assertThat(answer.isStale()).isTrue();
    assertThat(answer.source()).isEqualTo(Source.PROJECTION);
    assertThat(answer.version()).contains(4567L);
    assertThat(answer.asOf()).isEqualTo(NOW.minusSeconds(6));
    assertThat(answer.lag()).isEqualTo(Duration.ofSeconds(6));
    assertThat(answer.page()).isSameAs(STORED);
    assertThat(answer(answerer(stored(NOW), SILENT), asked(LENIENT, "4567")).isStale()).isFalse();
    Answer fromMysql = answer(answerer(stored(NOW.minusSeconds(6)), MYSQL), asked(LENIENT, "4567"));
    assertThat(fromMysql.source()).isEqualTo(Source.MYSQL);
  }

  @Test
  void mysqlsOwnAnswerSaysWhichTransactionsWereExecutedBeforeItsQueryWasSent() {
    List<String> asked = new ArrayList<>();
    Origin origin =
        new Origin() {
          @Override
          public Page read(Question question, QueryHandle handle) {
            asked.add("query");
            return FROM_MYSQL;
          }

          @Override
          public Optional<String> executed() {
            asked.add("executed");
            return Optional.of("3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5");
          }
        };
    Store unread =
        question -> {
          throw new AssertionError("the projection is not read");
        };

    MysqlAnswer answer = answerer(unread, origin).askMysql(QUESTION, Caller.PATIENT).join();

    assertThat(answer.executed()).contains("3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5");
    assertThat(answer.answer().page()).isSameAs(FROM_MYSQL);
    assertThat(answer.answer().reason()).contains(FallbackReason.REQUESTED);
    assertThat(asked).containsExactly("executed", "query");
    assertThat(answerer(unread, MYSQL).askMysql(QUESTION, Caller.PATIENT).join().executed())
        .isEmpty();
  }

  @Test
  void nothingButTheAgeMayBeWrongWithAStaleAnswer() throws Exception {
    Instant old = NOW.minusSeconds(6);
    Store building = question -> reading(Optional.of(old), false, Optional.empty());
    Store invalid = question -> reading(Optional.of(old), true, Optional.of(Reason.UNSTORABLE));
    Store unconfirmed = question -> reading(Optional.empty(), true, Optional.empty());
    Origin refuses =
        (question, handle) -> {
          throw new Unanswered(Unanswered.Kind.SOURCE_REFUSED, "no such table");
        };

    assertUnanswered(answerer(building, SILENT), asked(LENIENT, "4567"));
    assertUnanswered(answerer(invalid, SILENT), asked(LENIENT, "4567"));
    assertUnanswered(answerer(unconfirmed, SILENT), asked(LENIENT, "4567"));
    assertUnanswered(answerer(stored(old), SILENT), asked(LENIENT, "4568"));
    assertUnanswered(answerer(stored(old), refuses), asked(LENIENT, "4567"));
    assertUnanswered(answerer(stored(old), SILENT), asked(VIEW, "4567"));
    assertUnanswered(answerer(stored(NOW), SILENT), asked(LENIENT, "4568"));
  }

  @Test
  void manyAreAnsweredInTheirOrder() {
    Origin numbered =
        (question, handle) -> {
          if (question.key().get(1).equals(3L)) {
            throw new Unanswered(Unanswered.Kind.TIMEOUT, "slow");
          }
          return new Page(List.of(), question.key().get(1).toString(), Optional.empty());
        };
    List<Question> questions =
        LongStream.range(0, 20)
            .mapToObj(i -> new Question(VIEW, List.of(42L, i), 50, Optional.empty()))
            .toList();

    List<Outcome> outcomes =
        answerer(stored(NOW.minusSeconds(6)), numbered).ask(questions, Caller.PATIENT).join();

    assertThat(outcomes).hasSize(20);
    for (int i = 0; i < 20; i++) {
      if (i == 3) {
        assertThat(((Outcome.Failed) outcomes.get(i)).question()).isEqualTo(questions.get(i));
      } else {
        assertThat(((Outcome.Answered) outcomes.get(i)).answer().page().total())
            .isEqualTo(Integer.toString(i));
      }
    }
  }

  private static final Page FULL =
      new Page(List.<Object[]>of(new Object[] {42L, 7L, 1L}), "1", Optional.empty());

  private static PlanBuilder overEvents() {
    return PlanBuilder.plan("shipments")
        .key("user_id", ValueType.INTEGER, "bigint")
        .key("site_id", ValueType.INTEGER, "bigint")
        .entryKey("id", ValueType.INTEGER, "bigint")
        .overEvents("shipments");
  }

  private static Question ofEvents(PlanBuilder plan, String written) throws BadForm {
    ServedView view = new ServedView(plan.build(), 1, "job", 128);
    return new Question(
        view,
        List.of(42L, 7L),
        List.of(),
        50,
        Optional.empty(),
        false,
        written.isEmpty()
            ? Optional.empty()
            : Optional.of(WritePosition.parse(written, view.plan())),
        Duration.ZERO);
  }

  private static Store events(Instant asOf, Optional<Reason> invalid, Page page) {
    return question ->
        new Store.Reading(
            Optional.of(new Progress(9, "shipments/0:7,shipments/3:4711", Optional.of(asOf), true)),
            invalid,
            false,
            page);
  }

  private static Unanswered.Kind problem(Answerer answerer, Question question) {
    try {
      throw new AssertionError(answer(answerer, question));
    } catch (Unanswered e) {
      return e.kind();
    }
  }

  @Test
  void aViewOverEventsIsAnsweredFromTheProjectionOrNotAtAll() throws Exception {
    Question plain = ofEvents(overEvents(), "");
    Store fresh = events(NOW, Optional.empty(), FULL);
    Answer answer = answer(answerer(fresh, MYSQL), plain);
    assertThat(answer.source()).isEqualTo(Source.PROJECTION);
    assertThat(answer.printedVersion()).contains("shipments/0:7,shipments/3:4711");

    Store old = events(NOW.minusSeconds(6), Optional.empty(), FULL);
    Store invalid = events(NOW, Optional.of(Reason.UNSTORABLE), FULL);
    Store down =
        question -> {
          throw new Store.Unavailable("down");
        };
    for (Store store : List.of(old, invalid, down)) {
      assertThat(problem(answerer(store, MYSQL), plain))
          .isEqualTo(Unanswered.Kind.PROJECTION_UNAVAILABLE);
    }
    Question lenient = ofEvents(overEvents().staleOnError(), "");
    assertThat(answer(answerer(old, MYSQL), lenient).isStale()).isTrue();
    assertThat(problem(answerer(invalid, MYSQL), lenient))
        .isEqualTo(Unanswered.Kind.PROJECTION_UNAVAILABLE);
  }

  @Test
  void aKeyOfAViewOverEventsWithoutEntriesIsUnknown() throws Exception {
    Question plain = ofEvents(overEvents(), "");
    assertThat(problem(answerer(events(NOW, Optional.empty(), STORED), MYSQL), plain))
        .isEqualTo(Unanswered.Kind.UNKNOWN_KEY);
    ServedView texts =
        new ServedView(
            PlanBuilder.plan("texts")
                .key("id", ValueType.STRING, "varchar(255)")
                .overEvents("shipments")
                .build(),
            1,
            "job",
            128);
    assertThat(
            problem(
                answerer(events(NOW, Optional.empty(), FULL), MYSQL),
                new Question(texts, List.of("a\0"), 50, Optional.empty())))
        .as("a key that no event has")
        .isEqualTo(Unanswered.Kind.UNKNOWN_KEY);
    Question behindTheLast =
        new Question(plain.view(), plain.key(), 50, Optional.of(List.of((Object) 9L)));
    assertThat(answer(answerer(events(NOW, Optional.empty(), STORED), MYSQL), behindTheLast).page())
        .isSameAs(STORED);
  }

  @Test
  void anAcknowledgedEventIsInTheAnswerOrThereIsNone() throws Exception {
    Answerer answerer = answerer(events(NOW, Optional.empty(), FULL), MYSQL);
    assertThat(answer(answerer, ofEvents(overEvents(), "shipments/3:4711")).page()).isSameAs(FULL);
    assertThat(problem(answerer, ofEvents(overEvents(), "shipments/3:4712")))
        .isEqualTo(Unanswered.Kind.PROJECTION_UNAVAILABLE);
    assertThat(problem(answerer, ofEvents(overEvents(), "shipments/1:0")))
        .isEqualTo(Unanswered.Kind.PROJECTION_UNAVAILABLE);
  }

  private static Answer answer(Answerer answerer, Question question) throws Unanswered {
    try {
      return answerer.ask(question, Caller.PATIENT).join();
    } catch (CompletionException e) {
      throw Unanswered.behind(e).orElseThrow(() -> e);
    }
  }

  private static void assertUnanswered(Answerer answerer, Question question) {
    assertThatThrownBy(() -> answer(answerer, question)).isInstanceOf(Unanswered.class);
  }

  private static Question asked(ServedView view, String written) throws BadForm {
    return new Question(
        view,
        List.of(42L, 7L),
        List.of(),
        50,
        Optional.empty(),
        false,
        Optional.of(WritePosition.parse("binlog.000000:" + written)),
        Duration.ZERO);
  }

  private static Store.Reading reading(
      Optional<Instant> asOf, boolean handedOver, Optional<Reason> invalid) {
    return new Store.Reading(
        Optional.of(new Progress(4567, "", asOf, handedOver)), invalid, false, STORED);
  }

  @Test
  void theProjectionAnswersWhileItIsFresh() throws Unanswered {
    Answer answer = answer(answerer(stored(NOW.minusMillis(38)), MYSQL), QUESTION);

    assertThat(answer.source()).isEqualTo(Source.PROJECTION);
    assertThat(answer.state()).contains(KeyState.VALID);
    assertThat(answer.reason()).isEmpty();
    assertThat(answer.version()).contains(4567L);
    assertThat(answer.asOf()).isEqualTo(NOW.minusMillis(38));
    assertThat(answer.lag()).isEqualTo(Duration.ofMillis(38));
    assertThat(answer.page()).isSameAs(STORED);
  }

  @Test
  void mysqlAnswersWhatIsTooOld() throws Unanswered {
    Answer answer = answer(answerer(stored(NOW.minusSeconds(6)), MYSQL), QUESTION);

    assertThat(answer.source()).isEqualTo(Source.MYSQL);
    assertThat(answer.state()).contains(KeyState.VALID);
    assertThat(answer.reason()).contains(FallbackReason.STALE);
    assertThat(answer.version()).isEmpty();
    assertThat(answer.asOf()).isEqualTo(NOW);
    assertThat(answer.page()).isSameAs(FROM_MYSQL);
  }

  @Test
  void mysqlAnswersWhenTheStoreDoesNot() throws Unanswered {
    Store down =
        question -> {
          throw new Store.Unavailable("down", null);
        };

    Answer answer = answer(answerer(down, MYSQL), QUESTION);

    assertThat(answer.state()).isEmpty();
    assertThat(answer.reason()).contains(FallbackReason.STORE_UNAVAILABLE);
    assertThat(answer.page()).isSameAs(FROM_MYSQL);
  }

  @Test
  void mysqlAnswersWhatTheStoreCannotHold() throws Unanswered {
    ServedView words =
        new ServedView(
            PlanBuilder.plan("words")
                .key("word", ValueType.STRING, "varchar(4000)")
                .entryKey("title", ValueType.STRING, "varchar(20)")
                .build(),
            1,
            "job",
            128);
    Store unasked =
        question -> {
          throw new AssertionError("asked for " + question);
        };

    for (Question question :
        List.of(
            new Question(words, List.of("a\0b"), 50, Optional.empty()),
            new Question(words, List.of("é".repeat(1300)), 50, Optional.empty()),
            new Question(words, List.of("a"), 50, Optional.of(List.of("b\0"))))) {
      Answer answer = answer(answerer(unasked, MYSQL), question);

      assertThat(answer.state()).contains(KeyState.INVALID);
      assertThat(answer.reason()).contains(FallbackReason.of(Reason.UNSTORABLE));
      assertThat(answer.page()).isSameAs(FROM_MYSQL);
    }
    Question sound = new Question(words, List.of("a"), 50, Optional.of(List.of("b")));
    assertThat(answer(answerer(stored(NOW), MYSQL), sound).source()).isEqualTo(Source.PROJECTION);
  }

  /** A store with a key of a view that is populated on read. */
  private static class Populated implements Store {
    private volatile boolean absent = true;
    private volatile boolean down;
    private volatile boolean broken;
    private volatile Page page = STORED;
    private final AtomicLong looks = new AtomicLong();

    /**
     * Holds a read for waiting questions until it opens; that read returns the previous page,
     * STORED.
     */
    private final AtomicReference<CountDownLatch> gate = new AtomicReference<>();

    private final CountDownLatch held = new CountDownLatch(1);

    @Override
    public Reading read(Question question) throws Unavailable {
      looks.incrementAndGet();
      if (broken) {
        throw new LinkageError("a defect");
      }
      if (down) {
        throw new Unavailable("down", null);
      }
      CountDownLatch open = gate.get();
      if (open != null && Thread.currentThread().getName().equals("population-watch")) {
        held.countDown();
        try {
          open.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
        return reading(false, STORED);
      }
      return reading(absent, page);
    }

    private static Reading reading(boolean absent, Page page) {
      return new Reading(
          Optional.of(new Progress(4567, "", Optional.of(NOW), true)),
          Optional.empty(),
          absent,
          page);
    }
  }

  @Test
  void aKeyThatIsNotThereIsAnsweredByMysqlAndAskedFor() throws Unanswered {
    Populated store = new Populated();

    Answer answer = answer(answerer(store, MYSQL), ON_READ);
    assertThat(answer.page()).isSameAs(FROM_MYSQL);
    assertThat(answer.state()).contains(KeyState.ABSENT);
    assertThat(answer.reason()).contains(FallbackReason.ABSENT);
    assertThat(demand.heard).containsExactly("wanted [42, 7]");

    store.absent = false;
    assertThat(answer(answerer(store, MYSQL), ON_READ).page()).isSameAs(STORED);
    assertThat(demand.heard).containsExactly("wanted [42, 7]", "read [42, 7]");

    answer(answerer(stored(NOW), MYSQL), QUESTION);
    assertThat(demand.heard).as("nobody counts the reads of an eager view").hasSize(2);
  }

  @Test
  void aThousandFirstReadsOfAKeyAreOneQuery() {
    AtomicLong queries = new AtomicLong();
    Origin counted =
        (question, handle) -> {
          queries.incrementAndGet();
          return FROM_MYSQL;
        };
    Populated store = new Populated();
    Answerer answerer = answerer(store, counted);
    demand.rest = Optional.of(PopulateRequests.PATIENCE);

    CompletableFuture<Answer> first = answerer.ask(ON_READ, Caller.PATIENT);
    assertThat(first.join().source()).isEqualTo(Source.MYSQL);
    List<CompletableFuture<Answer>> others =
        Stream.generate(() -> answerer.ask(ON_READ, Caller.PATIENT)).limit(999).toList();
    assertThat(others).noneMatch(CompletableFuture::isDone);
    store.absent = false;

    assertThat(others)
        .allSatisfy(each -> assertThat(each.join().source()).isEqualTo(Source.PROJECTION));
    assertThat(queries).hasValue(1);
    assertThat(store.looks).as("one for all in 10 ms").hasValueLessThan(200);
  }

  @Test
  void whatIsNotPopulatedInTimeMysqlAnswers() throws Exception {
    Populated store = new Populated();
    Answerer answerer = answerer(store, MYSQL);
    answer(answerer, ON_READ);
    demand.rest = Optional.of(Duration.ofMillis(10));
    Answer late = answer(answerer, ON_READ);
    assertThat(late.page()).isSameAs(FROM_MYSQL);
    assertThat(late.reason()).contains(FallbackReason.ABSENT);

    store.looks.set(0);
    demand.rest = Optional.of(Duration.ZERO);
    assertThat(answer(answerer, ON_READ).reason()).contains(FallbackReason.ABSENT);
    assertThat(store.looks).as("the time was over, and it is looked for once more").hasValue(2);

    demand.rest = Optional.empty();
    assertThat(answer(answerer, ON_READ).reason()).contains(FallbackReason.ABSENT);
    assertThat(store.looks).as("there is no hope").hasValue(3);
  }

  @Test
  void whoFindsNoKeySaysWhenHeSetOutToLook() throws Exception {
    long[] looking = new long[1];
    Populated store =
        new Populated() {
          @Override
          public Reading read(Question question) throws Unavailable {
            looking[0] = System.nanoTime();
            return super.read(question);
          }
        };
    long before = System.nanoTime();
    answer(answerer(store, MYSQL), ON_READ);
    assertThat(demand.looked - before).isNotNegative();
    assertThat(looking[0] - demand.looked).isNotNegative();
  }

  @Test
  void neitherABatchNorAnAnswerThatMustShowAWriteWaitsForAKey() throws Exception {
    Populated store = new Populated();
    Answerer answerer = answerer(store, MYSQL);
    answer(answerer, ON_READ);
    demand.rest = Optional.of(PopulateRequests.PATIENCE);
    CompletableFuture<Answer> waiting = answerer.ask(ON_READ, Caller.PATIENT);

    assertThat(answerer.ask(List.of(ON_READ), Caller.PATIENT).join())
        .singleElement()
        .isInstanceOf(Outcome.Answered.class);
    assertThat(answer(answerer, asked(ON_READ.view(), "4567")).reason())
        .contains(FallbackReason.ABSENT);
    assertThat(waiting).isNotDone();

    watches.get(0).close();
    assertThat(waiting.join().reason()).as("told at the end").contains(FallbackReason.ABSENT);
  }

  @Test
  void nobodyIsToldWhatWasReadBeforeHeCame() throws Exception {
    Populated store = new Populated();
    Answerer answerer = answerer(store, MYSQL);
    answer(answerer, ON_READ);
    demand.rest = Optional.of(PopulateRequests.PATIENCE);
    CountDownLatch open = new CountDownLatch(1);
    store.gate.set(open);
    CompletableFuture<Answer> before = answerer.ask(ON_READ, Caller.PATIENT);
    store.held.await();
    CompletableFuture<Answer> after = answerer.ask(ON_READ, Caller.PATIENT);
    assertThat(before).isNotDone();
    store.absent = false;
    store.page = new Page(List.of(), "newer", Optional.empty());
    store.gate.set(null);
    open.countDown();

    assertThat(before.join().page()).isSameAs(STORED);
    assertThat(after.join().page()).isSameAs(store.page);
  }

  @Test
  void aStoreThatIsAwayIsAskedOnceForAllWhoWait() {
    AtomicLong failures = new AtomicLong();
    Populated store =
        new Populated() {
          @Override
          public List<Reading> read(List<Question> questions) throws Unavailable {
            try {
              return super.read(questions);
            } catch (Unavailable e) {
              failures.incrementAndGet();
              throw e;
            }
          }
        };
    PopulationWatch watch = new PopulationWatch(store);
    watches.add(watch);
    List<CompletableFuture<PopulationWatch.End>> waiting =
        LongStream.range(0, 200)
            .mapToObj(i -> new Question(ON_READ.view(), List.of(42L, i), 50, Optional.empty()))
            .map(question -> watch.await(question, Duration.ofDays(1)))
            .toList();
    store.down = true;

    assertThat(waiting)
        .allSatisfy(
            each -> assertThat(each.join().otherwise()).isEqualTo(Servability.STORE_UNAVAILABLE));
    assertThat(failures)
        .as("of seven batches; those of a look begun before once more")
        .hasValueBetween(1, 2);
  }

  @Test
  void aDefectEndsTheWaitingAndNotTheWatch() {
    Populated store = new Populated();
    PopulationWatch watch = new PopulationWatch(store);
    watches.add(watch);
    CompletableFuture<PopulationWatch.End> first = watch.await(ON_READ, Duration.ofDays(1));
    store.broken = true;
    assertThat(first.join().otherwise()).isEqualTo(Servability.ABSENT);

    store.broken = false;
    CompletableFuture<PopulationWatch.End> second = watch.await(ON_READ, Duration.ofDays(1));
    store.absent = false;
    assertThat(second.join().reading()).isPresent();
  }

  @Test
  void nobodyWaitsForAKeyWhileTheStoreIsAway() throws Exception {
    Populated store = new Populated();
    Answerer answerer = answerer(store, MYSQL);
    answer(answerer, ON_READ);
    demand.rest = Optional.of(PopulateRequests.PATIENCE);
    CompletableFuture<Answer> waiting = answerer.ask(ON_READ, Caller.PATIENT);
    store.down = true;

    assertThat(waiting.join().reason()).contains(FallbackReason.STORE_UNAVAILABLE);
    assertThat(waiting.join().state()).isEmpty();
    assertThat(waiting.join().page()).isSameAs(FROM_MYSQL);
  }

  @Test
  void aWriteIsWaitedForAndThenMysqlIsAsked() throws Exception {
    List<Duration> waited = new ArrayList<>();
    AtomicLong version = new AtomicLong(4567);
    Store store =
        question ->
            new Store.Reading(
                Optional.of(new Progress(version.get(), "", Optional.of(NOW), true)),
                Optional.empty(),
                false,
                STORED);
    Answerer answerer =
        answerer(
            store,
            (question, written, most) -> {
              waited.add(most);
              version.addAndGet(1);
              return CompletableFuture.completedFuture(version.get() < 4570);
            },
            MYSQL);
    Question shown = after("binlog.000000:4567");
    assertThat(answer(answerer, shown).source()).isEqualTo(Source.PROJECTION);
    assertThat(waited).isEmpty();
    assertThat(answer(answerer, after("binlog.000000:4568")).version()).contains(4568L);
    assertThat(waited).containsExactly(Duration.ofMillis(70));
    Answer behind = answer(answerer, after("binlog.000000:9999"));
    assertThat(behind.source()).isEqualTo(Source.MYSQL);
    assertThat(behind.state()).contains(KeyState.VALID);
    assertThat(behind.reason()).contains(FallbackReason.BEHIND);
  }

  @Test
  void whatIsStaleIsNotWaitedFor() throws Exception {
    Arrivals unasked =
        (question, written, most) -> {
          throw new AssertionError("waited for " + written);
        };
    Answer answer =
        answer(answerer(stored(NOW.minusSeconds(6)), unasked, MYSQL), after("binlog.000000:9999"));
    assertThat(answer.reason()).contains(FallbackReason.STALE);
  }

  private static Question after(String written) throws BadForm {
    return new Question(
        VIEW,
        List.of(42L, 7L),
        List.of(),
        50,
        Optional.empty(),
        false,
        Optional.of(WritePosition.parse(written)),
        Duration.ofMillis(70));
  }

  @Test
  void aClockThatIsAheadMakesNoNegativeLag() throws Unanswered {
    assertThat(answer(answerer(stored(NOW.plusSeconds(1)), MYSQL), QUESTION).lag())
        .isEqualTo(Duration.ZERO);
  }

  @Test
  void aFullGateTurnsFallbacksAwayButNotTheProjection() throws Unanswered {
    assertThat(gate.enter(Principal.SOLE)).isEmpty();

    assertThatThrownBy(() -> answer(answerer(stored(NOW.minusSeconds(6)), MYSQL), QUESTION))
        .isInstanceOfSatisfying(
            Unanswered.class, e -> assertThat(e.kind()).isEqualTo(Unanswered.Kind.OVERLOAD));
    assertThat(answer(answerer(stored(NOW), MYSQL), QUESTION).source())
        .isEqualTo(Source.PROJECTION);
  }

  @Test
  void aFailedFallbackGivesItsPlaceBack() {
    Origin slow =
        (question, handle) -> {
          throw new Unanswered(Unanswered.Kind.TIMEOUT, "slow");
        };

    assertThatThrownBy(() -> answer(answerer(stored(NOW.minusSeconds(6)), slow), QUESTION))
        .hasMessage("slow");
    assertThat(gate.occupied()).isZero();
  }

  private Answerer answerer(Store store, Origin origin) {
    return answerer(
        store, (question, written, most) -> CompletableFuture.completedFuture(false), origin);
  }

  private Answerer answerer(Store store, Arrivals arrivals, Origin origin) {
    Breaker breaker = new Breaker(() -> true, () -> true);
    breakers.add(breaker);
    FallbackQueries fallbacks =
        new FallbackQueries(
            origin, new Admission(gate, 0, SHARES), breaker, AnswerMetrics.NONE, () -> NOW);
    opened.add(fallbacks);
    PopulationWatch population = new PopulationWatch(store);
    watches.add(population);
    return new Answerer(
        store, arrivals, population, fallbacks, demand, AnswerMetrics.NONE, () -> NOW);
  }

  private static Store stored(Instant asOf) {
    return question ->
        new Store.Reading(
            Optional.of(new Progress(4567, "", Optional.of(asOf), true)),
            Optional.empty(),
            false,
            STORED);
  }
}

package dev.freshet.reader.answer;

import dev.freshet.reader.answer.Answer.Source;
import dev.freshet.store.FallbackReason;
import dev.freshet.store.KeyState;
import dev.freshet.store.Progress;
import dev.freshet.store.Servability;
import dev.freshet.store.Servability.NotServed;
import dev.freshet.store.Servability.Served;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Answers questions from the projection if {@link Servability} allows it, otherwise from MySQL.
 *
 * <p>An answer from the projection is complete up to its version, and MySQL confirmed it within the
 * view's FRESHNESS, measured with this reader's clock. An answer from MySQL is current as of the
 * moment its query was sent; it has no version, but the reason why MySQL was queried. {@link
 * FallbackQueries} protects MySQL from too many queries; a rejected question fails with {@link
 * Unanswered}.
 *
 * <p>A view may declare {@code stale-on-error}: if MySQL does not answer, a key that is VALID and
 * only too old is answered from the projection, and the answer is marked as stale. Such an answer
 * also contains the write that the question requires.
 *
 * <p>If a key is missing in a view that is populated on read, the job is asked to populate it.
 * Questions that arrive within {@link PopulateRequests#PATIENCE} after that request wait for the
 * key, at most for the rest of this time ({@link PopulationWatch}). Questions of a batch, and
 * questions that require a write, do not wait; nor does any question while populating takes longer
 * than that.
 *
 * <p>If a question requires a write, {@link Arrivals} waits until the projection contains the
 * write, at most for the question's {@code patience}. If the projection does not contain it by
 * then, MySQL is queried, which contains the write if it is the server that was written to.
 *
 * <p>A view over events has no MySQL to ask. If its projection cannot answer, the question fails
 * with {@link Unanswered.Kind#PROJECTION_UNAVAILABLE}, unless the view declares {@code
 * stale-on-error} and the key is only too old. A key without entries is unknown.
 *
 * <p>Thread-safe.
 */
public final class Answerer {
  private final Store store;
  private final Arrivals arrivals;
  private final PopulationWatch population;
  private final FallbackQueries fallbacks;
  private final PopulateRequests populateRequests;
  private final AnswerMetrics metrics;
  private final InstantSource clock;

  public Answerer(
      Store store,
      Arrivals arrivals,
      PopulationWatch population,
      FallbackQueries fallbacks,
      PopulateRequests populateRequests,
      AnswerMetrics metrics,
      InstantSource clock) {
    this.store = store;
    this.arrivals = arrivals;
    this.population = population;
    this.fallbacks = fallbacks;
    this.populateRequests = populateRequests;
    this.metrics = metrics;
    this.clock = clock;
  }

  /**
   * Answers a question. Reads the projection in the calling thread, and queries MySQL in another
   * thread.
   *
   * @return a future that fails with {@link Unanswered} if neither database answered
   */
  public CompletableFuture<Answer> ask(Question question, Caller caller) {
    if (!question.isOfTheStore()) {
      return fromMysql(question, Servability.UNSTORABLE_KEY, caller);
    }
    boolean patient = question.written().isEmpty();
    if (patient && question.view().plan().options().onRead()) {
      Optional<CompletableFuture<PopulationWatch.End>> others = population.join(question);
      if (others.isPresent()) {
        return whenPopulated(question, others.get(), caller);
      }
    }
    long looked = System.nanoTime();
    try {
      return answer(question, read(question, caller), looked, caller, patient);
    } catch (Store.Unavailable e) {
      return fromMysql(question, Servability.STORE_UNAVAILABLE, caller);
    } catch (Unanswered e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Answers a question from MySQL without reading the projection, so that a caller can compare
   * both. The limits of {@link FallbackQueries} apply. Blocks for a second at most.
   *
   * @return a future that fails with {@link Unanswered} if MySQL did not answer
   */
  public CompletableFuture<MysqlAnswer> askMysql(Question question, Caller caller) {
    // A request joins only queries that start later, so that they see these transactions.
    Optional<String> executed = fallbacks.executed();
    return fromMysql(question, Servability.REQUESTED, caller)
        .thenApply(answer -> new MysqlAnswer(answer, executed));
  }

  private Store.Reading read(Question question, Caller caller)
      throws Store.Unavailable, Unanswered {
    return read(List.of(question), caller).get(0);
  }

  private List<Store.Reading> read(List<Question> questions, Caller caller)
      throws Store.Unavailable, Unanswered {
    long begun = System.nanoTime();
    Optional<String> failure = Optional.of("failed");
    try {
      List<Store.Reading> read = store.read(questions, caller.meter());
      failure = Optional.empty();
      return read;
    } catch (Store.Unavailable e) {
      failure = Optional.of(Servability.STORE_UNAVAILABLE.reason().wireName());
      throw e;
    } catch (Unanswered e) {
      failure = Optional.of(e.kind().wireName());
      throw e;
    } finally {
      caller.trace().ended(Trace.Step.STORE, begun, failure);
    }
  }

  /**
   * Answers many questions about one view. Reads all of them from the store at once, and the
   * remaining ones from MySQL, a few at a time. Equal questions are asked once.
   *
   * @return the outcomes in the order of the questions; a future that fails with {@link Unanswered}
   *     if the answers of the store are too large
   */
  public CompletableFuture<List<Outcome>> ask(List<Question> asked, Caller caller) {
    List<Question> questions = asked.stream().distinct().toList();
    return askOnce(questions, caller)
        .thenApply(
            outcomes -> {
              Map<Question, Outcome> known = new HashMap<>();
              for (int i = 0; i < questions.size(); i++) {
                known.put(questions.get(i), outcomes.get(i));
              }
              return asked.stream().map(known::get).toList();
            });
  }

  private CompletableFuture<List<Outcome>> askOnce(List<Question> questions, Caller caller) {
    List<Question> ofTheStore = questions.stream().filter(Question::isOfTheStore).toList();
    Map<Question, Store.Reading> readings = new HashMap<>();
    long looked = System.nanoTime();
    try {
      List<Store.Reading> read = ofTheStore.isEmpty() ? List.of() : read(ofTheStore, caller);
      for (int i = 0; i < read.size(); i++) {
        readings.put(ofTheStore.get(i), read.get(i));
      }
    } catch (Store.Unavailable e) {
      // Each question is then answered by MySQL with this reason.
    } catch (Unanswered e) {
      return CompletableFuture.failedFuture(e);
    }
    return Batch.of(
        questions,
        fallbacks.share(),
        question -> {
          Store.Reading reading = readings.get(question);
          if (reading != null) {
            return answer(question, reading, looked, caller, false);
          }
          return fromMysql(
              question,
              question.isOfTheStore() ? Servability.STORE_UNAVAILABLE : Servability.UNSTORABLE_KEY,
              caller);
        });
  }

  private CompletableFuture<Answer> answer(
      Question question, Store.Reading reading, long looked, Caller caller, boolean patient) {
    Instant now = clock.instant();
    Servability servability = servability(question, reading, now);
    Optional<Duration> rest =
        populateRequests.found(question, servability, looked, caller.principal());
    if (patient && rest.isPresent()) {
      release(reading, caller);
      return whenPopulated(question, population.await(question, rest.get()), caller);
    }
    if (servability.equals(Servability.BEHIND)) {
      release(reading, caller);
      return whenArrived(question, caller);
    }
    return answer(question, reading, servability, now, caller);
  }

  private CompletableFuture<Answer> whenArrived(Question question, Caller caller) {
    long from = System.nanoTime();
    return arrivals
        .await(question, question.written().orElseThrow(), question.patience())
        .thenCompose(
            arrived -> {
              metrics.waited(arrived, Duration.ofNanos(System.nanoTime() - from));
              traceWait(caller, from, arrived);
              return arrived
                  ? readAgain(question, caller)
                  : fromMysql(question, Servability.BEHIND, caller);
            });
  }

  private CompletableFuture<Answer> readAgain(Question question, Caller caller) {
    try {
      Store.Reading reading = read(question, caller);
      Instant now = clock.instant();
      return answer(question, reading, servability(question, reading, now), now, caller);
    } catch (Store.Unavailable e) {
      return fromMysql(question, Servability.STORE_UNAVAILABLE, caller);
    } catch (Unanswered e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static void traceWait(Caller caller, long from, boolean reached) {
    caller.trace().ended(Trace.Step.WAIT, from, reached ? Optional.empty() : Optional.of("behind"));
  }

  private CompletableFuture<Answer> whenPopulated(
      Question question, CompletableFuture<PopulationWatch.End> waiting, Caller caller) {
    long from = System.nanoTime();
    return waiting.thenCompose(
        end -> {
          metrics.waited(end.reading().isPresent(), Duration.ofNanos(System.nanoTime() - from));
          traceWait(caller, from, end.reading().isPresent());
          if (end.reading().isEmpty()) {
            return fromMysql(question, end.otherwise(), caller);
          }
          Store.Reading reading = end.reading().get();
          try {
            caller.meter().add(reading.page().bytes());
          } catch (Unanswered e) {
            return CompletableFuture.failedFuture(e);
          }
          Instant now = clock.instant();
          Servability servability = servability(question, reading, now);
          populateRequests.found(question, servability, System.nanoTime(), caller.principal());
          return answer(question, reading, servability, now, caller);
        });
  }

  private CompletableFuture<Answer> answer(
      Question question,
      Store.Reading reading,
      Servability servability,
      Instant now,
      Caller caller) {
    if (servability instanceof Served served) {
      if (isUnknown(question, reading.page())) {
        release(reading, caller);
        return CompletableFuture.failedFuture(unknown(question));
      }
      return CompletableFuture.completedFuture(
          Answer.ofProjection(question, served, now, reading.page()));
    }
    NotServed why = (NotServed) servability;
    // The answer of MySQL may be as large as an answer may be.
    release(reading, caller);
    CompletableFuture<Answer> answer = fromMysql(question, why, caller);
    return mayBeStale(question, reading, why)
        ? staleOnError(question, reading, answer, caller)
        : answer;
  }

  /** Whether a view over events has no entry of the key; with a cursor a page may be empty. */
  private static boolean isUnknown(Question question, Page page) {
    return question.view().plan().isOverEvents()
        && page.rows().isEmpty()
        && question.after().isEmpty();
  }

  private static Unanswered unknown(Question question) {
    return new Unanswered(
        Unanswered.Kind.UNKNOWN_KEY,
        "view %s has no entry of this key".formatted(question.view().name()));
  }

  /** Why a view over events has no answer. */
  private static Unanswered withoutMysql(Question question, NotServed why) {
    // No event has a key that the store cannot hold.
    return !question.isOfTheStore()
        ? unknown(question)
        : new Unanswered(
            Unanswered.Kind.PROJECTION_UNAVAILABLE,
            "the projection cannot answer (%s), and view %s is over events: there is no MySQL to ask"
                .formatted(why.reason().wireName(), question.view().name()));
  }

  /** Gives back the bytes of a reading that is not part of the answer. */
  private static void release(Store.Reading reading, Caller caller) {
    try {
      caller.meter().add(-reading.page().bytes());
    } catch (Unanswered e) {
      // The request has ended, and has given back all bytes.
    }
  }

  private static Servability servability(Question question, Store.Reading reading, Instant now) {
    Servability servability = reading.servability(question.view().plan().freshness(), now);
    return servability instanceof Served && !isShown(question, reading)
        ? Servability.BEHIND
        : servability;
  }

  private static boolean isShown(Question question, Store.Reading reading) {
    return question.written().isEmpty()
        || reading.progress().isEmpty()
        || question.written().get().isIn(reading.progress().get());
  }

  /** Whether a reading may be served as stale: it is only too old, and its age is known. */
  private static boolean mayBeStale(Question question, Store.Reading reading, NotServed why) {
    return question.view().plan().options().staleOnError()
        && why.reason().equals(FallbackReason.STALE)
        && reading.progress().flatMap(Progress::asOf).isPresent()
        && isShown(question, reading);
  }

  private CompletableFuture<Answer> staleOnError(
      Question question,
      Store.Reading reading,
      CompletableFuture<Answer> fromMysql,
      Caller caller) {
    Progress progress = reading.progress().orElseThrow();
    return fromMysql.exceptionallyCompose(
        why -> {
          if (Unanswered.behind(why).filter(Unanswered::mayPass).isEmpty()) {
            return CompletableFuture.failedFuture(why);
          }
          try {
            caller.meter().add(reading.page().bytes());
          } catch (Unanswered e) {
            return CompletableFuture.failedFuture(e);
          }
          return CompletableFuture.completedFuture(
              fromProjection(
                  question,
                  reading,
                  progress.version(),
                  progress.gtids(),
                  progress.asOf().orElseThrow(),
                  clock.instant(),
                  Optional.of(FallbackReason.STALE)));
        });
  }

  private static Answer fromProjection(
      Question question,
      Store.Reading reading,
      long version,
      String gtids,
      Instant asOf,
      Instant now,
      Optional<FallbackReason> reason) {
    return new Answer(
        question,
        Source.PROJECTION,
        Optional.of(KeyState.VALID),
        reason,
        Optional.of(version),
        gtids,
        asOf,
        Duration.between(asOf, now),
        reading.page());
  }

  private CompletableFuture<Answer> fromMysql(Question question, NotServed why, Caller caller) {
    if (question.view().plan().isOverEvents()) {
      return CompletableFuture.failedFuture(withoutMysql(question, why));
    }
    long begun = System.nanoTime();
    return fallbacks
        .read(question, why.reason(), caller)
        .whenComplete(
            (reading, failure) ->
                caller.trace().ended(Trace.Step.MYSQL, begun, word(Optional.ofNullable(failure))))
        .thenCompose(
            reading -> {
              try {
                caller.meter().add(reading.page().bytes());
              } catch (Unanswered e) {
                return CompletableFuture.failedFuture(e);
              }
              return CompletableFuture.completedFuture(fromMysql(question, why, reading));
            });
  }

  private static Optional<String> word(Optional<Throwable> failure) {
    return failure.map(
        why -> Unanswered.behind(why).map(it -> it.kind().wireName()).orElse("failed"));
  }

  private Answer fromMysql(Question question, NotServed why, FallbackQueries.Reading reading) {
    return new Answer(
        question,
        Source.MYSQL,
        why.state(),
        Optional.of(why.reason()),
        Optional.empty(),
        "",
        reading.sent(),
        Duration.between(reading.sent(), clock.instant()),
        reading.page());
  }
}

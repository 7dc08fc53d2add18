package dev.freshet.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.check.SourceModel.Conversation;
import dev.freshet.check.SourceModel.Participant;
import dev.freshet.check.SourceModel.ParticipantId;
import dev.freshet.check.SourceModel.User;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests that the judge finds every kind of wrong answer, and accepts right answers. */
class JudgeTest {
  private static final ViewKey KEY = new ViewKey(1, 7);

  private final SourceModel model = new SourceModel();
  private final Tally tally = new Tally();
  private final Judge judge = new Judge(model, tally);

  /**
   * The history of a key: conversations 10 to 12 have messages at times 100 to 102; at version 50
   * conversation 10 gets a newer message and moves to the top.
   */
  @BeforeEach
  void history() {
    model.putUser(2, new User("Ada", null));
    for (long id = 10; id < 13; id++) {
      model.putConversation(id, new Conversation(7, 90 + id, false));
      model.putParticipant(new ParticipantId(id, 1), new Participant(2L, 0));
    }
    model.begin();
    model.putConversation(10, new Conversation(7, 200, false));
    model.commit(50, 1000, 2000);
  }

  @Test
  void theAnswerAtTheVersionItNamesIsRight() {
    judge(projection(49, entry(12, 102), entry(11, 101), entry(10, 100)));
    judge(projection(50, entry(10, 200), entry(12, 102), entry(11, 101)));

    assertThat(tally.checked()).isEqualTo(2);
    assertThat(tally.clean()).isTrue();
  }

  @Test
  void anAnswerThatIsAheadOfItsVersionIsWrong() {
    judge(projection(49, entry(10, 200), entry(12, 102), entry(11, 101)));

    assertThat(tally.wrong()).isEqualTo(1);
  }

  @Test
  void anAnswerThatIsBehindItsVersionIsWrong() {
    judge(projection(50, entry(12, 102), entry(11, 101), entry(10, 100)));

    assertThat(tally.wrong()).isEqualTo(1);
  }

  @Test
  void aMissingRowIsWrongAndCounted() {
    judge(projection(50, entry(10, 200), entry(11, 101)));

    assertThat(tally.wrong()).isEqualTo(1);
    assertThat(tally.rowsMissing()).isEqualTo(1);
  }

  @Test
  void aMissingNameIsWrongAndCounted() {
    judge(projection(50, entry(10, 200), new Entry(12, 102, null, null), entry(11, 101)));

    assertThat(tally.wrong()).isEqualTo(1);
    assertThat(tally.namesMissing()).isEqualTo(1);
  }

  @Test
  void rowsOutOfOrderAreWrong() {
    judge(projection(50, entry(12, 102), entry(10, 200), entry(11, 101)));

    assertThat(tally.wrong()).isEqualTo(1);
  }

  @Test
  void aWrongTotalIsWrong() {
    judge(
        seen(
            new Answer(
                true, 50, "2", List.of(entry(10, 200), entry(12, 102), entry(11, 101)), null)));

    assertThat(tally.wrong()).isEqualTo(1);
  }

  @Test
  void aPageContainsTheEntriesAfterItsCursor() {
    Answer second = new Answer(true, 50, "3", List.of(entry(11, 101)), null);
    judge(new Observation(KEY, 2, entry(12, 102), 0, 0, 0, second));
    Answer first = new Answer(true, 50, "3", List.of(entry(10, 200), entry(12, 102)), "next");
    judge(new Observation(KEY, 2, null, 0, 0, 0, first));
    assertThat(tally.clean()).isTrue();

    judge(new Observation(KEY, 2, entry(10, 200), 0, 0, 0, second));
    assertThat(tally.wrong()).isEqualTo(1);
  }

  @Test
  void aCursorTooFewOrTooManyIsWrong() {
    judge(
        new Observation(
            KEY,
            2,
            null,
            0,
            0,
            0,
            new Answer(true, 50, "3", List.of(entry(10, 200), entry(12, 102)), null)));
    judge(
        seen(
            new Answer(
                true, 50, "3", List.of(entry(10, 200), entry(12, 102), entry(11, 101)), "next")));

    assertThat(tally.wrong()).isEqualTo(2);
  }

  @Test
  void aVersionBelowOneSeenBeforeWentBack() {
    Answer old =
        new Answer(true, 49, "3", List.of(entry(12, 102), entry(11, 101), entry(10, 100)), null);
    judge(new Observation(KEY, 50, null, 50, 0, 0, old));

    assertThat(tally.wentBack()).isEqualTo(1);
    assertThat(tally.wrong()).isZero();
  }

  @Test
  void anAnswerFromMysqlMatchesAStateDuringTheRequest() {
    Answer before =
        new Answer(false, 0, "3", List.of(entry(12, 102), entry(11, 101), entry(10, 100)), null);
    Answer after =
        new Answer(false, 0, "3", List.of(entry(10, 200), entry(12, 102), entry(11, 101)), null);
    // The COMMIT was sent at 1000 and returned at 2000.
    judge(new Observation(KEY, 50, null, 0, 900, 999, before));
    judge(new Observation(KEY, 50, null, 0, 1100, 1200, before));
    judge(new Observation(KEY, 50, null, 0, 1100, 1200, after));
    judge(new Observation(KEY, 50, null, 0, 2001, 2100, after));
    assertThat(tally.clean()).isTrue();

    judge(new Observation(KEY, 50, null, 0, 900, 999, after));
    judge(new Observation(KEY, 50, null, 0, 2001, 2100, before));
    assertThat(tally.wrong()).isEqualTo(2);
  }

  @Test
  void anAnswerWaitsForTheTransactionsItMayShow() {
    assertThat(judge.ripe(projection(50))).isTrue();
    assertThat(judge.ripe(projection(51))).isFalse();
    model.finish();
    assertThat(judge.ripe(projection(51))).isTrue();
  }

  @Test
  void aRollbackLeavesNothing() {
    List<Entry> before = model.answer(KEY);
    model.putConversation(11, null);
    model.putParticipant(new ParticipantId(12, 1), null);
    model.putUser(2, null);
    assertThat(model.answer(KEY)).isNotEqualTo(before);
    model.rollback();

    assertThat(model.answer(KEY)).isEqualTo(before);
    assertThat(model.members(12)).containsExactly(1L);
    assertThat(model.fanOut(2)).isEqualTo(3);
  }

  private void judge(Observation seen) {
    judge.judge(seen);
  }

  private static Observation projection(long version, Entry... entries) {
    List<Entry> items = new ArrayList<>(List.of(entries));
    return seen(new Answer(true, version, String.valueOf(items.size()), items, null));
  }

  private static Observation seen(Answer answer) {
    return new Observation(KEY, 50, null, Long.MIN_VALUE, 0, 0, answer);
  }

  private static Entry entry(long conversation, long at) {
    return new Entry(conversation, at, "Ada", null);
  }
}

package dev.freshet.check;

import dev.freshet.check.SourceModel.Conversation;
import dev.freshet.check.SourceModel.Participant;
import dev.freshet.check.SourceModel.ParticipantId;
import dev.freshet.check.SourceModel.User;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Random transactions of an inbox, including kinds that often break pipelines: several changes of
 * one row in one transaction, rows that are deleted and inserted again, changed primary keys,
 * dimension rows that are deleted or inserted late, and rolled-back transactions. Some
 * conversations and users are picked more often than others. The seed determines all choices.
 */
final class TransactionMix {
  private static final int SITES = 8;
  private static final long NOBODY = 900_000_000L;

  private final SourceWriter writer;
  private final SourceModel model;
  private final Random random;
  private final List<Long> conversations;
  private final List<Long> begun = new ArrayList<>();
  private final List<Long> users;
  private final List<Long> sites;
  private final Map<Kind, Integer> counts = new TreeMap<>();
  private long clock;
  private long names;
  private long nextConversation;

  /** The kinds of transactions with their frequencies in percent. */
  enum Kind {
    SEND(40),
    READ(20),
    ARCHIVE(6),
    RENAME(4),
    START_CONVERSATION(6),
    LEAVE(3),
    JOIN(3),
    MOVE_TO_SITE(4),
    CHANGE_COUNTERPART(3),
    SAME_ROW_TWICE(4),
    DELETE_AND_INSERT(2),
    HAND_OVER(1),
    USER_GONE(1),
    LATE_CONVERSATION(1),
    ROLL_BACK(2);

    private final int weight;

    Kind(int weight) {
      this.weight = weight;
    }
  }

  TransactionMix(SourceWriter writer, long seed) {
    this.writer = writer;
    this.model = writer.model();
    this.random = new Random(seed);
    this.conversations = new ArrayList<>(model.conversationIds());
    this.users = new ArrayList<>(model.userIds());
    if (conversations.isEmpty() || users.size() < 3) {
      throw new IllegalArgumentException(
          "Source: too few conversations to work on; start with ./deploy/freshet up --sample small");
    }
    Collections.sort(conversations);
    Collections.sort(users);
    this.sites =
        conversations.stream()
            .map(id -> model.conversation(id).site())
            .distinct()
            .sorted()
            .toList();
    this.nextConversation = conversations.get(conversations.size() - 1) + 1;
    this.clock = Micros.now();
  }

  /** Returns the number of transactions of each kind. */
  Map<Kind, Integer> counts() {
    return counts;
  }

  /**
   * Runs one transaction.
   *
   * @return null if it was rolled back or lost with its connection
   */
  SourceWriter.Committed next() throws SQLException {
    Kind kind = kind();
    counts.merge(kind, 1, Integer::sum);
    begun.clear();
    try {
      run(kind);
      if (kind == Kind.ROLL_BACK) {
        writer.rollback();
        return null;
      }
      SourceWriter.Committed committed = writer.commit();
      conversations.addAll(begun);
      return committed;
    } catch (SourceWriter.Abandoned e) {
      return null;
    }
  }

  private void run(Kind kind) throws SQLException {
    switch (kind) {
      case SEND -> send(conversation());
      case READ -> read(conversation());
      case ARCHIVE -> archive(conversation());
      case RENAME -> rename(user());
      case START_CONVERSATION -> start(nextConversation++, user(), user());
      case LEAVE -> leave(conversation());
      case JOIN -> join(conversation(), user());
      case MOVE_TO_SITE -> moveToSite(conversation());
      case CHANGE_COUNTERPART -> changeCounterpart(conversation());
      case SAME_ROW_TWICE -> sameRowTwice(conversation());
      case DELETE_AND_INSERT -> deleteAndInsert(conversation());
      case HAND_OVER -> handOver(conversation());
      case USER_GONE -> userGone(user());
      case LATE_CONVERSATION -> lateConversation();
      case ROLL_BACK -> {
        send(conversation());
        moveToSite(conversation());
        rename(user());
        leave(conversation());
      }
    }
  }

  private void send(long conversation) throws SQLException {
    List<Long> members = model.members(conversation);
    if (members.isEmpty()) {
      return;
    }
    long sender = members.get(random.nextInt(members.size()));
    long now = tick();
    writer.insertMessage(conversation, sender, now);
    Conversation row = model.conversation(conversation);
    writer.updateConversation(conversation, new Conversation(row.site(), now, false));
    markRead(new ParticipantId(conversation, sender), now);
  }

  private void read(long conversation) throws SQLException {
    ParticipantId reader = member(conversation);
    if (reader != null) {
      markRead(reader, model.conversation(conversation).lastMessageAt());
    }
  }

  private void markRead(ParticipantId id, long at) throws SQLException {
    writer.updateParticipant(id, new Participant(model.participant(id).counterpart(), at));
  }

  private void archive(long conversation) throws SQLException {
    Conversation row = model.conversation(conversation);
    writer.updateConversation(
        conversation, new Conversation(row.site(), row.lastMessageAt(), !row.archived()));
  }

  private void rename(long user) throws SQLException {
    if (model.user(user) == null) {
      writer.insertUser(user, freshUser(user));
    } else {
      writer.updateUser(user, freshUser(user));
    }
  }

  private void start(long conversation, long one, long other) throws SQLException {
    long now = tick();
    writer.insertConversation(conversation, new Conversation(site(), now, false));
    writer.insertMessage(conversation, one, now);
    writer.insertParticipant(new ParticipantId(conversation, one), new Participant(other, now));
    if (other != one) {
      writer.insertParticipant(
          new ParticipantId(conversation, other), new Participant(one, now - 1_000_000));
    }
    begun.add(conversation);
  }

  private void leave(long conversation) throws SQLException {
    ParticipantId member = member(conversation);
    if (member != null) {
      writer.deleteParticipant(member);
    }
  }

  private void join(long conversation, long user) throws SQLException {
    ParticipantId id = new ParticipantId(conversation, user);
    if (model.participant(id) == null) {
      List<Long> members = model.members(conversation);
      Long counterpart = members.isEmpty() ? null : members.get(0);
      writer.insertParticipant(id, new Participant(counterpart, clock - random.nextInt(1_000_000)));
    }
  }

  private void moveToSite(long conversation) throws SQLException {
    Conversation row = model.conversation(conversation);
    writer.updateConversation(
        conversation, new Conversation(site(), row.lastMessageAt(), row.archived()));
  }

  private void changeCounterpart(long conversation) throws SQLException {
    ParticipantId member = member(conversation);
    if (member == null) {
      return;
    }
    Long next =
        switch (random.nextInt(4)) {
          case 0 -> null;
          case 1 -> NOBODY + random.nextInt(10);
          default -> user();
        };
    writer.updateParticipant(member, new Participant(next, model.participant(member).lastReadAt()));
  }

  private void sameRowTwice(long conversation) throws SQLException {
    Conversation before = model.conversation(conversation);
    moveToSite(conversation);
    send(conversation);
    changeCounterpart(conversation);
    changeCounterpart(conversation);
    archive(conversation);
    if (random.nextBoolean()) {
      writer.updateConversation(conversation, before);
    }
    long user = user();
    rename(user);
    rename(user);
  }

  private void deleteAndInsert(long conversation) throws SQLException {
    ParticipantId member = member(conversation);
    if (member != null) {
      Participant row = model.participant(member);
      writer.deleteParticipant(member);
      writer.insertParticipant(member, row);
    }
    Conversation row = model.conversation(conversation);
    writer.deleteConversation(conversation);
    writer.insertConversation(
        conversation, new Conversation(site(), row.lastMessageAt(), row.archived()));
  }

  private void handOver(long conversation) throws SQLException {
    ParticipantId from = member(conversation);
    ParticipantId to = new ParticipantId(conversation, user());
    if (from != null && model.participant(to) == null) {
      writer.handOver(from, to);
    }
  }

  /** Deletes a user. A later {@link Kind#RENAME} of the same user inserts the row again. */
  private void userGone(long user) throws SQLException {
    if (model.user(user) != null) {
      writer.deleteUser(user);
    }
  }

  /** Inserts a participant one transaction before its conversation. */
  private void lateConversation() throws SQLException {
    long id = nextConversation++;
    writer.insertParticipant(
        new ParticipantId(id, user()), new Participant(user(), clock - 1_000_000));
    writer.commit();
    writer.insertConversation(id, new Conversation(site(), tick(), false));
    begun.add(id);
  }

  private ParticipantId member(long conversation) {
    List<Long> members = model.members(conversation);
    return members.isEmpty()
        ? null
        : new ParticipantId(conversation, members.get(random.nextInt(members.size())));
  }

  /**
   * Returns a user whose name was never used before, so that old and new names can be
   * distinguished.
   */
  private User freshUser(long user) {
    int kind = random.nextInt(20);
    String name =
        kind == 0 ? null : "User " + user + (kind == 1 ? " \uD83D\uDE80 " : " ") + ++names;
    String image = kind < 3 ? null : "https://img.example/" + user + "/" + names + ".png";
    return new User(name, image);
  }

  private Kind kind() {
    int ticket = random.nextInt(100);
    for (Kind kind : Kind.values()) {
      ticket -= kind.weight;
      if (ticket < 0) {
        return kind;
      }
    }
    throw new IllegalStateException("the weights do not add up to 100");
  }

  private long conversation() {
    return skewed(conversations);
  }

  private long user() {
    return skewed(users);
  }

  private long site() {
    return sites.size() > 1 ? skewed(sites) : 1 + random.nextInt(SITES);
  }

  /** Picks an id; the first tenth is picked about half of the time. */
  private long skewed(List<Long> ids) {
    double u = random.nextDouble();
    return ids.get((int) (ids.size() * u * u * u));
  }

  /**
   * Returns a time in microseconds since 1970: slightly later than the previous time, and sometimes
   * the same time, to test ties in the order.
   */
  private long tick() {
    if (random.nextInt(10) != 0) {
      clock = Math.max(clock + 1, Micros.now());
    }
    return clock;
  }
}

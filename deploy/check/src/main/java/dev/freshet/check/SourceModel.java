package dev.freshet.check;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The sample source in memory, and the unread conversations computed from it without the code under
 * test. One thread modifies it, in transactions; any thread may read the histories.
 *
 * <p>A change is applied immediately and can be rolled back. {@link #commit} computes the answer of
 * every key that the transaction touched, and appends it to the key's history if it differs.
 */
final class SourceModel {
  private final Map<Long, User> users = new HashMap<>();
  private final Map<Long, Conversation> conversations = new HashMap<>();
  private final Map<ParticipantId, Participant> participants = new HashMap<>();
  private final Map<Long, Set<Long>> membersOf = new HashMap<>();
  private final Map<Long, Set<ParticipantId>> pointingAt = new HashMap<>();
  private final Map<ViewKey, Set<Long>> conversationsOf = new HashMap<>();

  private final Map<Entry, Entry> entries = new HashMap<>();
  private final Map<ViewKey, History> histories = new ConcurrentHashMap<>();
  private final Set<ViewKey> touched = new HashSet<>();
  private final Deque<Runnable> undo = new ArrayDeque<>();
  private volatile long recorded = Long.MIN_VALUE;
  private volatile long settled = Long.MIN_VALUE;

  /** A row of {@code users}. */
  record User(String name, String image) {}

  /**
   * A row of {@code conversations}.
   *
   * @param lastMessageAt microseconds since 1970
   */
  record Conversation(long site, long lastMessageAt, boolean archived) {}

  /** The primary key of {@code participants}. */
  record ParticipantId(long conversation, long user) {}

  /**
   * The other columns of a row of {@code participants}.
   *
   * @param counterpart the id of the other user; null if there is none
   * @param lastReadAt microseconds since 1970
   */
  record Participant(Long counterpart, long lastReadAt) {}

  User user(long id) {
    return users.get(id);
  }

  Conversation conversation(long id) {
    return conversations.get(id);
  }

  Participant participant(ParticipantId id) {
    return participants.get(id);
  }

  /** Returns the users of a conversation, ascending. */
  List<Long> members(long conversation) {
    return List.copyOf(membersOf.getOrDefault(conversation, Set.of()));
  }

  /** Returns the number of participants that have a user as the counterpart. */
  int fanOut(long user) {
    return pointingAt.getOrDefault(user, Set.of()).size();
  }

  Collection<Long> userIds() {
    return users.keySet();
  }

  Collection<Long> conversationIds() {
    return conversations.keySet();
  }

  /** Inserts or updates a user; deletes it if {@code next} is null. */
  void putUser(long id, User next) {
    User before = users.get(id);
    undo.push(() -> setUser(id, before));
    setUser(id, next);
    touchPointingAt(id);
  }

  /** Inserts or updates a conversation; deletes it if {@code next} is null. */
  void putConversation(long id, Conversation next) {
    Conversation before = conversations.get(id);
    touchMembers(id);
    undo.push(() -> setConversation(id, before));
    setConversation(id, next);
    touchMembers(id);
  }

  /** Inserts or updates a participant; deletes it if {@code next} is null. */
  void putParticipant(ParticipantId id, Participant next) {
    Participant before = participants.get(id);
    undo.push(() -> setParticipant(id, before));
    setParticipant(id, next);
    Conversation conversation = conversations.get(id.conversation());
    if (conversation != null) {
      touched.add(new ViewKey(id.user(), conversation.site()));
    }
  }

  /** Records the answers of the current rows as the states before the first commit. */
  void begin() {
    undo.clear();
    touched.clear();
    conversationsOf.forEach((key, ids) -> histories.put(key, new History(shared(answer(key)))));
  }

  /**
   * Commits a transaction.
   *
   * @param version the binlog position at which it ends, as {@link BinlogPosition} numbers it; if
   *     the connection was lost at its COMMIT, a position after the previous transaction and at or
   *     before its end
   * @param begun the {@link System#nanoTime()} before its COMMIT was sent
   * @param returned the {@link System#nanoTime()} after its COMMIT returned
   * @return the keys that it touched
   */
  List<ViewKey> commit(long version, long begun, long returned) {
    List<ViewKey> keys = List.copyOf(touched);
    for (ViewKey key : keys) {
      History history = histories.computeIfAbsent(key, k -> new History(List.of()));
      List<Entry> answer = answer(key);
      if (!answer.equals(history.last().answer())) {
        history.append(new History.State(version, begun, returned, shared(answer)));
      }
    }
    undo.clear();
    touched.clear();
    recorded = version;
    settled = returned;
    return keys;
  }

  /**
   * Replaces equal entries by one object, because each state of a large key repeats nearly all
   * entries of the previous state.
   */
  private List<Entry> shared(List<Entry> answer) {
    answer.replaceAll(
        entry -> {
          Entry known = entries.putIfAbsent(entry, entry);
          return known == null ? entry : known;
        });
    return List.copyOf(answer);
  }

  /** Rolls back the changes of a transaction. */
  void rollback() {
    while (!undo.isEmpty()) {
      undo.pop().run();
    }
    touched.clear();
  }

  /** Records that there are no more transactions, so that all answers can be judged. */
  void finish() {
    recorded = Long.MAX_VALUE;
    settled = Long.MAX_VALUE;
  }

  /** Returns the version up to which the histories are complete. */
  long recorded() {
    return recorded;
  }

  /**
   * Returns the {@link System#nanoTime()} up to which the histories contain every commit that was
   * sent.
   */
  long settled() {
    return settled;
  }

  /** Returns a key's history; the history of an unknown key is always empty. */
  History history(ViewKey key) {
    History history = histories.get(key);
    return history == null ? new History(List.of()) : history;
  }

  /** Returns all keys that ever had a participant. */
  Set<ViewKey> keys() {
    return Set.copyOf(histories.keySet());
  }

  /** Evaluates the view's query for a key over the current rows. */
  List<Entry> answer(ViewKey key) {
    List<Entry> entries = new ArrayList<>();
    for (long id : conversationsOf.getOrDefault(key, Set.of())) {
      Conversation conversation = conversations.get(id);
      Participant participant = participants.get(new ParticipantId(id, key.user()));
      if (!conversation.archived() && conversation.lastMessageAt() > participant.lastReadAt()) {
        User other =
            participant.counterpart() == null ? null : users.get(participant.counterpart());
        entries.add(
            new Entry(
                id,
                conversation.lastMessageAt(),
                other == null ? null : other.name(),
                other == null ? null : other.image()));
      }
    }
    entries.sort(null);
    return entries;
  }

  private void setUser(long id, User next) {
    if (next == null) {
      users.remove(id);
    } else {
      users.put(id, next);
    }
  }

  private void setConversation(long id, Conversation next) {
    Conversation before = next == null ? conversations.remove(id) : conversations.put(id, next);
    for (long user : membersOf.getOrDefault(id, Set.of())) {
      if (before != null) {
        drop(conversationsOf, new ViewKey(user, before.site()), id);
      }
      if (next != null) {
        add(conversationsOf, new ViewKey(user, next.site()), id);
      }
    }
  }

  private void setParticipant(ParticipantId id, Participant next) {
    Participant before = next == null ? participants.remove(id) : participants.put(id, next);
    Conversation conversation = conversations.get(id.conversation());
    if (before != null) {
      drop(membersOf, id.conversation(), id.user());
      if (before.counterpart() != null) {
        drop(pointingAt, before.counterpart(), id);
      }
      if (conversation != null) {
        drop(conversationsOf, new ViewKey(id.user(), conversation.site()), id.conversation());
      }
    }
    if (next != null) {
      membersOf.computeIfAbsent(id.conversation(), k -> new TreeSet<>()).add(id.user());
      if (next.counterpart() != null) {
        add(pointingAt, next.counterpart(), id);
      }
      if (conversation != null) {
        add(conversationsOf, new ViewKey(id.user(), conversation.site()), id.conversation());
      }
    }
  }

  private void touchMembers(long conversation) {
    Conversation row = conversations.get(conversation);
    if (row != null) {
      members(conversation).forEach(user -> touched.add(new ViewKey(user, row.site())));
    }
  }

  private void touchPointingAt(long user) {
    for (ParticipantId id : pointingAt.getOrDefault(user, Set.of())) {
      Conversation conversation = conversations.get(id.conversation());
      if (conversation != null) {
        touched.add(new ViewKey(id.user(), conversation.site()));
      }
    }
  }

  /** Returns the keys whose entries may show a user's name. */
  List<ViewKey> keysShowing(long user) {
    List<ViewKey> keys = new ArrayList<>();
    for (ParticipantId id : pointingAt.getOrDefault(user, Set.of())) {
      Conversation conversation = conversations.get(id.conversation());
      if (conversation != null) {
        keys.add(new ViewKey(id.user(), conversation.site()));
      }
    }
    return keys;
  }

  private static <K, V> void add(Map<K, Set<V>> index, K key, V value) {
    index.computeIfAbsent(key, k -> new HashSet<>()).add(value);
  }

  private static <K, V> void drop(Map<K, Set<V>> index, K key, V value) {
    Set<V> values = index.get(key);
    if (values != null) {
      values.remove(value);
      if (values.isEmpty()) {
        index.remove(key);
      }
    }
  }
}

package dev.freshet.store;

/** The state of a key in the projection. Answers show its name. */
public enum KeyState {
  /** The view is populated on read, and the store does not have the key. */
  ABSENT,
  /** The first build is not complete, or the view is being rebuilt. */
  BUILDING,
  /** The store has the key's answer at its range's version. */
  VALID,
  /** A row that the key's answer needs could not be handled. */
  INVALID
}

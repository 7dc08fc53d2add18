package dev.freshet.reader.answer;

/** What the projection has of a key. */
public enum KeyState {
  /** The view is populated on read, and the key is not in the store. */
  ABSENT,
  /** The first build is not over, or the view is rebuilt. */
  BUILDING,
  /** The key's answer at its range's version. */
  VALID,
  /** Something that the key's answer needs could not be handled. */
  INVALID
}

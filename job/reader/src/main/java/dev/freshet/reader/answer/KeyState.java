package dev.freshet.reader.answer;

/** What the projection has of a key. */
public enum KeyState {
  /** The first build is not over. */
  BUILDING,
  /** The key's answer at its range's version. */
  VALID,
  /** Something that the key's answer needs could not be handled. */
  INVALID
}

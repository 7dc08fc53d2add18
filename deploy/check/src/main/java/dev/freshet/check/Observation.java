package dev.freshet.check;

/**
 * An answer with what is needed to judge it.
 *
 * @param limit the page size asked for
 * @param after the last entry of the page before; null for a first page
 * @param floor the highest version of the key that an answer had named before this was asked for
 * @param asked {@link System#nanoTime()} before the request
 * @param answered the same after the answer
 */
record Observation(
    ViewKey key, int limit, Entry after, long floor, long asked, long answered, Answer answer) {}

package dev.freshet.check;

/**
 * An answer with the data for judging it.
 *
 * @param limit the requested page size
 * @param after the last entry of the previous page; null for the first page
 * @param floor the highest version of the key in all answers before the request
 * @param asked the {@link System#nanoTime()} before the request
 * @param answered the {@link System#nanoTime()} after the answer
 */
record Observation(
    ViewKey key, int limit, Entry after, long floor, long asked, long answered, Answer answer) {}

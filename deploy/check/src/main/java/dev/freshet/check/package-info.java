/**
 * A checker of its own that knows only MySQL and HTTP: it writes to the sample source, keeps what
 * every answer must be at every version, and compares. Start at {@link
 * dev.freshet.check.PrefixCheck}.
 */
package dev.freshet.check;

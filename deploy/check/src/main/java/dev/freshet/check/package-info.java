/**
 * An independent checker that depends only on MySQL and HTTP: it writes to the sample source,
 * computes the expected answers at every version, and compares. Start at {@link
 * dev.freshet.check.PrefixCheck}.
 */
package dev.freshet.check;

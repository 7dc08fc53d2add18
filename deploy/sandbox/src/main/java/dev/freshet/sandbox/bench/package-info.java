/**
 * What an answer costs the reader and what it costs MySQL. Read {@link
 * dev.freshet.sandbox.bench.Rounds} first.
 */
package dev.freshet.sandbox.bench;

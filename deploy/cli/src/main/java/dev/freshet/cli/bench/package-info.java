/**
 * What an answer costs the reader and what it costs MySQL. Read {@link
 * dev.freshet.cli.bench.Rounds} first.
 */
package dev.freshet.cli.bench;

/**
 * Measures the throughput and latency of answers from the reader and from MySQL. Read {@link
 * dev.freshet.sandbox.bench.Rounds} first.
 */
package dev.freshet.sandbox.bench;

/**
 * A client of the reader's HTTP interface: answers, pages, batches of keys, and streams of changes.
 * Read {@link dev.freshet.client.FreshetClient} first.
 */
package dev.freshet.client;

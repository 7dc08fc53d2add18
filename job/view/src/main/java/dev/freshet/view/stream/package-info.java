/**
 * The streams on Kafka: their topics, and their messages, which are versioned JSON. The JSON
 * schemas are resources of this package. Read {@link dev.freshet.view.stream.Stream} first.
 */
package dev.freshet.view.stream;

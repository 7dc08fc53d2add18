/**
 * What stands on Kafka: the streams' topics and their messages, versioned JSON whose schemas lie
 * beside them as resources. Read {@link dev.freshet.view.stream.Stream} first.
 */
package dev.freshet.view.stream;

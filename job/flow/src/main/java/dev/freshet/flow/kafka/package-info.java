/**
 * The job's topics on Kafka. Read {@link dev.freshet.flow.kafka.Streams} first, which reads retries
 * and requests and writes all messages; {@link dev.freshet.flow.kafka.OutboundMessages} creates the
 * messages.
 */
package dev.freshet.flow.kafka;

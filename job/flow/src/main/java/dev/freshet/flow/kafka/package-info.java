/**
 * The job's ends on Kafka: what it writes ({@link dev.freshet.flow.kafka.OutboundMessages}) and
 * what it reads ({@link dev.freshet.flow.kafka.Streams}).
 */
package dev.freshet.flow.kafka;

/** Kafka, as the commands use it. Start at {@link dev.freshet.cli.kafka.KafkaAccess}. */
package dev.freshet.cli.kafka;

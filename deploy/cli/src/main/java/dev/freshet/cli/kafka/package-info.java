/** Access of the commands to Kafka. Start at {@link dev.freshet.cli.kafka.KafkaAccess}. */
package dev.freshet.cli.kafka;

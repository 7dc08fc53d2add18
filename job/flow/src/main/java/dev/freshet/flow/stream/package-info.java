/**
 * The job's ends on Kafka: what it writes ({@link dev.freshet.flow.stream.Letters}) and what it
 * reads ({@link dev.freshet.flow.stream.Streams}).
 */
package dev.freshet.flow.stream;

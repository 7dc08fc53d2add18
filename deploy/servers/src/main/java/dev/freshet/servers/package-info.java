/**
 * Real MySQL, Postgres, Kafka and Flink servers, each a process of its own, out of the local Maven
 * repository's files; read {@link dev.freshet.servers.Server} first, tests start at {@link
 * dev.freshet.servers.LocalServers}.
 */
package dev.freshet.servers;

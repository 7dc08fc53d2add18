/**
 * Runs real MySQL, Postgres, Kafka and Flink servers as processes of their own, from files of the
 * local Maven repository. Read {@link dev.freshet.servers.Server} first; tests use {@link
 * dev.freshet.servers.LocalServers}.
 */
package dev.freshet.servers;

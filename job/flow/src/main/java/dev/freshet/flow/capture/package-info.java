/**
 * Where everything gets its place in one log: MySQL's snapshot and binlog become events of the
 * nodes, with watermarks at transaction ends. Read {@link dev.freshet.flow.capture.Capture} first,
 * then {@link dev.freshet.flow.capture.LogClock}.
 */
package dev.freshet.flow.capture;

/**
 * Where everything gets its place in one log: MySQL's snapshot and binlog become events of the
 * nodes, with watermarks at transaction ends. Read {@link dev.freshet.flow.capture.Capture} first,
 * then {@link dev.freshet.flow.capture.LogClock}; of how the binlog is read, {@link
 * dev.freshet.flow.capture.LogEvents} and {@link dev.freshet.flow.capture.TableFormats}.
 */
package dev.freshet.flow.capture;

/**
 * The requests that operators send to a job through a reader, and the dead letters that they are
 * about. Read {@link dev.freshet.reader.request.RequestDesk} first.
 */
package dev.freshet.reader.request;

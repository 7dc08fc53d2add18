/**
 * The requests that operators send to a job through a reader. Read {@link
 * dev.freshet.reader.request.RequestDesk} first.
 */
package dev.freshet.reader.request;

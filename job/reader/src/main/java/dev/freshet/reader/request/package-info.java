/**
 * What operators ask of a job by way of a reader. Read {@link
 * dev.freshet.reader.request.RequestDesk} first.
 */
package dev.freshet.reader.request;

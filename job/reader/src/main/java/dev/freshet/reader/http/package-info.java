/**
 * The HTTP interface of the reader and its JSON. Read {@link dev.freshet.reader.http.HttpApi}
 * first.
 */
package dev.freshet.reader.http;

/** HTTP and JSON around the answers. Read {@link dev.freshet.reader.http.HttpApi} first. */
package dev.freshet.reader.http;

/**
 * What Flink says about the jobs, for the page. Read {@link dev.freshet.reader.flink.FlinkWatch}
 * first.
 */
package dev.freshet.reader.flink;

/**
 * The sample source: its tables, its rows and its traffic. Start at {@link
 * dev.freshet.cli.sample.SampleData}.
 */
package dev.freshet.cli.sample;

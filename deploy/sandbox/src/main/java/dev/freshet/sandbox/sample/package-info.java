/**
 * The sample source: its tables, its rows and its traffic. Start at {@link
 * dev.freshet.sandbox.sample.SampleData}.
 */
package dev.freshet.sandbox.sample;

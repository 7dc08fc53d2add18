/**
 * The export of traces to an OpenTelemetry collector. Read {@link dev.freshet.telemetry.Traces}
 * first.
 */
package dev.freshet.telemetry;

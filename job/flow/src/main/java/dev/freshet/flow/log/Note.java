package dev.freshet.flow.log;

/** What every writer is told, apart from entries. */
public sealed interface Note
    permits Mark, Unplaced, ViewFault, Tally, Backlog, RepairMark, Reads, Rebuild, Rebuild.Sent {}

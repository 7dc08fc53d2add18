package dev.freshet.flow.log;

/** What every writer is told, apart from entries. */
public sealed interface ControlMessage
    permits WatermarkInfo,
        UnroutableRow,
        ViewFault,
        ChangeReport,
        Backlog,
        RepairMark,
        Reads,
        Rebuild,
        Rebuild.Sent {}

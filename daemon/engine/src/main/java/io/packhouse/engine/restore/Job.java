package io.packhouse.engine.restore;

import io.packhouse.engine.fs.FileAccess;
import io.packhouse.engine.read.ArchiveReader;

/** What all parts of one restore share. */
record Job(
    ArchiveReader reader,
    RestoreOptions options,
    FileAccess files,
    Attributes attributes,
    FolderTree folders,
    BlobBuffers buffers,
    Tally tally) {}

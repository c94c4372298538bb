package io.packhouse.engine.pack;

import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.fs.FileStatus;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An entry of a source. Arrays are not copied; nobody changes them.
 *
 * @param path bytes; the root's are empty
 * @param type any but NESTED
 * @param status what to record of it; of a file its size too
 * @param user name of the owner, where known
 * @param group name of the owning group, where known
 * @param linkTarget of a symbolic link its text, of a hard link the path of an earlier file
 * @param xattrs extended attributes by name; null records none
 */
@SuppressWarnings("ArrayRecordComponent") // documented above
public record SourceEntry(
    byte[] path,
    EntryType type,
    FileStatus status,
    @Nullable String user,
    @Nullable String group,
    byte @Nullable [] linkTarget,
    @Nullable Map<String, byte[]> xattrs) {}

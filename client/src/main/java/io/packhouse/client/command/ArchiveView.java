package io.packhouse.client.command;

import io.packhouse.engine.read.ContentDigest;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** An archive to read from, here or at a daemon. */
interface ArchiveView extends Closeable {
  /** Takes contents; the bytes are valid until it returns. */
  interface Sink {
    void write(ByteBuffer bytes) throws IOException;
  }

  /**
   * Which entries to list.
   *
   * @param prefix that their path bytes start with
   * @param packageType only packages of this type; null for any entry
   * @param repository only entries of it; null for any
   * @param nested packages found inside files, too
   * @param digest only files with it; null for any entry
   */
  @SuppressWarnings("ArrayRecordComponent") // nobody changes it
  record Listing(
      byte[] prefix,
      @Nullable String packageType,
      @Nullable String repository,
      boolean nested,
      @Nullable ContentDigest digest) {
    /** Everything that was in the tree. */
    static final Listing TREE = new Listing(new byte[0], null, null, false, null);

    Listing withPrefix(byte[] bytes) {
      return new Listing(bytes, packageType, repository, nested, digest);
    }
  }

  /** As the user named it. */
  String displayName();

  /** In the order of path bytes. */
  EntryView.Cursor entries(Listing listing) throws IOException;

  /** The entry with these path bytes, or null. */
  @Nullable EntryView find(byte[] path) throws IOException;

  /** Of a hard link the file that it is another name of; any other entry itself. */
  EntryView resolve(EntryView entry) throws IOException;

  /** Reads a part of a file of this archive; what is given out was checked. */
  void read(EntryView file, long offset, long length, Sink out) throws IOException;
}

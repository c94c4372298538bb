package io.packhouse.fuzz;

import io.packhouse.engine.format.EntryStatus;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.read.EntryCursor;
import io.packhouse.engine.read.ReaderOptions;
import io.packhouse.engine.read.parts.ArchiveSource;
import io.packhouse.engine.read.verify.ArchiveVerifier;
import io.packhouse.engine.read.verify.VerifyOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads archives of ours in which bytes were changed, and the digests above them made right, so
 * that what is behind each digest is reached. An input is which archive, and changes to it: each a
 * part of the archive, where in it (two bytes, modulo its length), and what to flip.
 */
final class ArchiveTarget implements Target {
  private static final int CHANGE_BYTES = 4;
  private static final int MAX_CHANGES = 32;

  /** Of each file; a file of zeros may be as long as it likes. */
  private static final int MAX_BYTES = 1 << 20;

  private static final long CACHE_BYTES = 4 << 20;
  private static final long TABLE_BYTES = 16 << 20;

  private final List<SampleArchive> archives = SampleArchive.all();

  @Override
  public void run(byte[] input) throws Throwable {
    if (input.length == 0) {
      return;
    }
    SampleArchive archive = archives.get(Math.floorMod(input[0] - '0', archives.size()));
    byte[] bytes = archive.bytes();
    int changes = Math.min((input.length - 1) / CHANGE_BYTES, MAX_CHANGES);
    for (int i = 0; i < changes; i++) {
      int at = 1 + i * CHANGE_BYTES;
      int position = (input[at + 1] & 0xFF) << 8 | (input[at + 2] & 0xFF);
      archive.change(bytes, input[at] & 0xFF, position, input[at + 3]);
    }
    long start = Target.cpuNanos();
    ReaderOptions options = new ReaderOptions(CACHE_BYTES, TABLE_BYTES, List.of(archive.bases()));
    try (ArchiveReader reader =
        ArchiveReader.open(new Bytes(bytes), Path.of("fuzzed.pkh"), options)) {
      reader.summary();
      if (readAll(reader)) {
        new ArchiveVerifier(reader).verify(VerifyOptions.all(1));
      }
    } catch (IOException e) {
      // What is expected of most inputs.
    }
    Target.checkTime(start, PATIENCE);
  }

  /** Whether all of it is soon read. */
  private static boolean readAll(ArchiveReader reader) throws IOException {
    boolean small = true;
    EntryCursor entries = reader.entries();
    for (Entry entry; (entry = entries.next()) != null; ) {
      small &= entry.size() <= MAX_BYTES;
      try {
        read(reader, entry);
      } catch (IOException e) {
        // One entry that is damaged is no reason to leave the others out.
      }
    }
    return small;
  }

  private static void read(ArchiveReader reader, Entry entry) throws IOException {
    reader.find(entry.pathBytes());
    if (entry.type() == EntryType.FILE && entry.status() == EntryStatus.OK) {
      try (InputStream contents = reader.newInputStream(entry)) {
        contents.readNBytes(MAX_BYTES);
      }
    } else {
      reader.resolve(entry);
    }
  }

  /** An archive in memory. */
  private static final class Bytes implements ArchiveSource {
    private final byte[] bytes;
    private boolean open = true;

    Bytes(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    public int read(ByteBuffer target, long position) {
      if (position >= bytes.length) {
        return -1;
      }
      int length = (int) Math.min(target.remaining(), bytes.length - position);
      target.put(bytes, (int) position, length);
      return length;
    }

    @Override
    public boolean isOpen() {
      return open;
    }

    @Override
    public void close() {
      open = false;
    }
  }
}

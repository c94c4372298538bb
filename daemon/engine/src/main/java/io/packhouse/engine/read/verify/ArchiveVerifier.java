package io.packhouse.engine.read.verify;

import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.read.EntryCursor;
import io.packhouse.engine.read.EntryFilter;
import io.packhouse.engine.read.arrow.ArrowBatch;
import io.packhouse.engine.read.memory.Place;
import io.packhouse.engine.read.parts.Bases;
import io.packhouse.engine.read.parts.BlobTable;
import io.packhouse.engine.read.parts.DirectoryRow;
import io.packhouse.engine.read.parts.IndexReader;
import io.packhouse.engine.read.parts.RowReader;
import java.io.IOException;
import java.util.Arrays;

/**
 * Checks an archive against all that {@code FORMAT.md} asks of it: that its parts tile the file,
 * every digest, every rule of the index, the totals, that each blob decodes and that each file has
 * the digest that it should. What {@link ArchiveReader#open} checks is not checked again.
 */
public final class ArchiveVerifier {
  private final ArchiveReader reader;

  /** A verifier of an open archive, which stays the caller's. */
  public ArchiveVerifier(ArchiveReader reader) {
    this.reader = reader;
  }

  /**
   * Verifies. Closing the reader from another thread ends it, with an exception. Goes on after
   * damage, and names all of it in the report; only without a blob table, that is with a damaged
   * one, contents cannot be looked at.
   *
   * @throws IOException if the file cannot be read, or the reader is closed; not for damage
   */
  public VerifyReport verify(VerifyOptions options) throws IOException {
    Findings findings = new Findings(options.maxDamages(), options.progress());
    boolean tables =
        findings.check(Damage.Kind.ARCHIVE, "blob table", () -> reader.parts().blobs().table());
    boolean sampled = options.sampleFraction() < 1 || !options.only().isEmpty();
    if (!tables) {
      return new VerifyReport(findings.sorted(), findings.count(), 0, 0, 0, 0, 0, 0, sampled);
    }
    if (!options.withoutBases()) {
      openBases(findings);
    }
    try (ContentCheck contents = new ContentCheck(reader, options, findings)) {
      long rows;
      if (options.only().isEmpty()) {
        rows = verifyAll(options, findings, contents);
      } else {
        rows = verifyOnly(options, findings, contents);
      }
      return new VerifyReport(
          findings.sorted(),
          findings.count(),
          rows,
          contents.files(),
          contents.bytes(),
          contents.blobsRead(),
          contents.uncheckedFiles(),
          contents.uncheckedBytes(),
          sampled);
    }
  }

  /** Opens all bases, which checks what the archive says of them; what they lack is damage. */
  private void openBases(Findings findings) throws IOException {
    Bases bases = reader.parts().bases();
    for (int i = 0; i < bases.list().size(); i++) {
      int position = i;
      String subject = "base " + bases.list().get(i).id();
      findings.check(Damage.Kind.ARCHIVE, subject, () -> bases.open(position));
    }
  }

  private long verifyAll(VerifyOptions options, Findings findings, ContentCheck contents)
      throws IOException {
    BlobTable table = reader.parts().blobs().table();
    new StructureCheck(reader.parts(), findings).run(table);
    IndexCheck index = new IndexCheck(reader, reader.parts().chain(), findings, options.progress());
    index.run();
    EntryCursor entries = reader.entries(EntryFilter.ALL, index::isReadable);
    Entry previous = null;
    for (Entry entry = entries.next(); entry != null; entry = entries.next()) {
      if (previous != null && Arrays.equals(previous.pathBytes(), entry.pathBytes())) {
        findings.add(
            Damage.Kind.ENTRY,
            entry.path(),
            entry.place(),
            "has the path of another entry, in batch " + previous.batch());
      }
      previous = entry;
      Entry current = entry;
      if (entry.is(EntryType.HARDLINK)) {
        findings.check(
            Damage.Kind.ENTRY, entry.path(), () -> RowRules.checkHardLink(reader, current));
      }
      if (isSampled(entry, options)) {
        contents.file(entry);
      }
    }
    if (options.sampleFraction() < 1) {
      contents.drain();
    } else {
      contents.remainingBlobs();
    }
    return index.rows();
  }

  private long verifyOnly(VerifyOptions options, Findings findings, ContentCheck contents)
      throws IOException {
    for (byte[] path : options.only()) {
      String text = PathText.lenient(path);
      findings.check(Damage.Kind.ENTRY, text, () -> verifyEntry(path, contents));
    }
    contents.drain();
    return options.only().size();
  }

  private void verifyEntry(byte[] path, ContentCheck contents) throws IOException {
    Entry entry = reader.find(path);
    if (entry == null) {
      throw new Place(reader.path(), -1, "entry " + PathText.lenient(path))
          .corrupt("is not in the archive");
    }
    IndexReader index = reader.parts().index();
    DirectoryRow row = index.directory().rows().get(entry.batch());
    ArrowBatch batch = index.acquire(row);
    try {
      RowReader columns = new RowReader(batch, index.columns(), row);
      RowRules.check(entry, columns, entry.row(), reader.parts().chain());
    } finally {
      index.release(row, batch);
    }
    if (entry.is(EntryType.HARDLINK)) {
      RowRules.checkHardLink(reader, entry);
      contents.file(reader.resolve(entry));
    } else {
      contents.file(entry);
    }
  }

  private static boolean isSampled(Entry entry, VerifyOptions options) {
    if (options.sampleFraction() >= 1) {
      return true;
    }
    // MurmurHash3's finaliser: spreads neighbouring rows over all of [0, 1).
    long hash = options.seed() ^ ((long) entry.batch() << 32 | entry.row());
    hash = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
    hash = (hash ^ hash >>> 33) * 0xc4ceb9fe1a85ec53L;
    hash ^= hash >>> 33;
    return (hash >>> 11) * 0x1.0p-53 < options.sampleFraction();
  }
}

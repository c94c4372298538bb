package io.packhouse.engine.read.verify;

import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.format.PathRules;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.ContentReader;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.read.arrow.ColumnData;
import io.packhouse.engine.read.parts.BlobChain;
import io.packhouse.engine.read.parts.DirectoryRow;
import io.packhouse.engine.read.parts.IndexColumns.Core;
import io.packhouse.engine.read.parts.RowReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The format's rules for one row by itself. */
final class RowRules {
  private static final int MAX_MODE = 07777;
  private static final Pattern REPLACEMENTS = Pattern.compile("\uFFFD+");

  private RowRules() {}

  /** Checks a row. Stops at the first rule that it breaks. Opens no bases. */
  static void check(Entry entry, RowReader columns, int row, BlobChain blobs) throws IOException {
    checkPath(entry, columns, row);
    DirectoryRow directory = columns.directory();
    if (!Objects.equals(entry.packageType(), directory.packageType())
        || !Objects.equals(entry.repository(), directory.repository())) {
      throw entry
          .place()
          .corrupt(
              "group",
              directory.packageType() + " of " + directory.repository(),
              entry.packageType() + " of " + entry.repository());
    }
    EntryType type = entry.type();
    boolean ok = entry.isOk();
    entry.status();
    if ((type == EntryType.NESTED) != directory.nested()) {
      throw entry.place().corrupt("is " + type.label() + " in a batch that says otherwise");
    }
    require(entry, entry.size() >= 0, "size " + entry.size() + " is negative");
    require(entry, type == EntryType.FILE || entry.size() == 0, "has a size but is no file");
    require(
        entry,
        columns.of(Core.MODE).isNull(row) || (entry.mode() >= 0 && entry.mode() <= MAX_MODE),
        "mode " + entry.mode() + " is not in 07777");
    boolean contents = type == EntryType.FILE && ok;
    require(
        entry,
        (entry.blake3() != null) == contents && entry.hasContents() == contents,
        contents ? "has no BLAKE3 or no extents" : "has contents but must have none");
    for (DigestAlgorithm algorithm : DigestAlgorithm.COLUMNS) {
      ColumnData digests = columns.of(algorithm);
      require(
          entry,
          digests == null || digests.isNull(row) != contents,
          (contents ? "has no " : "has no contents but has ") + algorithm.standardName());
    }
    ContentReader.checkExtents(entry, blobs, false);
    checkLink(entry, columns, row, type, ok);
    boolean device = type == EntryType.CHAR_DEVICE || type == EntryType.BLOCK_DEVICE;
    require(
        entry,
        device
            || (columns.of(Core.DEVICE_MAJOR).isNull(row)
                && columns.of(Core.DEVICE_MINOR).isNull(row)),
        "has a device number but is no device");
    checkXattrs(entry);
  }

  private static void require(Entry entry, boolean condition, String problem) throws IOException {
    if (!condition) {
      throw entry.place().corrupt(problem);
    }
  }

  private static void checkPath(Entry entry, RowReader columns, int row) throws IOException {
    String problem = PathRules.problem(entry.pathBytes());
    require(entry, problem == null, String.valueOf(problem));
    checkText(entry, columns, Core.PATH, Core.PATH_RAW, row);
  }

  private static void checkText(Entry entry, RowReader columns, Core text, Core raw, int row)
      throws IOException {
    byte[] rawBytes = columns.of(raw).bytesOrNull(row);
    if (rawBytes == null) {
      return;
    }
    require(entry, !PathText.isUtf8(rawBytes), raw.column() + " is set but is valid UTF-8");
    String shown = columns.text(text, row);
    require(
        entry,
        shown != null && collapsed(shown).equals(collapsed(PathText.lenient(rawBytes))),
        text.column() + " is not the text of " + raw.column());
  }

  /** How many replacements stand for a run of bytes differs between decoders. */
  private static String collapsed(String text) {
    return REPLACEMENTS.matcher(text).replaceAll("\uFFFD");
  }

  private static void checkLink(Entry entry, RowReader columns, int row, EntryType type, boolean ok)
      throws IOException {
    boolean link = type == EntryType.SYMLINK || type == EntryType.HARDLINK;
    byte @Nullable [] target = entry.linkTarget();
    require(entry, link || target == null, "has a link target but is no link");
    require(entry, !link || !ok || target != null, "has no link target");
    checkText(entry, columns, Core.LINK_TARGET, Core.LINK_TARGET_RAW, row);
    if (type == EntryType.HARDLINK && target != null) {
      require(
          entry,
          Arrays.compareUnsigned(target, entry.pathBytes()) < 0,
          "is a hard link to a path that is not before its own");
    }
  }

  private static void checkXattrs(Entry entry) throws IOException {
    Map<String, byte[]> xattrs = entry.xattrs();
    if (xattrs == null) {
      return;
    }
    byte[] previous = null;
    for (String name : xattrs.keySet()) {
      byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
      require(
          entry,
          previous == null || Arrays.compareUnsigned(previous, bytes) < 0,
          "its extended attributes are not sorted");
      previous = bytes;
    }
  }

  /** Checks a hard link against the entry that it names. */
  static void checkHardLink(ArchiveReader reader, Entry entry) throws IOException {
    Entry target = reader.resolve(entry);
    require(
        entry,
        target.isOk() || !entry.isOk(),
        "is a hard link to " + target.path() + ", which is " + target.statusLabel());
    require(entry, !target.is(EntryType.NESTED), "is a hard link to a package nested in a file");
  }
}

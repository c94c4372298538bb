package io.packhouse.engine.read.verify;

import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.read.arrow.ArrowMessage;
import io.packhouse.engine.read.arrow.Column;
import io.packhouse.engine.read.memory.BufferPool;
import io.packhouse.engine.read.memory.Place;
import io.packhouse.engine.read.parts.ArchiveFooter;
import io.packhouse.engine.read.parts.ArchiveParts;
import io.packhouse.engine.read.parts.BlobTable;
import io.packhouse.engine.read.parts.DirectoryRow;
import io.packhouse.engine.read.parts.IndexColumns;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Checks that the parts of an archive tile the file, and those parts that no other check reads. */
final class StructureCheck {
  private static final byte[] END_OF_STREAM = {-1, -1, -1, -1, 0, 0, 0, 0};

  private final ArchiveParts parts;
  private final ArchiveFooter footer;
  private final Findings findings;

  StructureCheck(ArchiveParts parts, Findings findings) {
    this.parts = parts;
    this.footer = parts.footer();
    this.findings = findings;
  }

  void run(BlobTable blobs) throws IOException {
    findings.check(Damage.Kind.ARCHIVE, "head", this::checkHead);
    findings.check(Damage.Kind.ARCHIVE, "index", this::checkFurtherColumns);
    findings.check(Damage.Kind.ARCHIVE, "layout", () -> checkTiling(blobs));
  }

  private Place place(long offset, String what) {
    return new Place(parts.file().path(), offset, what);
  }

  private void checkHead() throws IOException {
    Place place = place(0, "head");
    long limit =
        ArchiveFormat.HEAD_MAGIC_LENGTH
            + ArrowMessage.PREFIX_LENGTH
            + (long) ArchiveFormat.MAX_MESSAGE_METADATA_LENGTH;
    if (footer.headLength() > limit) {
      throw place.corrupt(footer.headLength() + " bytes, limit " + limit);
    }
    try (BufferPool.Buffer buffer = parts.memory().buffers().take(footer.headLength())) {
      MemorySegment bytes = buffer.segment();
      parts.file().read(0, bytes);
      parts.memory().decoders().check(bytes, footer.headDigest(), place);
      byte[] magic =
          bytes.asSlice(0, ArchiveFormat.HEAD_MAGIC_LENGTH).toArray(ValueLayout.JAVA_BYTE);
      byte[] expected = Arrays.copyOf(ArchiveFormat.arrowMagic(), magic.length);
      if (!Arrays.equals(magic, expected)) {
        throw place.corrupt(
            "magic", HexFormat.of().formatHex(expected), HexFormat.of().formatHex(magic));
      }
      ArrowMessage message = ArrowMessage.parse(bytes, magic.length, place);
      if (message.body().byteSize() != 0
          || magic.length + message.length() != footer.headLength()) {
        throw place.corrupt("length", magic.length + message.length(), footer.headLength());
      }
      if (!message.schema(place).columns().equals(footer.columns().columns())) {
        throw place.corrupt("its schema is not that of the footer");
      }
    }
  }

  private void checkFurtherColumns() throws IOException {
    Place place = place(footer.seal().offset(), "index");
    for (var column : IndexColumns.FURTHER.entrySet()) {
      footer.columns().require(column.getKey(), column.getValue(), place);
    }
    for (String name : List.of("path", "type", "status", "size")) {
      Column column = footer.columns().find(name);
      if (column != null && column.nullable()) {
        throw place.corrupt("column " + name + " is nullable, must not be");
      }
    }
  }

  private void checkTiling(BlobTable blobs) throws IOException {
    long position = footer.headLength();
    List<DirectoryRow> batches = parts.index().directory().rows();
    int batch = 0;
    int blob = 0;
    while (batch < batches.size() || blob < blobs.count()) {
      boolean blobFirst =
          batch == batches.size()
              || (blob < blobs.count() && blobs.offset(blob) < batches.get(batch).offset());
      if (blobFirst) {
        if (blobs.offset(blob) != position) {
          throw gap(position, blobs.offset(blob), "blob " + blob);
        }
        position += blobs.storedLength(blob);
        blob++;
      } else {
        DirectoryRow row = batches.get(batch);
        checkPadding(position, row.offset(), "batch " + batch);
        position = row.offset() + row.length();
        batch++;
      }
    }
    long marker = footer.blobTable().offset() - ArchiveFormat.END_OF_STREAM_LENGTH;
    checkPadding(position, marker, "end-of-stream marker");
    byte[] actual = parts.file().readBytes(marker, ArchiveFormat.END_OF_STREAM_LENGTH);
    if (!Arrays.equals(actual, END_OF_STREAM)) {
      throw place(marker, "end-of-stream marker")
          .corrupt(
              "bytes", HexFormat.of().formatHex(END_OF_STREAM), HexFormat.of().formatHex(actual));
    }
    checkPadding(footer.blobTable().end(), footer.batchDirectory().offset(), "batch directory");
    checkPadding(footer.batchDirectory().end(), footer.seal().offset(), "seal");
  }

  private void checkPadding(long from, long to, String next) throws IOException {
    if (to != ArchiveFormat.align(from)) {
      throw gap(from, to, next);
    }
    for (byte b : parts.file().readBytes(from, (int) (to - from))) {
      if (b != 0) {
        throw place(from, "padding before " + next).corrupt("is not zero");
      }
    }
  }

  private IOException gap(long from, long to, String next) {
    return place(from, next)
        .corrupt(
            to < from
                ? "starts at " + to + ", inside what is before it"
                : "starts at " + to + ", so " + (to - from) + " bytes before it belong to nothing");
  }
}

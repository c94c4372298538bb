package io.packhouse.engine.index;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.packhouse.engine.format.EntryStatus;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.index.EntryRow.ExtractStatus;
import io.packhouse.spi.PackageMetadata;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What every index sink takes: extend it and say how one is made. */
public abstract class IndexSinkContract {

  /** A new sink. */
  protected abstract IndexSink newSink() throws Exception;

  @Test
  protected void takesRowsOfEveryKindThenFinishThenClose() throws Exception {
    try (IndexSink sink = newSink()) {
      for (EntryRow row : rows()) {
        sink.row(row);
      }
      sink.finish("0".repeat(64));
    }
  }

  @Test
  protected void closesWithoutFinish() throws Exception {
    try (IndexSink sink = newSink()) {
      sink.row(rows().getFirst());
    }
  }

  @Test
  protected void closesTwice() throws Exception {
    IndexSink sink = newSink();
    sink.close();
    sink.close();
  }

  @Test
  protected void finishesAnArchiveOfNoRows() throws Exception {
    try (IndexSink sink = newSink()) {
      sink.finish("f".repeat(64));
    }
  }

  /** A row of each kind, in path order, with and without what may be null. */
  protected static List<EntryRow> rows() {
    byte[] digest = new byte[32];
    PackageMetadata metadata =
        PackageMetadata.builder(List.of()).name("n").purl("pkg:generic/n@1").build();
    byte[] target = "file".getBytes(UTF_8);
    return List.of(
        row("", EntryType.DIRECTORY, null, null, null),
        row("block", EntryType.BLOCK_DEVICE, null, null, null),
        row("char", EntryType.CHAR_DEVICE, null, null, null),
        row("fifo", EntryType.FIFO, null, null, null),
        row("file", EntryType.FILE, digest, null, metadata),
        row("file!/inner", EntryType.NESTED, null, null, metadata),
        row("hard", EntryType.HARDLINK, null, target, null),
        row("sym", EntryType.SYMLINK, null, new byte[] {(byte) 0xff}, null),
        failed("z\n\u00e4"));
  }

  private static EntryRow row(
      String path, EntryType type, byte[] digest, byte[] target, PackageMetadata metadata) {
    boolean nested = type == EntryType.NESTED;
    return new EntryRow(
        path.getBytes(UTF_8),
        type,
        EntryStatus.OK,
        null,
        digest == null ? 0 : 3,
        nested ? null : new EntryRow.Attributes(0755, -1, 0, 0, "root", null, 8, 1),
        target,
        digest == null ? null : Map.of("user.x", new byte[] {1}),
        digest,
        null,
        digest == null ? null : new long[] {0, 0, 3},
        "repository",
        metadata == null ? null : "generic",
        metadata,
        metadata == null ? null : ExtractStatus.OK,
        null,
        nested ? "file".getBytes(UTF_8) : null,
        nested ? "pkg:generic/n@1" : null,
        null);
  }

  private static EntryRow failed(String path) {
    return new EntryRow(
        path.getBytes(UTF_8),
        EntryType.FILE,
        EntryStatus.MISSING,
        "vanished",
        0,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }
}

package io.packhouse.client.command;

import io.packhouse.client.output.Json;
import io.packhouse.client.output.Numbers;
import io.packhouse.engine.pack.PackReport;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Says what a pack did.
 *
 * @param output as the user named it
 */
record PackReports(String output, PackReport report, int workers) {
  /** A daemon does not say how many it has. */
  static final int WORKERS_NOT_KNOWN = -1;

  void writeText(OutputStream out) throws IOException {
    StringBuilder text = new StringBuilder(600);
    text.append(output.equals("-") ? "standard output" : Failures.oneLine(output))
        .append(": ")
        .append(Numbers.bytes(report.archiveBytes()))
        .append(" of ")
        .append(Numbers.bytes(report.bytesIn()))
        .append(", ratio ")
        .append(Numbers.decimal(report.ratio(), 2))
        .append(", in ")
        .append(Numbers.seconds(report.wallNanos()))
        .append(" s\n");
    line(text, "id", report.id());
    StringBuilder entries = new StringBuilder(Numbers.count(report.files(), "file"));
    add(entries, report.directories(), "directory");
    add(entries, report.symlinks(), "symbolic link");
    add(entries, report.hardlinks(), "hard link");
    add(entries, report.specials(), "special file");
    add(entries, report.skippedCount(), "skipped socket");
    line(text, "entries", entries.toString());
    if (report.packages() > 0 || report.extractErrors() > 0) {
      line(
          text,
          "packages",
          Numbers.count(report.packages())
              + (report.extractErrors() == 0
                  ? ""
                  : ", "
                      + Numbers.count(report.extractErrors(), "file")
                      + " could not be understood"));
    }
    line(text, "stored", Numbers.bytes(report.rawBlobBytes()) + " as it is");
    line(
        text,
        "compressed",
        Numbers.bytes(report.compressedInBytes())
            + " to "
            + Numbers.bytes(report.compressedOutBytes()));
    line(text, "duplicates", Numbers.bytes(report.dedupedBytes()) + " stored once already");
    if (report.baseFiles() > 0 || report.basePartBytes() > 0) {
      line(
          text,
          "in the base",
          Numbers.count(report.baseFiles(), "file")
              + " of "
              + Numbers.bytes(report.baseBytes())
              + ", and "
              + Numbers.bytes(report.basePartBytes())
              + " of others");
    }
    if (report.sharedBytes() > 0) {
      line(
          text,
          "shared",
          Numbers.bytes(report.sharedBytes())
              + " as parts of other files, "
              + Numbers.count(report.extents(), "extent")
              + " in all");
    }
    if (report.holeBytes() > 0) {
      line(text, "holes", Numbers.bytes(report.holeBytes()) + " of zeros, not stored");
    }
    line(
        text,
        "blobs",
        Numbers.count(report.blobs()) + ", index " + Numbers.bytes(report.indexBytes()));
    String over = workers < 0 ? "" : " (over " + Numbers.count(workers, "worker") + ")";
    line(text, "seconds", seconds(report.stageNanos()) + over);
    line(text, "waits", seconds(report.waitNanos()));
    if (report.failedCount() > 0) {
      line(text, "missing", Numbers.count(report.failedCount(), "entry") + " could not be read");
    }
    out.write(text.toString().getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private static void add(StringBuilder text, long count, String noun) {
    if (count > 0) {
      text.append(", ").append(Numbers.count(count, noun));
    }
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append("  ")
        .append(name)
        .append(" ".repeat(12 - name.length()))
        .append(value)
        .append('\n');
  }

  void writeJson(OutputStream out) throws IOException {
    try (Json json = new Json(out)) {
      json.begin()
          .text("archive", output)
          .text("id", report.id())
          .number("archive_bytes", report.archiveBytes())
          .number("bytes", report.bytesIn())
          .ratio("ratio", report.ratio())
          .number("files", report.files())
          .number("directories", report.directories())
          .number("symlinks", report.symlinks())
          .number("hardlinks", report.hardlinks())
          .number("specials", report.specials())
          .number("packages", report.packages())
          .number("extract_errors", report.extractErrors())
          .number("unseen_siblings", report.unseenSiblings())
          .number("blobs", report.blobs())
          .number("raw_stored_bytes", report.rawBlobBytes())
          .number("compressed_in_bytes", report.compressedInBytes())
          .number("compressed_out_bytes", report.compressedOutBytes())
          .number("deduplicated_bytes", report.dedupedBytes())
          .number("base_files", report.baseFiles())
          .number("base_bytes", report.baseBytes())
          .number("base_part_bytes", report.basePartBytes())
          .number("shared_bytes", report.sharedBytes())
          .number("extents", report.extents())
          .number("hole_bytes", report.holeBytes())
          .number("index_bytes", report.indexBytes())
          .numberIfRecorded("workers", workers)
          .seconds("seconds", report.wallNanos())
          .begin("stage_seconds");
      for (Map.Entry<String, Long> stage : report.stageNanos().entrySet()) {
        json.seconds(stage.getKey(), stage.getValue());
      }
      json.end().begin("wait_seconds");
      for (Map.Entry<String, Long> wait : report.waitNanos().entrySet()) {
        json.seconds(wait.getKey(), wait.getValue());
      }
      json.end().number("failed", report.failedCount()).beginArray("failures");
      for (PackReport.Failure failure : report.failures()) {
        json.begin()
            .text("path", failure.path())
            .text("status", failure.status())
            .text("error", failure.error())
            .end();
      }
      json.endArray()
          .number("skipped", report.skippedCount())
          .value("skipped_paths", report.skipped())
          .end();
    }
  }

  private static String seconds(Map<String, Long> nanos) {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, Long> each : nanos.entrySet()) {
      text.append(text.isEmpty() ? "" : ", ").append(each.getKey()).append(' ');
      text.append(Numbers.seconds(each.getValue()));
    }
    return text.toString();
  }
}

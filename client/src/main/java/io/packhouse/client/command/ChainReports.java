package io.packhouse.client.command;

import io.packhouse.client.output.Json;
import io.packhouse.client.output.Numbers;
import io.packhouse.engine.read.chain.ChainReport;
import java.io.IOException;
import java.io.Writer;

/** Says what a delta needs besides itself; nothing of another archive. */
record ChainReports(ChainReport report) {

  void write(Writer out) throws IOException {
    int depth = report.bases().size();
    if (depth == 0) {
      return;
    }
    out.write(
        "  delta        of "
            + Numbers.count(depth)
            + (depth == 1 ? " base, has " : " bases, has ")
            + Numbers.bytes(report.ownBytes())
            + " of contents itself\n");
    for (ChainReport.Link link : report.bases()) {
      out.write("  base         " + link.id() + "\n               ");
      out.write(
          link.usedBlobs() == ChainReport.UNKNOWN
              ? ""
              : Numbers.count(link.usedBlobs())
                  + " of "
                  + Numbers.count(link.blobs(), "blob")
                  + ", ");
      out.write(Numbers.bytes(link.usedBytes()) + " of contents, ");
      out.write(
          link.file() != null
              ? Failures.oneLine(link.file().toString())
              : "missing: " + Failures.oneLine(link.problem()));
      out.write("\n");
    }
  }

  void writeJson(Json json) throws IOException {
    json.number("depth", report.bases().size()).beginArray("bases");
    for (ChainReport.Link link : report.bases()) {
      json.begin()
          .text("id", link.id())
          .number("blobs", link.blobs())
          .numberIfRecorded("used_blobs", link.usedBlobs())
          .number("used_bytes", link.usedBytes())
          .flag("found", link.file() != null)
          .text("file", link.file() == null ? null : link.file().toString())
          .text("problem", link.problem())
          .end();
    }
    json.endArray();
  }
}

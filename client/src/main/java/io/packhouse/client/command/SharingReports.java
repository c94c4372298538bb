package io.packhouse.client.command;

import io.packhouse.client.output.Json;
import io.packhouse.client.output.Numbers;
import io.packhouse.engine.read.sharing.SharingReport;
import java.io.IOException;
import java.io.Writer;

/** Says what the files of an archive share. */
record SharingReports(SharingReport report) {
  /** How many files are named of each kind. */
  static final int NAMED = 10;

  void write(Writer out) throws IOException {
    long shared = report.wholeBytes() + report.partBytes();
    out.write(
        "  shared       "
            + Numbers.bytes(shared)
            + " of "
            + Numbers.bytes(report.bytes())
            + ": "
            + Numbers.bytes(report.wholeBytes())
            + " as whole files, "
            + Numbers.bytes(report.partBytes())
            + " as parts\n");
    if (report.baseBytes() > 0) {
      out.write("  in bases     " + Numbers.bytes(report.baseBytes()) + "\n");
    }
    out.write(
        "  extents      "
            + Numbers.count(report.extents())
            + " of "
            + Numbers.count(report.files(), "file")
            + ", "
            + Numbers.count(report.splitFiles())
            + " of which have several, "
            + Numbers.count(report.mostExtents())
            + " at most\n");
    for (SharingReport.Taker taker : report.takers()) {
      out.write(
          "  takes        "
              + Numbers.bytes(taker.taken())
              + " of "
              + Numbers.bytes(taker.size())
              + ": "
              + Failures.oneLine(taker.path())
              + "\n");
      if (taker.from() != null) {
        out.write(
            "               "
                + Numbers.bytes(taker.fromBytes())
                + " from "
                + Failures.oneLine(taker.from())
                + "\n");
      }
    }
    for (SharingReport.Giver giver : report.givers()) {
      out.write(
          "  gives        "
              + Numbers.bytes(giver.given())
              + ", has "
              + Numbers.bytes(giver.size())
              + ": "
              + Failures.oneLine(giver.path())
              + "\n");
    }
  }

  void writeJson(Json json) throws IOException {
    json.begin("sharing")
        .number("bytes", report.bytes())
        .number("hole_bytes", report.holeBytes())
        .number("base_bytes", report.baseBytes())
        .number("whole_bytes", report.wholeBytes())
        .number("part_bytes", report.partBytes())
        .number("files", report.files())
        .number("split_files", report.splitFiles())
        .number("extents", report.extents())
        .number("most_extents", report.mostExtents())
        .beginArray("takers");
    for (SharingReport.Taker taker : report.takers()) {
      json.begin()
          .text("path", taker.path())
          .number("size", taker.size())
          .number("taken", taker.taken())
          .text("from", taker.from());
      if (taker.from() != null) {
        json.number("from_bytes", taker.fromBytes());
      }
      json.end();
    }
    json.endArray().beginArray("givers");
    for (SharingReport.Giver giver : report.givers()) {
      json.begin()
          .text("path", giver.path())
          .number("size", giver.size())
          .number("given", giver.given())
          .end();
    }
    json.endArray().end();
  }
}

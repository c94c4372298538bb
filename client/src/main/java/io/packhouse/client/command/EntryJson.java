package io.packhouse.client.command;

import io.packhouse.client.output.Json;
import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.format.EntryType;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Map;

/** An entry as a JSON object: the columns of the index, by their names there. */
final class EntryJson {
  private static final HexFormat HEX = HexFormat.of();

  private EntryJson() {}

  static void write(Json json, EntryView entry) throws IOException {
    json.begin().path("path", entry.pathBytes()).text("type", entry.typeLabel());
    if (!entry.isOk()) {
      json.text("status", entry.statusLabel()).text("error", entry.error());
    }
    if (entry.is(EntryType.FILE)) {
      json.number("size", entry.size());
    }
    if (entry.mode() >= 0) {
      json.text("mode", Integer.toOctalString(010000 | entry.mode()).substring(1));
    }
    if (entry.hasMtime()) {
      json.time("mtime", entry.mtimeNanos());
    }
    json.numberIfRecorded("uid", entry.uid())
        .numberIfRecorded("gid", entry.gid())
        .text("user", entry.user())
        .text("group", entry.group());
    byte[] target = entry.linkTarget();
    if (target != null) {
      json.path("link_target", target);
    }
    json.numberIfRecorded("device_major", entry.deviceMajor())
        .numberIfRecorded("device_minor", entry.deviceMinor());
    Map<String, byte[]> xattrs = entry.xattrs();
    if (xattrs != null && !xattrs.isEmpty()) {
      json.value("xattrs", xattrs);
    }
    byte[] digest = entry.blake3();
    json.text("blake3", digest == null ? null : HEX.formatHex(digest));
    for (DigestAlgorithm algorithm : DigestAlgorithm.COLUMNS) {
      byte[] further = entry.digest(algorithm);
      json.text(algorithm.label(), further == null ? null : HEX.formatHex(further));
    }
    json.text("repository", entry.repository())
        .text("purl", entry.purl())
        .text("package_type", entry.packageType())
        .text("namespace", entry.namespace())
        .text("name", entry.name())
        .text("version", entry.version())
        .text("license", entry.license());
    if (entry.packageType() != null || entry.is(EntryType.NESTED)) {
      for (Map.Entry<String, Object> column : entry.packageColumns().entrySet()) {
        json.value(column.getKey(), column.getValue());
      }
    }
    json.end();
  }
}

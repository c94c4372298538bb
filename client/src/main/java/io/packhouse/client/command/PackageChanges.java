package io.packhouse.client.command;

import io.packhouse.client.output.Json;
import io.packhouse.client.output.Style;
import io.packhouse.engine.diff.PackageChange;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes how packages differ, as lines and as JSON. */
final class PackageChanges {
  private PackageChanges() {}

  static void write(Writer out, Style style, PackageChange change) throws IOException {
    String purl = Failures.oneLine(change.purl());
    String from = versions(change.versions());
    String to = versions(change.newVersions());
    out.write(
        switch (change.kind()) {
          case ADDED -> style.green("+ " + purl) + " " + to;
          case REMOVED -> style.red("- " + purl) + " " + from;
          case UPGRADED -> style.yellow("^ " + purl) + " " + from + " -> " + to;
          case RELICENSED ->
              style.cyan("= " + purl)
                  + " "
                  + from
                  + " ("
                  + license(change.license())
                  + " -> "
                  + license(change.newLicense())
                  + ")";
        });
    out.write('\n');
  }

  private static String versions(List<String> versions) {
    return versions.isEmpty() ? "-" : Failures.oneLine(String.join(", ", versions));
  }

  private static String license(@Nullable String license) {
    return license == null ? "no license" : Failures.oneLine(license);
  }

  static void write(Json json, PackageChange change) throws IOException {
    json.begin()
        .text("kind", change.kind().name().toLowerCase(Locale.ROOT))
        .text("purl", change.purl())
        .value("versions", change.versions())
        .value("new_versions", change.newVersions());
    if (change.kind() == PackageChange.Kind.RELICENSED) {
      json.text("license", change.license()).text("new_license", change.newLicense());
    }
    json.end();
  }
}

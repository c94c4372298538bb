package io.packhouse.plugins.deb;

import io.packhouse.plugins.common.Limits;
import io.packhouse.plugins.common.Rfc822Headers;
import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ArchiveOpener;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionIOException;
import io.packhouse.spi.MemberStream;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a package file front to back: {@code debian-binary}, the control archive, and as much of
 * the data archive as may hold the copyright file. What was read before a failure stays. For one
 * thread and one file.
 */
final class DebReader {

  /**
   * Of the data archive so much is inflated at most, looking for the copyright file: its members
   * are sorted by name, so that files below {@code usr/bin} and {@code usr/lib} come before.
   */
  static final long MAX_DATA_BYTES = 2 << 20;

  private static final int MAX_CONTROL_BYTES = 1 << 20;
  private static final int MAX_CONTROL_MEMBERS = 1_000;
  private static final int MAX_COPYRIGHT_BYTES = 512 << 10;
  private static final int MAX_SKIPPED_MEMBERS = 16;
  private static final int TAR_HEADER = 512;

  private final ArchiveOpener opener;
  private final List<String> controlFiles = new ArrayList<>();
  private final List<String> conffiles = new ArrayList<>();
  private @Nullable Rfc822Headers control;
  private String controlText = "";

  /** Lists the regular files of the data archive; null where there is none that tells. */
  private @Nullable String md5sums;

  private @Nullable DebCopyright copyright;
  private @Nullable Long madeNanos;
  private @Nullable String dataCompression;

  DebReader(ArchiveOpener opener) {
    this.opener = opener;
  }

  void read(PackageFile file) throws ExtractionException, IOException {
    try (MemberStream ar = opener.members(file)) {
      ArchiveMember first = ar.next();
      if (first == null || !first.name().equals("debian-binary")) {
        throw new ExtractionException("first member is not debian-binary");
      }
      madeNanos = first.modifiedNanos();
      checkVersion(first);
      ArchiveMember member = next(ar, "control.tar");
      compression(member, "control.tar");
      readControl(member.file(member.name()));
      ArchiveMember data = next(ar, "data.tar");
      dataCompression = compression(data, "data.tar");
      // Fails where the member ends outside the file.
      PackageFile view = data.file(data.name());
      String name = control == null ? null : control.first("Package");
      String path = "usr/share/doc/" + name + "/copyright";
      if (name != null && (md5sums == null || md5sums.contains(path))) {
        findCopyright(view, path);
      }
    } catch (ExtractionIOException e) {
      throw e.damage();
    }
  }

  /** As dpkg: 2 and any minor number, in a line. */
  private static void checkVersion(ArchiveMember member) throws ExtractionException, IOException {
    String text = new String(member.bytes(1_024), StandardCharsets.ISO_8859_1);
    int newline = text.indexOf('\n');
    String version = newline < 0 ? text : text.substring(0, newline);
    if (!version.matches("2\\.[0-9]{1,9}")) {
      String shown = version.replaceAll("[^0-9a-zA-Z.]", "?");
      throw new ExtractionException(
          "package format must be 2.x, found "
              + (shown.length() > 20 ? shown.substring(0, 20) : shown));
    }
  }

  /** The next member but those whose names begin with {@code _}, which deb(5) has readers skip. */
  private static ArchiveMember next(MemberStream ar, String expected)
      throws ExtractionException, IOException {
    for (int skipped = 0; skipped < MAX_SKIPPED_MEMBERS; skipped++) {
      ArchiveMember member = ar.next();
      if (member == null) {
        throw new ExtractionException("package has no " + expected + ": it ends early");
      }
      if (!member.name().startsWith("_")) {
        if (member.name().startsWith(expected)) {
          return member;
        }
        String name = member.name().replaceAll("\\p{Cntrl}", "?");
        throw new ExtractionException("expected member " + expected + ", found " + name);
      }
    }
    throw new ExtractionException(
        "more than " + MAX_SKIPPED_MEMBERS + " members before " + expected);
  }

  private static String compression(ArchiveMember member, String base) throws ExtractionException {
    String suffix = member.name().substring(base.length());
    return switch (suffix) {
      case "" -> "none";
      case ".gz", ".xz", ".zst", ".bz2", ".lzma" -> suffix.substring(1);
      default ->
          throw new ExtractionException(
              "unknown compression of " + base + ": " + suffix.replaceAll("\\p{Cntrl}", "?"));
    };
  }

  private void readControl(PackageFile tar) throws ExtractionException, IOException {
    try (MemberStream members = opener.members(tar)) {
      for (ArchiveMember member = members.next(); member != null; member = members.next()) {
        if (member.kind() != ArchiveMember.Kind.FILE || member.name().isEmpty()) {
          continue;
        }
        if (controlFiles.size() >= MAX_CONTROL_MEMBERS) {
          throw new ExtractionException(
              "control archive has more members than the limit of " + MAX_CONTROL_MEMBERS);
        }
        controlFiles.add(member.name());
        if (member.name().equals("control")) {
          controlText = new String(member.bytes(MAX_CONTROL_BYTES), StandardCharsets.UTF_8);
          control = Rfc822Headers.parse(controlText);
        } else if (member.name().equals("conffiles")) {
          readConffiles(member.bytes(MAX_CONTROL_BYTES));
        } else if (member.name().equals("md5sums")
            && member.size() > 0
            && member.size() <= MAX_CONTROL_BYTES) {
          md5sums = new String(member.bytes(MAX_CONTROL_BYTES), StandardCharsets.ISO_8859_1);
        }
      }
    }
    if (control == null) {
      throw new ExtractionException("control archive has no member control");
    }
  }

  /** A path a line; {@code remove-on-upgrade} before it is said of one that is no longer there. */
  private void readConffiles(byte[] bytes) {
    conffiles.clear();
    new String(bytes, StandardCharsets.UTF_8)
        .lines()
        .map(String::strip)
        .filter(line -> line.startsWith("/"))
        .map(line -> line.length() > 4_096 ? line.substring(0, 4_096) : line)
        .limit(Limits.ITEMS)
        .forEach(conffiles::add);
  }

  /** Does not fail where the data archive is damaged further on: the rest is not looked at. */
  private void findCopyright(PackageFile data, String path)
      throws ExtractionException, IOException {
    long passed = 0;
    try (MemberStream members = opener.members(data)) {
      for (ArchiveMember member = members.next();
          member != null && passed <= MAX_DATA_BYTES;
          member = members.next()) {
        if (member.name().equals(path)) {
          if (member.kind() == ArchiveMember.Kind.FILE && member.size() <= MAX_COPYRIGHT_BYTES) {
            copyright = DebCopyright.parse(member.bytes(MAX_COPYRIGHT_BYTES));
          }
          return;
        }
        // The next header lies behind this member, so going there inflates all of it.
        passed += TAR_HEADER + Math.max(0, member.size());
        if (passed > MAX_DATA_BYTES) {
          return;
        }
      }
    }
  }

  boolean hasControl() {
    return control != null;
  }

  /** The control fields. */
  Rfc822Headers control() {
    if (control == null) {
      throw new IllegalStateException("control was not read");
    }
    return control;
  }

  /**
   * A whole field of relations, which of libraries in many flavours is longer than the headers keep
   * of a field; null where there is none.
   */
  @Nullable String relations(String field) {
    String value = control().first(field);
    if (value == null || value.length() < Limits.TEXT) {
      return value;
    }
    int at = 0;
    while (at >= 0 && !controlText.regionMatches(true, at, field + ":", 0, field.length() + 1)) {
      int newline = controlText.indexOf('\n', at);
      at = newline < 0 ? -1 : newline + 1;
    }
    if (at < 0) {
      return value;
    }
    int end = controlText.indexOf('\n', at);
    while (end >= 0
        && end + 1 < controlText.length()
        && " \t".indexOf(controlText.charAt(end + 1)) >= 0) {
      end = controlText.indexOf('\n', end + 1);
    }
    return controlText.substring(at + field.length() + 1, end < 0 ? controlText.length() : end);
  }

  /** Names of the control archive's files, in its order. */
  List<String> controlFiles() {
    return controlFiles;
  }

  List<String> conffiles() {
    return conffiles;
  }

  /** Null where it was not found, or is not machine-readable. */
  @Nullable DebCopyright copyright() {
    return copyright;
  }

  /** The time of the member {@code debian-binary}. */
  @Nullable Long madeNanos() {
    return madeNanos;
  }

  @Nullable String dataCompression() {
    return dataCompression;
  }
}

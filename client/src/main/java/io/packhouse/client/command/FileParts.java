package io.packhouse.client.command;

import io.packhouse.client.output.Json;
import io.packhouse.client.output.Numbers;
import io.packhouse.client.output.Style;
import io.packhouse.extraction.archive.SafeArchiveOpener;
import io.packhouse.spi.ArchiveFormat;
import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which parts of two versions of a file differ: of zips the members, by what their directories say
 * of these; of other files the bytes between those that both begin and end with.
 *
 * @param members that differ, by name; null where one of the files is no zip
 * @param sameMembers how many do not
 * @param head bytes that both begin with
 * @param tail bytes after those that both end with
 */
record FileParts(
    @Nullable List<Member> members,
    long sameMembers,
    long oldSize,
    long newSize,
    long head,
    long tail) {
  private static final int PIECE = 256 << 10;

  /**
   * A member that differs.
   *
   * @param oldSize −1 where the old version has it not
   * @param newSize −1 where the new version has it not
   */
  record Member(String name, long oldSize, long newSize) {
    String kind() {
      return oldSize < 0 ? "added" : newSize < 0 ? "removed" : "changed";
    }
  }

  static FileParts compare(PackageFile before, PackageFile after) throws IOException {
    Map<String, ArchiveMember> old = members(before);
    Map<String, ArchiveMember> now = old == null ? null : members(after);
    return old == null || now == null ? ofBytes(before, after) : ofMembers(old, now);
  }

  /** Null where it is no zip, or a damaged one. */
  private static @Nullable Map<String, ArchiveMember> members(PackageFile file) throws IOException {
    try (SafeArchiveOpener opener = new SafeArchiveOpener(ExtractionLimits.DEFAULT)) {
      if (opener.detect(file) != ArchiveFormat.ZIP) {
        return null;
      }
      Map<String, ArchiveMember> members = new TreeMap<>();
      for (ArchiveMember member : opener.zip(file).members()) {
        if (member.kind() != ArchiveMember.Kind.DIRECTORY) {
          members.put(member.name(), member);
        }
      }
      return members;
    } catch (ExtractionException e) {
      return null; // its bytes can be compared all the same
    }
  }

  private static FileParts ofMembers(
      Map<String, ArchiveMember> old, Map<String, ArchiveMember> now) {
    List<Member> changed = new ArrayList<>();
    long same = 0;
    TreeMap<String, ArchiveMember> all = new TreeMap<>(old);
    all.putAll(now);
    for (String name : all.keySet()) {
      ArchiveMember before = old.get(name);
      ArchiveMember after = now.get(name);
      if (before != null
          && after != null
          && before.size() == after.size()
          && before.crc32() == after.crc32()) {
        same++;
      } else {
        changed.add(
            new Member(
                name, before == null ? -1 : before.size(), after == null ? -1 : after.size()));
      }
    }
    return new FileParts(changed, same, 0, 0, 0, 0);
  }

  private static FileParts ofBytes(PackageFile before, PackageFile after) throws IOException {
    long most = Math.min(before.size(), after.size());
    long head = 0;
    while (head < most) {
      int length = (int) Math.min(PIECE, most - head);
      int differs = before.slice(head, length).mismatch(after.slice(head, length));
      head += differs < 0 ? length : differs;
      if (differs >= 0) {
        break;
      }
    }
    long tail = 0;
    while (tail < most - head) {
      int length = (int) Math.min(PIECE, most - head - tail);
      ByteBuffer old = before.slice(before.size() - tail - length, length);
      ByteBuffer now = after.slice(after.size() - tail - length, length);
      int same = 0;
      while (same < length && old.get(length - 1 - same) == now.get(length - 1 - same)) {
        same++;
      }
      tail += same;
      if (same < length) {
        break;
      }
    }
    return new FileParts(null, 0, before.size(), after.size(), head, tail);
  }

  void write(Writer out, Style style) throws IOException {
    List<Member> listed = members;
    if (listed == null) {
      out.write(
          "    bytes "
              + range(oldSize)
              + " are now "
              + range(newSize)
              + ", the others are the same\n");
      return;
    }
    for (Member member : listed) {
      String name = Failures.oneLine(member.name());
      out.write("    ");
      out.write(
          switch (member.kind()) {
            case "added" -> style.green("+ " + name) + sizes(member.newSize());
            case "removed" -> style.red("- " + name) + sizes(member.oldSize());
            default -> style.yellow("~ " + name) + sizes(member.oldSize(), member.newSize());
          });
      out.write('\n');
    }
    out.write("    " + Numbers.count(sameMembers) + " of its members the same\n");
  }

  private String range(long size) {
    return "["
        + Numbers.count(head)
        + ", "
        + Numbers.count(size - tail)
        + ") of "
        + Numbers.count(size);
  }

  private static String sizes(long size) {
    return " (" + Numbers.count(size) + ")";
  }

  private static String sizes(long from, long to) {
    return " (" + Numbers.count(from) + (from == to ? "" : " -> " + Numbers.count(to)) + ")";
  }

  void writeJson(Json json) throws IOException {
    List<Member> listed = members;
    if (listed == null) {
      json.number("old_size", oldSize).number("same_head", head).number("same_tail", tail);
      return;
    }
    json.number("same_members", sameMembers).beginArray("members");
    for (Member member : listed) {
      json.begin()
          .text("kind", member.kind())
          .text("name", member.name())
          .numberIfRecorded("size", member.newSize())
          .numberIfRecorded("old_size", member.oldSize())
          .end();
    }
    json.endArray();
  }
}

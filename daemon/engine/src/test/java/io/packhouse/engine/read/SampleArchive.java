package io.packhouse.engine.read;

import static io.packhouse.engine.read.TestArchive.extent;
import static io.packhouse.engine.read.TestArchive.utf8;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** An archive with some of everything, for tests to read and to damage. */
public final class SampleArchive {
  private SampleArchive() {}

  static byte[] random(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** A tree with everything in it: two groups and nested packages, shared and big files. */
  public static TestArchive sample() {
    TestArchive archive = new TestArchive();
    byte[] shared = utf8("one two three ".repeat(300));
    byte[] raw = random(5000, 1);
    long frame = archive.zstd(shared);
    long stored = archive.raw(raw);
    byte[] big = Arrays.copyOf(shared, shared.length + raw.length + 100_000 + 10);
    System.arraycopy(raw, 0, big, shared.length, raw.length);
    System.arraycopy(shared, 5, big, big.length - 10, 10);
    archive.row("", "directory").put("mode", 0755);
    archive.file(
        "a/big",
        big,
        extent(frame, 0, shared.length),
        extent(stored, 0, raw.length),
        extent(-1, 0, 100_000),
        extent(frame, 5, 10));
    archive.file("a/empty", new byte[0]);
    Map<String, Object> link = archive.row("a/link", "symlink");
    link.put("link_target", "../x");
    archive.hardlink("a/same", "a/big");
    archive.file("b/one", Arrays.copyOfRange(shared, 0, 3), extent(frame, 0, 3));
    Map<String, Object> gone = archive.row("b/gone.txt", "file");
    gone.put("status", "unreadable");
    gone.put("error", "Permission denied");
    Map<String, Object> latin = archive.row("b/\uFFFD", "fifo");
    latin.put("path_raw", new byte[] {'b', '/', (byte) 0xE9});
    latin.put("xattrs", List.of(Map.of("name", "user.x", "value", new byte[] {1, 2})));
    archive.sortRows();
    Map<String, Object> jar = archive.file("b/raw.jar", raw, extent(stored, 0, raw.length));
    jar.put("package_type", "maven");
    jar.put("name", "raw");
    jar.put("purl", "pkg:maven/x/raw@1");
    jar.put("maven", Map.of("packaging", "jar", "snapshot", true));
    jar.put("authors", List.of("Ada", "Grace"));
    Map<String, Object> nested = archive.row("b/raw.jar!/lib/in.jar", "nested");
    nested.put("package_type", "maven");
    nested.put("parent_path", "b/raw.jar");
    return archive;
  }
}

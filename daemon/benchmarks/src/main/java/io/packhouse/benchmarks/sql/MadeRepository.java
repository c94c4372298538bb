package io.packhouse.benchmarks.sql;

import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.fs.FileKind;
import io.packhouse.engine.fs.FileStatus;
import io.packhouse.engine.pack.EntrySource;
import io.packhouse.engine.pack.SourceEntry;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A Maven repository that is made up: poms with dependencies, and small files beside them. It is
 * packed from memory, since millions of files on disk would take longer than all the rest.
 */
final class MadeRepository implements EntrySource {
  private static final int GROUPS = 400;
  private static final int ARTIFACTS = 50;
  private static final int VERSIONS = 30;
  private static final int DEPENDENCIES = 3;
  private static final String LOG4J = "org.apache.logging.log4j";

  /** One repository in this many has a log4j-core. */
  private static final int LOG4J_SHARE = 20;

  private static final byte[] DIRECTORY = {};

  private final Iterator<Map.Entry<String, byte[]>> entries;
  private byte[] current = DIRECTORY;
  private int read;

  /**
   * Makes one.
   *
   * @param seed the same gives the same
   * @param count of entries, directories too
   * @param packages of them
   */
  MadeRepository(long seed, int count, int packages) {
    TreeMap<String, byte[]> tree = new TreeMap<>();
    tree.put("", DIRECTORY);
    Random random = new Random(seed);
    int made = 0;
    if (random.nextInt(LOG4J_SHARE) == 0) {
      add(tree, LOG4J, "log4j-core", "2." + random.nextInt(25) + ".0", random);
      made++;
    }
    while (made < packages) {
      String group = "org.g%03d".formatted(random.nextInt(GROUPS));
      String artifact = "a%02d".formatted(random.nextInt(ARTIFACTS));
      int before = tree.size();
      add(tree, group, artifact, random.nextInt(VERSIONS) + ".0." + random.nextInt(5), random);
      made += tree.size() > before ? 1 : 0;
    }
    for (int i = 0; tree.size() < count; i++) {
      byte[] noise = new byte[20];
      random.nextBytes(noise);
      add(tree, "files/d%02d/f%06d.txt".formatted(i % 100, i), Arrays.toString(noise));
    }
    entries = tree.entrySet().iterator();
  }

  private static void add(
      Map<String, byte[]> tree, String group, String artifact, String version, Random random) {
    StringBuilder pom = new StringBuilder("<project><modelVersion>4.0.0</modelVersion>");
    pom.append(coordinates(group, artifact, version));
    pom.append("<licenses><license><name>Apache License, Version 2.0</name></license></licenses>");
    pom.append("<dependencies>");
    for (int i = 0; i < DEPENDENCIES; i++) {
      boolean log4j = random.nextInt(500) == 0;
      pom.append("<dependency>")
          .append(
              log4j
                  ? coordinates(LOG4J, "log4j-core", "2." + random.nextInt(25) + ".0")
                  : coordinates(
                      "org.g%03d".formatted(random.nextInt(GROUPS)),
                      "a%02d".formatted(random.nextInt(ARTIFACTS)),
                      random.nextInt(VERSIONS) + ".0.0"))
          .append("</dependency>");
    }
    pom.append("</dependencies></project>");
    String folder = group.replace('.', '/') + "/" + artifact + "/" + version;
    add(tree, folder + "/" + artifact + "-" + version + ".pom", pom.toString());
  }

  private static String coordinates(String group, String artifact, String version) {
    return String.format(
        Locale.ROOT,
        "<groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version>",
        group,
        artifact,
        version);
  }

  private static void add(Map<String, byte[]> tree, String path, String text) {
    for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
      tree.put(path.substring(0, slash), DIRECTORY);
    }
    tree.put(path, text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public @Nullable SourceEntry next() {
    if (!entries.hasNext()) {
      return null;
    }
    Map.Entry<String, byte[]> entry = entries.next();
    current = entry.getValue();
    read = 0;
    boolean directory = current.length == 0;
    FileStatus status =
        new FileStatus(
            directory ? FileKind.DIRECTORY : FileKind.FILE,
            directory ? 0755 : 0644,
            current.length,
            1_700_000_000,
            0,
            0,
            0,
            1,
            0,
            0,
            0,
            0);
    return new SourceEntry(
        entry.getKey().getBytes(StandardCharsets.UTF_8),
        directory ? EntryType.DIRECTORY : EntryType.FILE,
        status,
        "root",
        "root",
        null,
        null);
  }

  @Override
  public void read(MemorySegment target) throws IOException {
    int length = Math.toIntExact(target.byteSize());
    MemorySegment.copy(MemorySegment.ofArray(current), read, target, 0, length);
    read += length;
  }

  @Override
  public void cancel() {}
}

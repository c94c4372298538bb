package io.packhouse.benchmarks;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * A tree to pack.
 *
 * @param name of its directory
 * @param directory absolute
 * @param entries all below the directory
 * @param files regular ones
 * @param bytes in all regular files; hard links count each time
 * @param oneFile path of the file that is read alone: of those whose names no tool takes for a
 *     pattern the one of middle rank by size
 */
record Corpus(String name, Path directory, long entries, long files, long bytes, String oneFile) {

  private record Candidate(long size, String path) {}

  /**
   * Walks a tree, which also brings its names into the page cache.
   *
   * @throws IOException if it cannot be read, or has no file to read alone
   */
  static Corpus of(Path directory) throws IOException {
    Path root = directory.toRealPath();
    List<Candidate> candidates = new ArrayList<>();
    long[] counts = new long[3];
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
            counts[0]++;
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
            counts[0]++;
            if (attributes.isRegularFile()) {
              counts[1]++;
              counts[2] += attributes.size();
              String relative = root.relativize(path).toString();
              if (attributes.size() > 0 && relative.matches("[A-Za-z0-9._/+-]+")) {
                candidates.add(new Candidate(attributes.size(), relative));
              }
            }
            return FileVisitResult.CONTINUE;
          }
        });
    if (candidates.isEmpty()) {
      throw new IOException(directory + " has no file with a plain name to read alone");
    }
    candidates.sort(
        (left, right) ->
            left.size() != right.size()
                ? Long.compare(left.size(), right.size())
                : left.path().compareTo(right.path()));
    String oneFile = candidates.get(candidates.size() / 2).path();
    Path name = root.getFileName();
    return new Corpus(
        name == null ? "root" : name.toString(),
        root,
        counts[0] - 1,
        counts[1],
        counts[2],
        oneFile);
  }
}

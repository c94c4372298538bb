package io.packhouse.client.command;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** An archive that is here for a while only, in a hidden folder of its own. */
record FetchedArchive(Path file) implements AutoCloseable {
  /** Brings the archive. */
  interface Source {
    void fetchInto(Path file) throws IOException, InterruptedException;
  }

  /** Fetches an archive into a new folder in this one, which is made where it is missing. */
  static FetchedArchive fetch(Path parent, Source source) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory(Files.createDirectories(parent), ".packhouse-");
    FetchedArchive fetched = new FetchedArchive(folder.resolve("archive.pkh"));
    try {
      source.fetchInto(fetched.file);
      return fetched;
    } catch (Throwable e) {
      fetched.close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    Path folder = file.resolveSibling("");
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path each : files) {
        Files.delete(each);
      }
    }
    Files.delete(folder);
  }
}

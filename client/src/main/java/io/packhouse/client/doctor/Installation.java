package io.packhouse.client.doctor;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import org.jspecify.annotations.Nullable;

/**
 * Where this command was installed.
 *
 * @param home the folder of {@code bin/} and {@code lib/}; null where it does not run from one
 * @param jar that it runs from, or a folder of classes
 */
record Installation(@Nullable Path home, Path jar) {

  static Installation ofProcess() throws IOException {
    CodeSource source = Installation.class.getProtectionDomain().getCodeSource();
    try {
      Path jar = Path.of(source.getLocation().toURI()).toRealPath();
      Path lib = jar.getParent();
      Path home = lib == null ? null : lib.getParent();
      boolean installed = home != null && Files.exists(home.resolve("bin/packhouse"));
      return new Installation(installed ? home : null, jar);
    } catch (URISyntaxException e) {
      throw new IOException("this command runs from nowhere: " + source.getLocation(), e);
    }
  }
}

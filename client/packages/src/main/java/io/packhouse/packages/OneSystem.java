package io.packhouse.packages;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Enumeration;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Leaves out native libraries that no machine loads which a package is for: those of other systems
 * and processors are most of what zstd-jni and DuckDB weigh.
 */
final class OneSystem {
  private static final LocalDateTime ENTRY_TIME = LocalDateTime.of(2025, 1, 1, 0, 0);
  private static final Pattern LIBRARY =
      Pattern.compile("\\.(so|dll|dylib|jnilib)$|\\.so_(linux|macos|osx|windows)_[a-z0-9_]+$");
  private static final Pattern OTHER_SYSTEM =
      Pattern.compile("\\.(dll|dylib|jnilib)$|so_(macos|osx|windows)_|^(aix|darwin|freebsd|win)/");

  private final Pattern otherProcessor;

  /**
   * Makes one for Linux.
   *
   * @param processor as {@code os.arch} says
   * @throws IllegalArgumentException if there are no packages for it
   */
  OneSystem(String processor) {
    String x86 = "amd64|x86_64";
    String arm = "aarch64|aarch_64|arm64";
    String rest = "arm|i386|x86|loongarch64|mips64|ppc64|ppc64le|riscv64|s390x";
    String others =
        switch (processor) {
          case "amd64" -> arm + "|" + rest;
          case "aarch64" -> x86 + "|" + rest;
          default -> throw new IllegalArgumentException("no packages for " + processor);
        };
    // Names of processors stand alone in a path: x86 is none in x86_64, nor arm in arm64.
    otherProcessor = Pattern.compile("(?<![A-Za-z0-9])(" + others + ")(?![A-Za-z0-9_])");
  }

  /** Whether a file is a library for another machine. */
  boolean isForeign(String name) {
    return LIBRARY.matcher(name).find()
        && (OTHER_SYSTEM.matcher(name).find() || otherProcessor.matcher(name).find());
  }

  /** Whether a jar has such libraries. */
  private boolean hasForeign(JarFile jar) {
    return jar.stream().anyMatch(entry -> isForeign(entry.getName()));
  }

  /** Copies a file of the application, unless it is for other machines. */
  void copy(Path file, Stage stage, String installed) throws IOException {
    String name = file.getFileName().toString();
    if (isForeign(name)) {
      return;
    }
    if (name.endsWith(".jar")) {
      try (JarFile jar = new JarFile(file.toFile())) {
        if (hasForeign(jar)) {
          if (jar.stream().anyMatch(entry -> isOurs(entry.getName()))) {
            strip(jar, stage.at(installed));
          }
          return;
        }
      }
    }
    stage.copy(file, installed);
  }

  private boolean isOurs(String entry) {
    return !isForeign(entry) && (entry.endsWith(".class") || LIBRARY.matcher(entry).find());
  }

  private void strip(JarFile jar, Path target) throws IOException {
    try (OutputStream file = Files.newOutputStream(target);
        ZipOutputStream out = new ZipOutputStream(file)) {
      for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
        JarEntry entry = entries.nextElement();
        if (entry.isDirectory() || isForeign(entry.getName())) {
          continue;
        }
        ZipEntry copy = new ZipEntry(entry.getName());
        copy.setTimeLocal(ENTRY_TIME);
        out.putNextEntry(copy);
        try (InputStream in = jar.getInputStream(entry)) {
          in.transferTo(out);
        }
        out.closeEntry();
      }
    }
  }
}

package io.packhouse.engine.extract;

import io.packhouse.engine.codec.blake3.Blake3;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.PackageExtractor;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What stands for a host's built-in extractors: the bytes of the jars that they, the opener of
 * archives, the SPI and the host are in, their order and the limits. A version would not tell one
 * build of it from another. The libraries that they use are those of the build; that the machine or
 * its JDK makes no difference is what every archive promises.
 *
 * @param value null where the code is in no jars, as in an IDE
 */
record ExtractorIdentity(@Nullable String value) {

  static ExtractorIdentity of(
      List<InstalledExtractor> extractors, ArchiveOpeners openers, ExtractionLimits limits) {
    Set<Class<?>> code = new LinkedHashSet<>();
    code.add(ExtractorHost.class);
    code.add(PackageExtractor.class);
    StringBuilder text = new StringBuilder().append(limits);
    for (InstalledExtractor installed : extractors) {
      if (installed.origin().equals(InstalledExtractor.BUILT_IN)) {
        code.add(installed.extractor().getClass());
        text.append('\n').append(installed.extractor().name());
      }
    }
    try {
      code.add(openers.open(limits).getClass());
    } catch (UnsupportedOperationException e) {
      text.append("\nno archives");
    }
    List<String> digests = new ArrayList<>();
    for (Path jar : jars(code)) {
      try {
        digests.add(HexFormat.of().formatHex(Blake3.digest(Files.readAllBytes(jar))));
      } catch (IOException e) {
        return new ExtractorIdentity(null); // a directory, say
      }
    }
    if (digests.isEmpty()) {
      return new ExtractorIdentity(null);
    }
    digests.sort(null);
    digests.forEach(digest -> text.append('\n').append(digest));
    return new ExtractorIdentity(text.toString());
  }

  /** Where the classes are; empty where that is not known of each. */
  private static Set<Path> jars(Set<Class<?>> code) {
    Set<Path> jars = new TreeSet<>();
    for (Class<?> of : code) {
      CodeSource source = of.getProtectionDomain().getCodeSource();
      if (source == null || source.getLocation() == null) {
        return Set.of();
      }
      try {
        jars.add(Path.of(source.getLocation().toURI()));
      } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
        return Set.of();
      }
    }
    return jars;
  }
}

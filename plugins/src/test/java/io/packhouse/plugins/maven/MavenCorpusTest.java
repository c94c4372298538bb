package io.packhouse.plugins.maven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * A run over every package of a real repository, named by {@code PACKHOUSE_MAVEN_REPO}; skipped
 * where that is not set.
 */
@EnabledIfEnvironmentVariable(named = MavenCorpusTest.REPOSITORY, matches = ".+")
class MavenCorpusTest {

  static final String REPOSITORY = "PACKHOUSE_MAVEN_REPO";

  private final MavenExtractor extractor = new MavenExtractor();

  @Test
  void everyPackageHasTheCoordinatesOfItsPath() throws Exception {
    Map<String, Integer> sources = new TreeMap<>();
    List<String> differences = new ArrayList<>();
    List<PackageFile> files = files("");
    for (PackageFile file : files) {
      PackageMetadata metadata = extractor.extract(file, context(file));
      // Split here on its own, so that the extractor is not compared with itself.
      List<String> names = List.of(file.path().split("/"));
      int artifactAt = names.size() - 3;
      if (metadata == null
          || !String.join(".", names.subList(0, artifactAt)).equals(metadata.namespace())
          || !names.get(artifactAt).equals(metadata.name())
          || !names.get(artifactAt + 1).equals(metadata.version())) {
        differences.add(file.path() + ": " + metadata);
      } else {
        Object source = metadata.columns().get("coordinates_source");
        sources.merge(metadata.columns().get("packaging") + " by " + source, 1, Integer::sum);
      }
    }
    System.out.println(files.size() + " packages: " + sources);
    assertThat(files).isNotEmpty();
    assertThat(differences).isEmpty();
  }

  /** The same files as if they lay in one directory: what the files alone tell must be right. */
  @Test
  void whatFilesTellByThemselvesAgreesWithTheirPath() throws Exception {
    Map<String, Integer> outcomes = new TreeMap<>();
    List<String> differences = new ArrayList<>();
    for (PackageFile file : files("")) {
      String extension = file.path().substring(file.path().lastIndexOf('.') + 1);
      MavenCoordinates expected = MavenLayout.parse(file.path(), extension);
      if (expected == null) {
        continue;
      }
      PackageMetadata metadata = extractor.extract(renamed(file), Tree.EMPTY.context(file));
      String outcome = "same";
      if (metadata == null) {
        outcome = "unknown";
      } else if (!expected.artifact().equals(metadata.name())
          || !expected.group().equals(metadata.namespace())) {
        outcome = "other";
        differences.add(file.path() + " → " + metadata.purl());
      } else if (!String.valueOf(expected.version()).equals(metadata.version())) {
        outcome = "version differs";
        differences.add(file.path() + " → " + metadata.purl());
      }
      outcomes.merge(extension + " " + outcome, 1, Integer::sum);
    }
    System.out.println(outcomes);
    differences.forEach(System.out::println);
    assertThat(outcomes.getOrDefault("jar same", 0)).isPositive();
  }

  @Test
  void truncatedPackagesEndWell() throws Exception {
    for (PackageFile file : files("")) {
      for (int tenth = 0; tenth < 10; tenth++) {
        int length = Math.toIntExact(file.size() * tenth / 10);
        PackageFile cut = PackageFile.of(file.fileName(), file.slice(0, length));
        assertThatCode(() -> extractOrFail(cut))
            .as("%s cut to %d", file, length)
            .doesNotThrowAnyException();
      }
    }
  }

  /** Prints times; asserts none. */
  @Test
  void timesAreReported() throws Exception {
    for (String suffix : List.of(".jar", ".pom")) {
      List<PackageFile> files = files(suffix);
      StringBuilder rounds = new StringBuilder();
      for (int round = 0; round < 6; round++) {
        long start = System.nanoTime();
        for (PackageFile file : files) {
          extractor.extract(file, context(file));
        }
        double each = (double) (System.nanoTime() - start) / files.size();
        rounds.append(" %.1f".formatted(each / 1_000));
      }
      System.out.println(files.size() + " " + suffix + ", µs each by round:" + rounds);
    }
  }

  private void extractOrFail(PackageFile file) throws IOException {
    try {
      extractor.extract(file, Tree.EMPTY.context(file));
    } catch (ExtractionException e) {
      assertThat(e.reason()).isNotBlank();
    }
  }

  private static ExtractionContext context(PackageFile file) {
    return Tree.at(Path.of(System.getenv(REPOSITORY))).context(file);
  }

  private static PackageFile renamed(PackageFile file) throws IOException {
    return PackageFile.of(file.fileName(), file.slice(0, Math.toIntExact(file.size())));
  }

  private List<PackageFile> files(String suffix) throws IOException {
    Path root = Path.of(System.getenv(REPOSITORY));
    List<PackageFile> files = new ArrayList<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.filter(Files::isRegularFile).sorted().toList()) {
        String relative = root.relativize(path).toString();
        if (relative.endsWith(suffix) && extractor.interest().matchesPath(relative)) {
          try (FileChannel channel = FileChannel.open(path)) {
            MappedByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            files.add(PackageFile.of(relative, bytes));
          }
        }
      }
    }
    return files;
  }
}

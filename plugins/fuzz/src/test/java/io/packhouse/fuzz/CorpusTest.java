package io.packhouse.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.Interest;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What fuzzing found once stays found: runs every input that was kept. */
class CorpusTest {

  private static final Path CORPUS = Path.of("corpus");
  private static final List<ColumnSpec> COLUMNS =
      List.of(new ColumnSpec("a", ColumnType.Scalar.BOOL, "Never there."));

  static List<String> targets() {
    return Target.names();
  }

  @ParameterizedTest
  @MethodSource("targets")
  void everyKeptInputEndsWell(String name) throws IOException {
    Target target = Target.named(name);
    List<Path> inputs;
    try (Stream<Path> files = Files.list(CORPUS.resolve(name))) {
      inputs = files.sorted().toList();
    }
    assertThat(inputs).isNotEmpty();
    for (Path input : inputs) {
      try {
        target.run(Files.readAllBytes(input));
      } catch (Throwable e) {
        fail(input + ": " + e, e);
      }
    }
  }

  @Test
  void everyExtractorIsATarget() {
    for (PackageExtractor extractor : ServiceLoader.load(PackageExtractor.class)) {
      assertThat(targets()).contains(extractor.packageType());
    }
  }

  @Test
  void whatAnExtractorThrowsIsFound() {
    Target target =
        target(
            () -> {
              throw new IllegalStateException("a bug");
            },
            Target.PATIENCE);
    assertThatThrownBy(() -> target.run(new byte[] {'0'})).hasMessage("a bug");
  }

  @Test
  void lateEndIsFound() {
    Target target = target(() -> null, Duration.ofNanos(1));
    assertThatThrownBy(() -> target.run(new byte[] {'0'})).hasMessageContaining("of CPU");
  }

  @Test
  void metadataThatTheHostRefusesIsFound() {
    ColumnSpec other = new ColumnSpec("b", ColumnType.Scalar.BOOL, "Nobody's.");
    PackageMetadata metadata = PackageMetadata.builder(List.of(other)).column("b", true).build();
    Target target = target(() -> metadata, Target.PATIENCE);
    assertThatThrownBy(() -> target.run(new byte[] {'0'})).hasMessageContaining("refuses");
  }

  private interface Body {
    @Nullable PackageMetadata run();
  }

  private static Target target(Body body, Duration patience) {
    PackageExtractor extractor =
        new PackageExtractor() {
          @Override
          public String packageType() {
            return "test";
          }

          @Override
          public String name() {
            return "test";
          }

          @Override
          public List<ColumnSpec> columns() {
            return COLUMNS;
          }

          @Override
          public Interest interest() {
            return Interest.inSuffixes(".x");
          }

          @Override
          public @Nullable PackageMetadata extract(PackageFile file, ExtractionContext context) {
            return body.run();
          }
        };
    return new ExtractorTarget(extractor, List.of(Shape.raw("a.x")), patience);
  }
}

package io.packhouse.engine.extract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionIOException;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.Interest;
import io.packhouse.spi.NestedPackage;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExtractorHostTest {
  private static final List<ColumnSpec> COLUMNS =
      List.of(new ColumnSpec("count", ColumnType.Scalar.INT64, "a number"));

  interface Body {
    PackageMetadata extract(PackageFile file) throws ExtractionException, IOException;
  }

  private record Fake(
      String packageType, String name, List<ColumnSpec> columns, Interest interest, Body body)
      implements PackageExtractor {

    @Override
    public PackageMetadata extract(PackageFile file, ExtractionContext context)
        throws ExtractionException, IOException {
      return body.extract(file);
    }
  }

  private static Fake fake(String name, Body body) {
    return new Fake("fake-" + name, name, COLUMNS, Interest.inSuffixes(".x"), body);
  }

  private static Extraction extract(PackageExtractor... extractors) {
    PackageFile file = PackageFile.of("a.x", ByteBuffer.allocate(10));
    return ExtractorHost.of(List.of(extractors)).extract(file, null);
  }

  private static String error(Body body) {
    Extraction extraction = extract(fake("one", body));
    assertThat(extraction).isNotNull();
    assertThat(extraction.metadata()).isNull();
    return Objects.requireNonNull(extraction.error());
  }

  private static PackageMetadata named(String name, NestedPackage... nested) {
    PackageMetadata.Builder builder = PackageMetadata.builder(COLUMNS).name(name);
    List.of(nested).forEach(builder::addNested);
    return builder.build();
  }

  @Test
  void theFirstThatTakesAFileWins() {
    Extraction extraction =
        extract(
            fake("one", file -> null),
            fake("two", file -> named("two")),
            fake("three", file -> named("three")));

    assertThat(Objects.requireNonNull(extraction.metadata()).name()).isEqualTo("two");
    assertThat(extraction.error()).isNull();
    assertThat(extract(fake("one", file -> null))).isNull();
  }

  @Test
  void magicsAreLookedAtInFilesShorterThanThey() {
    Interest interest =
        new Interest(List.of(), List.of(), List.of(new Interest.Magic(8, "00000000")));

    assertThat(extract(new Fake("fake", "one", COLUMNS, interest, file -> named("n")))).isNull();
  }

  @Test
  void whatExtractorsThrowIsAnErrorOfTheFile() {
    assertThat(error(file -> sneak(new AssertionError("x")))).contains("one", "AssertionError");
    assertThat(error(file -> sneak(new Exception("x")))).contains("java.lang.Exception: x");
    assertThat(error(file -> sneak(new IOException("cannot")))).isEqualTo("cannot");
    assertThat(error(file -> sneak(new ExtractionException("bad")))).isEqualTo("bad");
    assertThat(error(file -> sneak(new RuntimeException("x".repeat(1 << 20)))))
        .hasSizeLessThan(3000);
    assertThat(error(file -> recurse(1))).contains("StackOverflowError");
    assertThat(error(file -> named("" + new long[Integer.MAX_VALUE].length)))
        .contains("OutOfMemoryError");
    assertThat(
            error(
                file -> {
                  throw new RuntimeException() {
                    private static final long serialVersionUID = 1;

                    @Override
                    public String getMessage() {
                      throw new IllegalStateException("nor this");
                    }
                  };
                }))
        .contains("no message");
  }

  private static PackageMetadata recurse(int depth) {
    return depth < 0 ? named("") : recurse(depth + 1 > 0 ? depth + 1 : 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a", "a/", "a//b", ".", "../a", "a/./b", "a\0b"})
  void innerPathsThatAreNoPathsAreErrors(String inner) {
    assertThat(error(file -> named("n", new NestedPackage(inner, named("m")))))
        .contains("no valid path");
  }

  @Test
  void nestedPackagesThatRowsCannotTakeAreErrors() {
    NestedPackage one = new NestedPackage("a", named("m"));
    PackageMetadata wrong =
        new PackageMetadata(
            null,
            null,
            "n",
            null,
            null,
            List.of(),
            null,
            null,
            null,
            List.of(),
            null,
            List.of(),
            Map.of("count", "text"),
            List.of());

    assertThat(error(file -> named("n", one, one))).contains("two nested packages are at a.x!/a");
    assertThat(error(file -> wrong)).contains("column count");
    assertThat(error(file -> named("n", new NestedPackage("a", wrong)))).contains("column count");
    assertThat(error(file -> named("n", new NestedPackage("a".repeat(65_536), named("m")))))
        .contains("65535");
    assertThat(error(file -> named("x".repeat(9 << 20)))).contains("metadata of more than");
    PackageMetadata deep = named("n");
    for (int i = 0; i < 40; i++) {
      deep = named("n", new NestedPackage("a", deep));
    }
    PackageMetadata deepest = deep;
    assertThat(error(file -> deepest)).contains("nest deeper");
    assertThat(Objects.requireNonNull(extract(fake("one", f -> named("n", one)))).error()).isNull();
  }

  @Test
  void partialMetadataOfAFailureIsKeptUnlessItIsWrongToo() {
    Extraction kept =
        extract(
            fake(
                "one",
                file -> {
                  throw new ExtractionException("bad zip").withPartial(named("n"));
                }));
    assertThat(Objects.requireNonNull(kept.metadata()).name()).isEqualTo("n");
    assertThat(kept.error()).isEqualTo("bad zip");

    NestedPackage outside = new NestedPackage("../x", named("m"));
    assertThat(
            error(
                file -> {
                  throw new ExtractionException("bad zip").withPartial(named("n", outside));
                }))
        .startsWith("bad zip; ");
  }

  private static InstalledExtractor installed(String type, String name, String origin) {
    return new InstalledExtractor(
        new Fake(type, name, COLUMNS, Interest.inSuffixes(".x"), file -> null), origin);
  }

  private static void assertRefused(List<InstalledExtractor> extractors, String... words) {
    assertThatThrownBy(
            () -> new ExtractorHost(extractors, ArchiveOpeners.NONE, ExtractionLimits.DEFAULT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(words);
  }

  @Test
  void claimsThatCollideAreRefusedByBothNamesAndOrigins() {
    assertRefused(
        List.of(installed("fake", "one", "built in"), installed("fake", "two", "/p/two.jar")),
        "package type fake",
        "one (built in)",
        "two (/p/two.jar)");
    assertRefused(
        List.of(installed("a", "one", "/p/a.jar"), installed("b", "one", "/p/b.jar")),
        "name one",
        "(/p/a.jar)",
        "(/p/b.jar)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"path", "size", "name", "purl", "group"})
  void typesThatAreIndexColumnsAreRefused(String type) {
    assertRefused(List.of(installed(type, "one", "/p/a.jar")), type, "index column", "/p/a.jar");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "A", "a_b", "../a", "a\n", "1a"})
  void typesThatAreNoPurlTypesAreRefused(String type) {
    assertRefused(List.of(installed(type, "one", "/p/a.jar")), "/p/a.jar");
  }

  @Test
  void damageThatCameThroughAStreamIsTheDamage() {
    PackageMetadata told = named("told");
    ExtractionException damage = new ExtractionException("bad crc").withPartial(told);
    Extraction extraction =
        extract(
            fake(
                "one",
                file -> {
                  throw new ExtractionIOException(damage);
                }));

    assertThat(extraction.error()).isEqualTo("bad crc");
    assertThat(extraction.metadata()).isEqualTo(told);
  }

  @SuppressWarnings("TypeParameterUnusedInFormals") // stands where any expression does
  private static <R, E extends Throwable> R sneak(Throwable thrown) throws E {
    @SuppressWarnings("unchecked")
    E unchecked = (E) thrown;
    throw unchecked;
  }
}

package io.packhouse.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.packhouse.spi.ColumnType.Scalar;
import java.util.List;
import org.junit.jupiter.api.Test;

class PackageMetadataTest {

  private static final List<ColumnSpec> SPECS =
      List.of(new ColumnSpec("tags", new ColumnType.ListOf(Scalar.STRING), "A list."));

  @Test
  void builderFillsEveryPart() {
    PackageMetadata inner = PackageMetadata.builder(SPECS).name("inner").build();
    PackageMetadata metadata =
        PackageMetadata.builder(SPECS)
            .purl("pkg:maven/g/a@1")
            .namespace("g")
            .name("a")
            .version("1")
            .license("MIT")
            .addLicenseDeclared("The MIT License")
            .description("d")
            .homepage("h")
            .vcsUrl("v")
            .addAuthor("me")
            .publishedNanos(7L)
            .addDependency(new Dependency(null, "g:b", "[1,2)", "test", true))
            .column("tags", List.of("x"))
            .addNested(new NestedPackage("lib/inner.jar", inner))
            .build();
    assertThat(metadata).hasNoNullFieldsOrProperties();
    assertThat(metadata.nested().getFirst().metadata()).isSameAs(inner);
  }

  @Test
  void builderRefusesWhatTheColumnsDoNotDeclare() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PackageMetadata.builder(SPECS).column("tags", "x").build())
        .withMessageContaining("tags");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PackageMetadata.builder(SPECS).purl("maven/g/a").build())
        .withMessageContaining("maven/g/a");
  }

  @Test
  void unpairedSurrogatesBecomeReplacementCharacters() {
    String hostile = "a\uD800b\uDC00\uD83D\uDE00\uD83D";
    PackageMetadata metadata =
        PackageMetadata.builder(SPECS)
            .description(hostile)
            .column("tags", List.of(hostile))
            .build();
    String expected = "a\uFFFDb\uFFFD\uD83D\uDE00\uFFFD";
    assertThat(metadata.description()).isEqualTo(expected);
    assertThat(metadata.columns().get("tags")).isEqualTo(List.of(expected));
  }
}

package io.packhouse.engine.pack;

import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.engine.extract.ExtractorHost;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.Interest;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Extractors in a pack read other files of the tree, of their own tree alone. */
class PackSiblingsTest extends PackFixture {

  /** Names a package by what its siblings say. */
  static final class Naming implements PackageExtractor {
    @Override
    public String packageType() {
      return "fake";
    }

    @Override
    public String name() {
      return "naming";
    }

    @Override
    public List<ColumnSpec> columns() {
      return FakeExtractor.COLUMNS;
    }

    @Override
    public Interest interest() {
      return Interest.inSuffixes(".pkg");
    }

    @Override
    public PackageMetadata extract(PackageFile file, ExtractionContext context) throws IOException {
      return PackageMetadata.builder(FakeExtractor.COLUMNS)
          .name(text(context.sibling("../name")))
          .version(text(context.sibling("../../../two/name")))
          .namespace(text(context.sibling("large")))
          .build();
    }

    private static String text(PackageFile file) throws IOException {
      if (file == null) {
        return "none";
      }
      ByteBuffer head = file.slice(0, (int) Math.min(5, file.size()));
      return StandardCharsets.UTF_8.decode(head).toString();
    }
  }

  private void tree(Path at, String name) throws IOException {
    Files.createDirectories(at.resolve("d"));
    Files.writeString(at.resolve("name"), name);
    for (int i = 0; i < 30; i++) {
      Files.writeString(at.resolve("d/" + i + ".pkg"), "package " + i);
    }
    Files.write(at.resolve("d/big.pkg"), Bytes.random(1, 5 * BLOB));
    byte[] large = new byte[9 << 20];
    large[0] = 'L';
    Files.write(at.resolve("d/large"), large);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void eachInputIsATreeOfItsOwn(int workers) throws Exception {
    tree(temporary.resolve("one"), "first");
    tree(temporary.resolve("two"), "other");
    List<PackInput> inputs =
        List.of(
            new PackInput(temporary.resolve("one"), "a", null),
            new PackInput(temporary.resolve("two"), "b", null));
    Options options = options().workers(workers).extractors(new Naming());

    PackReport report = packer(inputs, options, PackListener.NONE).pack(output);

    assertThat(report.extractErrors()).isZero();
    assertThat(report.packages()).isEqualTo(62);
    try (ArchiveReader reader = ArchiveReader.open(output)) {
      for (String path : List.of("a/d/3.pkg", "a/d/big.pkg", "b/d/29.pkg")) {
        var entry = Objects.requireNonNull(reader.find(path));
        assertThat(entry.name()).isEqualTo(path.startsWith("a") ? "first" : "other");
        assertThat(entry.version()).isEqualTo("none");
        assertThat(entry.namespace()).startsWith("L");
      }
    }
  }

  @Test
  void aHostMayServeSeveralPacks() throws Exception {
    tree(tree, "first");
    Options options = options().extractors(new Naming()).force();
    ExtractorHost host = options.build().extractors();

    assertThat(pack(options).packages()).isEqualTo(31);
    assertThat(pack(options).packages()).isEqualTo(31);
    assertThat(host.extractors()).hasSize(1);
  }
}

package io.packhouse.engine.read;

import static io.packhouse.engine.read.TestArchive.extent;
import static io.packhouse.engine.read.TestArchive.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.engine.base.EarlierExtraction;
import io.packhouse.engine.codec.blake3.Blake3;
import io.packhouse.engine.read.base.BaseArchive;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bases that say what no extractor could have said: then they say nothing. */
class HostileExtractionsTest {
  private static final byte[] CONTENT = utf8("Some contents.");
  private static final List<ColumnSpec> COLUMNS =
      List.of(
          new ColumnSpec("packaging", ColumnType.Scalar.STRING, "text"),
          new ColumnSpec("snapshot", ColumnType.Scalar.BOOL, "truth"));

  private static final EarlierExtraction.Check ALL =
      new EarlierExtraction.Check() {
        @Override
        public boolean holds(byte[] siblings) {
          return siblings.length == 0;
        }

        @Override
        public @Nullable List<ColumnSpec> columns(String packageType) {
          return packageType.equals("maven") ? COLUMNS : null;
        }
      };

  @TempDir Path directory;
  private final TestArchive archive = new TestArchive();
  private Map<String, Object> file = Map.of();
  private int written;

  @BeforeEach
  void fill() {
    archive.schema = with(TestColumns.field("extract_siblings", ArrowType.Binary.INSTANCE));
    archive.minorVersion = 3;
    archive.metadata.put("packhouse.extractors", "some");
    file = archive.file("d/f", CONTENT, extent(archive.raw(CONTENT), 0, CONTENT.length));
    file.put("extract_siblings", new byte[0]);
    describe(file);
  }

  private static Schema with(Field... fields) {
    List<Field> all = new ArrayList<>(TestColumns.INDEX.getFields());
    all.addAll(Arrays.asList(fields));
    return new Schema(all);
  }

  private static void describe(Map<String, Object> row) {
    row.put("package_type", "maven");
    row.put("extract_status", "ok");
    row.put("purl", "pkg:maven/a/b@1");
    row.put("licenses_declared", List.of("MIT"));
    row.put("authors", List.of());
    row.put("dependencies", List.of());
    row.put("maven", new HashMap<>(Map.of("packaging", "jar")));
  }

  private Map<String, Object> nested(String path, String parent) {
    Map<String, Object> row = archive.row(path, "nested");
    row.remove("mode");
    row.remove("mtime");
    describe(row);
    row.put("parent_path", parent);
    return row;
  }

  private @Nullable EarlierExtraction extraction() throws IOException {
    Path path = archive.write(directory.resolve(written++ + ".pkh"));
    try (BaseArchive base = BaseArchive.open(path)) {
      if (base.extractors() == null) {
        return null;
      }
      return base.extraction(utf8("d/f"), Blake3.digest(CONTENT), ALL);
    }
  }

  @Test
  void whatIsWellIsGiven() throws IOException {
    nested("d/f!/a.jar", "d/f");
    nested("d/f!/a.jar!/b.jar", "d/f!/a.jar");
    EarlierExtraction found = Objects.requireNonNull(extraction());
    var metadata = Objects.requireNonNull(found.metadata());
    assertThat(metadata.columns()).containsOnly(Map.entry("packaging", "jar"));
    assertThat(metadata.nested())
        .singleElement()
        .satisfies(
            one ->
                assertThat(one.metadata().nested())
                    .singleElement()
                    .satisfies(two -> assertThat(two.innerPath()).isEqualTo("b.jar")));
    try (BaseArchive base = BaseArchive.open(directory.resolve("0.pkh"))) {
      assertThat(base.extraction(utf8("d/g"), Blake3.digest(CONTENT), ALL)).isNull();
      assertThat(base.extraction(utf8("d/f"), Blake3.digest(utf8("other")), ALL)).isNull();
    }
  }

  @Test
  void aFileThatNobodyTookIsKnownToBeNone() throws IOException {
    for (String column : List.of("package_type", "extract_status", "purl", "maven")) {
      file.remove(column);
    }
    EarlierExtraction found = Objects.requireNonNull(extraction());
    assertThat(found.packageType()).isNull();
    assertThat(found.metadata()).isNull();
    file.put("extract_status", "ok");
    assertThat(extraction()).isNull();
  }

  @Test
  void whatCannotBeIsNotGiven() throws IOException {
    Map<String, @Nullable Object> wrong = new HashMap<>();
    wrong.put("extract_siblings", null);
    wrong.put("extract_status", "error");
    wrong.put("purl", "http://example.org");
    wrong.put("licenses_declared", null);
    wrong.put("authors", null);
    wrong.put("maven", null);
    wrong.put("dependencies", List.of(Map.of("name", " ", "optional", true)));
    wrong.put("description", "x".repeat(17 << 20));
    for (Map.Entry<String, @Nullable Object> each : wrong.entrySet()) {
      Object right = file.get(each.getKey());
      file.put(each.getKey(), each.getValue());
      assertThat(extraction()).as(each.getKey()).isNull();
      file.put(each.getKey(), right);
    }
    assertThat(extraction()).isNotNull();
    file.put("package_type", "npm");
    assertThat(extraction()).as("of a type whose extractor is not here").isNull();
  }

  @Test
  void longRecordsAndColumnsOfOtherTypesAreNone() throws IOException {
    file.put("extract_siblings", new byte[100 << 10]);
    assertThat(extraction()).isNull();
    archive.schema = with(TestColumns.field("extract_siblings", ArrowType.Utf8.INSTANCE));
    file.put("extract_siblings", "");
    assertThat(extraction()).isNull();
  }

  @Test
  void packagesThatAreNotInTheFileAreNotItsOwn() throws IOException {
    nested("d/f!/x!/y.jar", "d/f!/x");
    assertThat(Objects.requireNonNull(Objects.requireNonNull(extraction()).metadata()).nested())
        .as("of a file of its own")
        .isEmpty();
    nested("d/f!/z.jar", "d/f").put("purl", "none");
    assertThat(extraction()).isNull();
  }

  @Test
  void packagesThatNestTooDeepAreNotGiven() throws IOException {
    StringBuilder path = new StringBuilder("d/f");
    for (int depth = 0; depth < 40; depth++) {
      String parent = path.toString();
      nested(path.append("!/x").toString(), parent);
    }
    assertThat(extraction()).isNull();
  }
}

package io.packhouse.engine.pack;

import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.Interest;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.util.List;

/** An extractor of one file that does what a test wants, at a moment that the test knows. */
final class FakeExtractor implements PackageExtractor {
  static final List<ColumnSpec> COLUMNS =
      List.of(new ColumnSpec("count", ColumnType.Scalar.INT64, "a number"));

  /** What it does with the file. */
  interface Body {
    PackageMetadata extract(PackageFile file) throws ExtractionException, IOException;
  }

  private final String path;
  private final Body body;

  private FakeExtractor(String path, Body body) {
    this.path = path;
    this.body = body;
  }

  static FakeExtractor of(String path, Body body) {
    return new FakeExtractor(path, body);
  }

  @Override
  public String packageType() {
    return "fake";
  }

  @Override
  public String name() {
    return "the fake one";
  }

  @Override
  public List<ColumnSpec> columns() {
    return COLUMNS;
  }

  @Override
  public Interest interest() {
    return new Interest(List.of(), List.of(path), List.of());
  }

  @Override
  public PackageMetadata extract(PackageFile file, ExtractionContext context)
      throws ExtractionException, IOException {
    return body.extract(file);
  }
}

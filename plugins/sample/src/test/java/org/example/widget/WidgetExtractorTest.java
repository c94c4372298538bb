package org.example.widget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packhouse.extraction.StandaloneContext;
import io.packhouse.spi.Dependency;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.ExtractorContract;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

class WidgetExtractorTest extends ExtractorContract {
  @Override
  protected PackageExtractor extractor() {
    return new WidgetExtractor();
  }

  @Override
  protected ExtractionContext context() {
    return StandaloneContext.of(ExtractionLimits.DEFAULT);
  }

  @Override
  protected List<PackageFile> samples() {
    return List.of(
        widget("name=lamp\nversion=1.0\n"),
        widget("name=lamp\nversion=2.0\ncolour=red\nneeds=bulb >=2, shade", "base", "arm"));
  }

  private static PackageFile widget(String properties, String... parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("widget.properties"));
      zip.write(properties.getBytes(StandardCharsets.UTF_8));
      for (String part : parts) {
        zip.putNextEntry(new ZipEntry("parts/" + part));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return PackageFile.of("shop/a.widget", ByteBuffer.wrap(bytes.toByteArray()));
  }

  @Test
  void readsWhatTheDescriptionSaysAndThePartsThereAre() throws Exception {
    PackageMetadata lamp = extractor().extract(samples().getLast(), context());

    assertThat(lamp.purl()).isEqualTo("pkg:widget/lamp@2.0");
    assertThat(lamp.columns())
        .containsEntry("colour", "red")
        .containsEntry("parts", List.of("base", "arm"));
    assertThat(lamp.dependencies())
        .containsExactly(
            new Dependency("pkg:widget/bulb", "bulb", ">=2", null, false),
            new Dependency("pkg:widget/shade", "shade", null, null, false));
  }

  @Test
  void aWidgetWithoutNameIsDamaged() {
    assertThatThrownBy(() -> extractor().extract(widget("version=1"), context()))
        .isInstanceOf(ExtractionException.class)
        .hasMessageContaining("name");
  }
}

package io.packhouse.plugins.helm;

import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.Interest;
import io.packhouse.spi.Interest.Magic;
import io.packhouse.spi.NestedPackage;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Describes Helm charts by the {@code Chart.yaml} in their top directory, the images that their
 * values name, and the subcharts in them as nested packages.
 */
public final class HelmExtractor implements PackageExtractor {

  private static final Interest INTEREST =
      new Interest(List.of(".tgz", ".tar.gz"), List.of(), List.of(new Magic(0, "1f8b08")));

  /** For the service loader. */
  public HelmExtractor() {}

  @Override
  public String packageType() {
    return "helm";
  }

  @Override
  public String name() {
    return "helm";
  }

  @Override
  public List<ColumnSpec> columns() {
    return HelmColumns.ALL;
  }

  @Override
  public Interest interest() {
    return INTEREST;
  }

  @Override
  public @Nullable PackageMetadata extract(PackageFile file, ExtractionContext context)
      throws ExtractionException, IOException {
    HelmArchive archive = new HelmArchive();
    return archive.read(file, context) ? metadata(archive) : null;
  }

  private static PackageMetadata metadata(HelmArchive archive) throws ExtractionException {
    HelmArchive.Chart top = archive.top();
    if (top == null) {
      throw new ExtractionException("has no Chart.yaml");
    }
    ExtractionException damage = archive.damage();
    PackageMetadata.Builder builder;
    try {
      builder = HelmChart.read(top);
    } catch (ExtractionException e) {
      throw damage == null ? e : damage;
    }
    try {
      HelmChart.images(top, builder);
    } catch (ExtractionException e) {
      damage = damage == null ? e : damage;
    }
    for (Map.Entry<String, HelmArchive.Chart> chart : archive.charts().entrySet()) {
      if (!chart.getKey().equals(archive.topName()) && chart.getValue().chart != null) {
        try {
          PackageMetadata.Builder subchart = HelmChart.read(chart.getValue());
          String path = chart.getKey() + "/Chart.yaml";
          HelmChart.images(chart.getValue(), subchart);
          builder.addNested(new NestedPackage(path, subchart.build()));
        } catch (ExtractionException e) {
          damage = damage == null ? within(chart.getKey(), e) : damage;
        }
      }
    }
    for (Map.Entry<String, HelmArchive> packed : archive.packed().entrySet()) {
      try {
        builder.addNested(new NestedPackage(packed.getKey(), metadata(packed.getValue())));
      } catch (ExtractionException e) {
        PackageMetadata partial = e.partial();
        if (partial != null) {
          builder.addNested(new NestedPackage(packed.getKey(), partial));
        }
        damage = damage == null ? within(packed.getKey(), e) : damage;
      }
    }
    if (damage != null) {
      throw damage.withPartial(builder.build());
    }
    return builder.build();
  }

  private static ExtractionException within(String path, ExtractionException e) {
    String shown = path.length() <= 200 ? path : path.substring(0, 200) + "…";
    return new ExtractionException(shown.replaceAll("\\s", " ") + ": " + e.reason(), e);
  }
}

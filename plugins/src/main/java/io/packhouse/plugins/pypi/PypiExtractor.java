package io.packhouse.plugins.pypi;

import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.Interest;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Describes Python packages: wheels, source distributions and eggs.
 *
 * <p>The core metadata inside is preferred to the file name, which is what is left where there is
 * none: see {@link PypiMetadata}.
 */
public final class PypiExtractor implements PackageExtractor {

  private static final String TYPE = "pypi";
  private static final String WHEEL = ".whl";
  private static final String EGG = ".egg";
  private static final String ZIP = ".zip";
  private static final List<String> TARS = List.of(".tar.gz", ".tar.bz2");
  private static final Interest INTEREST =
      Interest.inSuffixes(WHEEL, EGG, ZIP, TARS.getFirst(), TARS.getLast());

  /** For the service loader. */
  public PypiExtractor() {}

  @Override
  public String packageType() {
    return TYPE;
  }

  @Override
  public String name() {
    return TYPE;
  }

  @Override
  public List<ColumnSpec> columns() {
    return PypiColumns.ALL;
  }

  @Override
  public Interest interest() {
    return INTEREST;
  }

  @Override
  public @Nullable PackageMetadata extract(PackageFile file, ExtractionContext context)
      throws ExtractionException, IOException {
    String name = file.fileName();
    if (name.endsWith(WHEEL)) {
      return WheelReader.wheel(file, stem(name, WHEEL), context);
    }
    if (name.endsWith(EGG)) {
      return WheelReader.egg(file, stem(name, EGG), context);
    }
    if (name.endsWith(ZIP)) {
      return SdistReader.zip(file, stem(name, ZIP), context);
    }
    for (String tar : TARS) {
      if (name.endsWith(tar)) {
        return SdistReader.tar(file, stem(name, tar), context);
      }
    }
    return null;
  }

  private static String stem(String name, String suffix) {
    return name.substring(0, name.length() - suffix.length());
  }
}

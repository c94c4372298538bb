package org.example.widget;

import io.packhouse.spi.ArchiveFormat;
import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType;
import io.packhouse.spi.Dependency;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.Interest;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads widgets: zips that have a {@code widget.properties} and parts in {@code parts/}. */
public final class WidgetExtractor implements PackageExtractor {
  private static final String DESCRIPTION = "widget.properties";
  private static final String PARTS = "parts/";
  private static final int MAX_DESCRIPTION_BYTES = 64 << 10;
  private static final int MAX_PARTS = 1_000;

  /** Names and versions that need no escapes in a purl; widgets have no others. */
  private static final Pattern WORD = Pattern.compile("[a-z0-9][a-z0-9._-]{0,99}");

  private static final List<ColumnSpec> COLUMNS =
      List.of(
          new ColumnSpec("colour", ColumnType.Scalar.STRING, "colour in widget.properties."),
          new ColumnSpec(
              "parts",
              new ColumnType.ListOf(ColumnType.Scalar.STRING),
              "Names of the members below parts/, in the order of the archive."));

  @Override
  public String packageType() {
    return "widget";
  }

  @Override
  public String name() {
    return "widget";
  }

  @Override
  public List<ColumnSpec> columns() {
    return COLUMNS;
  }

  @Override
  public Interest interest() {
    return Interest.inSuffixes(".widget");
  }

  @Override
  public @Nullable PackageMetadata extract(PackageFile file, ExtractionContext context)
      throws ExtractionException, IOException {
    if (context.archives().detect(file) != ArchiveFormat.ZIP) {
      return null;
    }
    var zip = context.archives().zip(file);
    ArchiveMember description = zip.find(DESCRIPTION);
    if (description == null) {
      return null;
    }
    Properties properties = properties(description);
    String name = word(properties, "name");
    String version = word(properties, "version");
    PackageMetadata.Builder widget =
        PackageMetadata.builder(COLUMNS)
            .purl("pkg:widget/" + name + "@" + version)
            .name(name)
            .version(version)
            .license(properties.getProperty("license"))
            .column("colour", properties.getProperty("colour"));
    addNeeds(widget, properties.getProperty("needs", ""));
    List<String> parts = new ArrayList<>();
    for (ArchiveMember part : zip.find(PARTS, "", MAX_PARTS)) {
      if (part.kind() == ArchiveMember.Kind.FILE) {
        parts.add(part.name().substring(PARTS.length()));
      }
    }
    return widget.column("parts", parts).build();
  }

  private static Properties properties(ArchiveMember description)
      throws ExtractionException, IOException {
    byte[] bytes = description.bytes(MAX_DESCRIPTION_BYTES);
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(new String(bytes, StandardCharsets.UTF_8)));
    } catch (IllegalArgumentException e) { // of escapes that are none
      throw new ExtractionException(DESCRIPTION + " is no properties file", e);
    }
    return properties;
  }

  private static String word(Properties properties, String key) throws ExtractionException {
    String value = properties.getProperty(key, "");
    if (!WORD.matcher(value).matches()) {
      throw new ExtractionException(DESCRIPTION + " has no " + key + " that matches " + WORD);
    }
    return value;
  }

  /** {@code needs} is a list such as {@code gear >=2, spring}. */
  private static void addNeeds(PackageMetadata.Builder widget, String needs)
      throws ExtractionException {
    for (String need : needs.split(",")) {
      String[] words = need.strip().split("\\s+", 2);
      if (words[0].isEmpty()) {
        continue;
      }
      if (!WORD.matcher(words[0]).matches()) {
        throw new ExtractionException(DESCRIPTION + " needs what is no name");
      }
      String requirement = words.length > 1 ? words[1] : null;
      String purl = "pkg:widget/" + words[0];
      widget.addDependency(new Dependency(purl, words[0], requirement, null, false));
    }
  }
}

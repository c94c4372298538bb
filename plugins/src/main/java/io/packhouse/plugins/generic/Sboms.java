package io.packhouse.plugins.generic;

import io.packhouse.plugins.common.Limits;
import io.packhouse.plugins.common.XmlDocuments;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.nio.channels.Channels;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/** Bills of materials: CycloneDX in JSON and XML, SPDX 2 in JSON and tag-value, SPDX 3 in JSON. */
final class Sboms {

  private static final long MAX_BYTES = 128L << 20;
  private static final int MAX_DEPTH = 500;

  /** What is found on the way through a document. */
  private static final class Found {
    private @Nullable String format;
    private @Nullable String formatVersion;
    private @Nullable String serial;
    private @Nullable String name;
    private @Nullable String version;
    private @Nullable String purl;
    private @Nullable String created;
    private long count;
  }

  private Sboms() {}

  /**
   * Describes a file named as an SBOM.
   *
   * @return null where it is something else, such as a Maven project named {@code bom.xml}
   */
  static @Nullable PackageMetadata read(Subject subject, PackageMetadata.Builder target)
      throws ExtractionException, IOException {
    PackageFile file = subject.file();
    if (file.size() > MAX_BYTES) {
      throw new ExtractionException(
          "SBOM is larger than the limit of " + MAX_BYTES + " bytes: " + file.size());
    }
    Found found = new Found();
    ExtractionException damage = null;
    try {
      if (file.fileName().endsWith(".json")) {
        json(file, found);
      } else if (file.fileName().endsWith(".xml")) {
        xml(file, found);
      } else {
        tagValue(file, found);
      }
    } catch (ExtractionException e) {
      damage = e;
    }
    if (found.format != null) {
      put(found, target);
    }
    if (damage != null) {
      throw found.format == null ? damage : damage.withPartial(target.build());
    }
    return found.format == null ? null : target.build();
  }

  private static void put(Found found, PackageMetadata.Builder target) {
    target
        .name(Limits.text(found.name))
        .version(Limits.text(found.version))
        .publishedNanos(nanos(found.created))
        .column(GenericColumns.KIND, "sbom")
        .column(GenericColumns.FORMAT, found.format)
        .column(GenericColumns.FORMAT_VERSION, Limits.text(found.formatVersion))
        .column(GenericColumns.SERIAL, Limits.text(found.serial))
        .column(GenericColumns.SUBJECT_PURL, Limits.text(found.purl))
        .column(GenericColumns.COUNT, found.count);
  }

  private static void json(PackageFile file, Found found) throws ExtractionException, IOException {
    JsonWalk.walk(
        file,
        "SBOM",
        new JsonWalk.Visitor() {
          @Override
          public boolean enter(List<String> path) {
            String first = path.getFirst();
            int depth = path.size();
            if (depth % 2 == 0 && path.getLast().equals(JsonWalk.ITEM)) {
              // components/[]/components/[]… at any depth, and packages/[] of SPDX.
              found.count +=
                  first.equals("components") || (first.equals("packages") && depth == 2) ? 1 : 0;
            }
            return switch (first) {
              case "components" -> onlyComponents(path);
              case "packages" -> depth == 1;
              case "metadata" -> depth == 1 || (depth == 2 && path.get(1).equals("component"));
              case "creationInfo" -> depth == 1;
              case "@graph" -> depth <= 2;
              default -> false;
            };
          }

          @Override
          public void scalar(List<String> path, String value) {
            scalarOf(String.join("/", path), value, found);
          }
        });
  }

  private static boolean onlyComponents(List<String> path) {
    String last = path.getLast();
    return last.equals(JsonWalk.ITEM) || last.equals("components");
  }

  private static void scalarOf(String path, String value, Found found) {
    switch (path) {
      case "bomFormat" -> {
        if (value.equals("CycloneDX")) {
          found.format = "cyclonedx-json";
        }
      }
      case "specVersion" -> found.formatVersion = value;
      case "serialNumber" -> found.serial = value;
      case "metadata/timestamp", "creationInfo/created" -> found.created = value;
      case "metadata/component/name", "name" -> found.name = value;
      case "metadata/component/version" -> found.version = value;
      case "metadata/component/purl" -> found.purl = value;
      case "documentNamespace" -> found.serial = value;
      case "spdxVersion" -> {
        found.format = "spdx-json";
        found.formatVersion = spdxVersion(value);
      }
      case "@context" -> {
        if (value.contains("spdx.org/rdf/3")) {
          found.format = "spdx-json";
        }
      }
      case "@graph/[]/specVersion" -> found.formatVersion = value;
      case "@graph/[]/created" -> found.created = value;
      case "@graph/[]/type" -> found.count += value.equals("software_Package") ? 1 : 0;
      default -> {}
    }
  }

  private static void xml(PackageFile file, Found found) throws ExtractionException, IOException {
    XmlDocuments.walk("SBOM", Channels.newInputStream(file.channel()), xml -> walk(xml, found));
  }

  private static void walk(XMLStreamReader xml, Found found)
      throws XMLStreamException, ExtractionException {
    List<String> path = new ArrayList<>();
    while (xml.hasNext()) {
      int event = xml.next();
      if (event == XMLStreamConstants.END_ELEMENT) {
        path.removeLast();
      } else if (event == XMLStreamConstants.START_ELEMENT) {
        path.add(xml.getLocalName());
        if (path.size() > MAX_DEPTH) {
          throw new ExtractionException("SBOM nests deeper than " + MAX_DEPTH);
        }
        if (path.size() == 1) {
          String space = xml.getNamespaceURI();
          int bom = space == null ? -1 : space.indexOf("cyclonedx.org/schema/bom/");
          if (bom < 0 || space == null || !path.getFirst().equals("bom")) {
            return;
          }
          found.format = "cyclonedx-xml";
          found.formatVersion = space.substring(bom + "cyclonedx.org/schema/bom/".length());
          found.serial = xml.getAttributeValue(null, "serialNumber");
        } else if (path.get(1).equals("components") && path.getLast().equals("component")) {
          found.count += path.get(path.size() - 2).equals("components") ? 1 : 0;
        }
      } else if (event == XMLStreamConstants.CHARACTERS
          && path.size() >= 3
          && path.get(1).equals("metadata")) {
        textOf(String.join("/", path), xml.getText(), found);
      }
    }
  }

  private static void textOf(String path, String text, Found found) {
    switch (path) {
      case "bom/metadata/timestamp" -> found.created = append(found.created, text);
      case "bom/metadata/component/name" -> found.name = append(found.name, text);
      case "bom/metadata/component/version" -> found.version = append(found.version, text);
      case "bom/metadata/component/purl" -> found.purl = append(found.purl, text);
      default -> {}
    }
  }

  private static String append(@Nullable String before, String text) {
    return before == null ? text : before.length() < Limits.TEXT ? before + text : before;
  }

  private static void tagValue(PackageFile file, Found found) throws IOException {
    Lines lines = new Lines(file);
    int skipped = 0;
    for (String line = lines.next(); line != null; line = lines.next()) {
      int colon = line.indexOf(':');
      String value = colon < 0 ? "" : line.substring(colon + 1).strip();
      if (found.format == null && !line.startsWith("SPDXVersion:")) {
        if (++skipped > 1_000) {
          return;
        }
        continue;
      }
      switch (colon < 0 ? "" : line.substring(0, colon)) {
        case "SPDXVersion" -> {
          found.format = "spdx-tag-value";
          found.formatVersion = spdxVersion(value);
        }
        case "DocumentName" -> found.name = value;
        case "DocumentNamespace" -> found.serial = value;
        case "Created" -> found.created = value;
        case "PackageName" -> found.count++;
        default -> {}
      }
    }
  }

  private static String spdxVersion(String value) {
    return value.startsWith("SPDX-") ? value.substring("SPDX-".length()) : value;
  }

  private static @Nullable Long nanos(@Nullable String created) {
    if (created == null || created.length() > 64) {
      return null;
    }
    try {
      Instant instant = OffsetDateTime.parse(created.strip()).toInstant();
      return Math.addExact(
          Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano());
    } catch (DateTimeException | ArithmeticException e) {
      return null;
    }
  }
}

package io.packhouse.client.sbom;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes SPDX 2.3 by its <a
 * href="https://github.com/spdx/spdx-spec/blob/support/2.3.1/schemas/spdx-schema.json">schema</a>.
 * Not with the SPDX project's library, which keeps the whole document: 40,000 packages take it 1
 * GB.
 *
 * <p>Files that are no packages are written as packages whose purpose is FILE: a file of SPDX 2.3
 * must have a SHA-1, which an archive need not record.
 */
final class Spdx2Writer implements BillWriter {
  private static final String NONE = "NOASSERTION";
  private static final int CONTAINS = -1;
  private static final int HOW = 100;

  private final JsonGenerator json;
  private final Relations relations = new Relations();
  private final int archives;
  private String archive = "";
  private int archiveOrdinal;

  Spdx2Writer(Bill bill, Instant time, JsonGenerator json) throws IOException {
    this.json = json;
    this.archives = bill.archives().size();
    json.writeStartObject();
    json.writeStringField("spdxVersion", "SPDX-2.3");
    json.writeStringField("dataLicense", "CC0-1.0");
    json.writeStringField("SPDXID", "SPDXRef-DOCUMENT");
    json.writeStringField("name", bill.name());
    json.writeStringField("documentNamespace", namespace(bill));
    json.writeObjectFieldStart("creationInfo");
    json.writeStringField("created", time.toString());
    json.writeArrayFieldStart("creators");
    json.writeString("Tool: packhouse-" + bill.tool());
    json.writeEndArray();
    json.writeEndObject();
    json.writeArrayFieldStart("packages");
  }

  static String namespace(Bill bill) {
    return "https://spdx.org/spdxdocs/packhouse-" + bill.id();
  }

  @Override
  public void beginArchive(Bill.Archive next) throws IOException {
    archive = "SPDXRef-archive-" + next.ordinal();
    archiveOrdinal = next.ordinal();
    json.writeStartObject();
    common(archive, next.name(), next.id(), "ARCHIVE");
    text("comment", "The Packhouse archive with this id, in the place of a version");
    text("licenseDeclared", NONE);
    json.writeEndObject();
  }

  @Override
  public void endArchive() {}

  @Override
  public void beginPackage(int ordinal, int parent, PackageFacts facts, Collection<Edge> edges)
      throws IOException {
    begin("SPDXRef-p" + ordinal, "oci".equals(facts.type()) ? "CONTAINER" : "LIBRARY", facts);
    relations.add(parent < 0 ? -1 - archiveOrdinal : parent, ordinal, CONTAINS);
    for (Edge edge : edges) {
      relations.add(ordinal, edge.target(), edge.kind().ordinal() + HOW * edge.how().ordinal());
    }
  }

  @Override
  public void endPackage() {}

  @Override
  public void file(int ordinal, PackageFacts facts) throws IOException {
    begin("SPDXRef-f" + ordinal, "FILE", facts);
    relations.add(-1 - archiveOrdinal, -1 - ordinal, CONTAINS);
  }

  private void common(String id, String name, @Nullable String version, String purpose)
      throws IOException {
    text("SPDXID", id);
    text("name", name);
    text("versionInfo", version);
    text("primaryPackagePurpose", purpose);
    text("supplier", NONE);
    text("downloadLocation", NONE);
    json.writeBooleanField("filesAnalyzed", false);
    text("licenseConcluded", NONE);
    text("copyrightText", NONE);
  }

  private void begin(String id, String purpose, PackageFacts facts) throws IOException {
    json.writeStartObject();
    common(id, name(facts), facts.version(), purpose);
    text("packageFileName", facts.path());
    text("licenseDeclared", facts.expression() == null ? NONE : facts.expression());
    if (!facts.declared().isEmpty()) {
      text("licenseComments", "Declared: " + String.join("; ", facts.declared()));
    }
    text("description", facts.description());
    text("homepage", facts.homepage());
    text("sourceInfo", facts.vcs());
    text("releaseDate", facts.published() == null ? null : facts.published().toString());
    text("comment", facts.error() == null ? null : "Not understood whole: " + facts.error());
    if (!facts.digests().isEmpty()) {
      json.writeArrayFieldStart("checksums");
      for (Map.Entry<String, String> digest : facts.digests().entrySet()) {
        json.writeStartObject();
        text("algorithm", digest.getKey().replace("-", ""));
        text("checksumValue", digest.getValue());
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    if (facts.purl() != null) {
      json.writeArrayFieldStart("externalRefs");
      json.writeStartObject();
      text("referenceCategory", "PACKAGE-MANAGER");
      text("referenceType", "purl");
      text("referenceLocator", facts.purl());
      json.writeEndObject();
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  /** With its namespace, which SPDX has no field for, as the ecosystem joins the two. */
  static String name(PackageFacts facts) {
    String namespace = facts.namespace();
    if (namespace == null || facts.type() == null) {
      return facts.name();
    }
    return switch (facts.type()) {
      case "maven" -> namespace + ':' + facts.name();
      case "npm", "composer", "golang" -> namespace + '/' + facts.name();
      default -> facts.name();
    };
  }

  private void text(String field, @Nullable String value) throws IOException {
    if (value != null) {
      json.writeStringField(field, value);
    }
  }

  @Override
  public void end(Bill.Counts counts) throws IOException {
    json.writeEndArray();
    json.writeArrayFieldStart("relationships");
    for (int ordinal = 0; ordinal < archives; ordinal++) {
      relation("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-archive-" + ordinal, null);
    }
    relations.forEach(
        (from, to, kind) -> {
          String source = from < 0 ? "SPDXRef-archive-" + (-1 - from) : "SPDXRef-p" + from;
          String target = to < 0 ? "SPDXRef-f" + (-1 - to) : "SPDXRef-p" + to;
          if (kind == CONTAINS) {
            relation(source, "CONTAINS", target, null);
          } else {
            Meeting.How how = Meeting.How.values()[kind / HOW];
            depends(source, Edge.Kind.values()[kind % HOW], target, Edge.comment(how));
          }
        });
    json.writeEndArray();
    json.writeEndObject();
  }

  private void depends(String source, Edge.Kind kind, String target, @Nullable String comment)
      throws IOException {
    switch (kind) {
      case NEEDED -> relation(source, "DEPENDS_ON", target, comment);
      case OPTIONAL -> relation(target, "OPTIONAL_DEPENDENCY_OF", source, comment);
      case PROVIDED -> relation(target, "PROVIDED_DEPENDENCY_OF", source, comment);
      case BUILD -> relation(target, "BUILD_DEPENDENCY_OF", source, comment);
      case DEV -> relation(target, "DEV_DEPENDENCY_OF", source, comment);
      case TEST -> relation(target, "TEST_DEPENDENCY_OF", source, comment);
    }
  }

  private void relation(String from, String type, String to, @Nullable String comment)
      throws IOException {
    json.writeStartObject();
    text("spdxElementId", from);
    text("relationshipType", type);
    text("relatedSpdxElement", to);
    text("comment", comment);
    json.writeEndObject();
  }

  @Override
  public void close() throws IOException {
    relations.close();
  }
}

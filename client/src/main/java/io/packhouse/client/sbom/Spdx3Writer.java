package io.packhouse.client.sbom;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes SPDX 3.0.1 as JSON-LD, in the form that its <a
 * href="https://spdx.org/schema/3.0.1/spdx-json-schema.json">schema</a> describes.
 */
final class Spdx3Writer implements BillWriter {
  private static final String CREATION = "_:creation";

  private final JsonGenerator json;
  private final String namespace;

  /**
   * License expressions that are remembered, of so many characters each; of others each package has
   * an element of its own.
   */
  private static final int MOST_LICENSES = 10_000;

  private static final int LONGEST_LICENSE = 200;

  // Number of the element of each license expression.
  private final Map<String, Integer> licenses = new HashMap<>();
  private String archive = "";
  private int licenseCount;
  private int relationships;

  Spdx3Writer(Bill bill, Instant time, JsonGenerator json) throws IOException {
    this.json = json;
    this.namespace = Spdx2Writer.namespace(bill) + '#';
    json.writeStartObject();
    json.writeStringField("@context", "https://spdx.org/rdf/3.0.1/spdx-context.jsonld");
    json.writeArrayFieldStart("@graph");
    json.writeStartObject();
    text("type", "CreationInfo");
    text("@id", CREATION);
    text("specVersion", "3.0.1");
    text("created", time.toString());
    texts("createdBy", List.of(namespace + "agent"));
    texts("createdUsing", List.of(namespace + "tool"));
    json.writeEndObject();
    element("SoftwareAgent", "agent", "packhouse");
    json.writeEndObject();
    element("Tool", "tool", "packhouse-" + bill.tool());
    json.writeEndObject();
    element("SpdxDocument", "document", bill.name());
    texts("profileConformance", List.of("core", "software", "simpleLicensing"));
    texts("rootElement", List.of(namespace + "bom"));
    json.writeEndObject();
    element("software_Sbom", "bom", bill.name());
    texts("software_sbomType", List.of("analyzed"));
    texts("rootElement", bill.archives().stream().map(this::id).toList());
    json.writeEndObject();
  }

  private String id(Bill.Archive of) {
    return namespace + "archive-" + of.ordinal();
  }

  @Override
  public void beginArchive(Bill.Archive next) throws IOException {
    archive = "archive-" + next.ordinal();
    element("software_Package", archive, next.name());
    text("software_primaryPurpose", "archive");
    text("software_packageVersion", next.id());
    text("comment", "The Packhouse archive with this id, in the place of a version");
    json.writeEndObject();
  }

  @Override
  public void endArchive() {}

  @Override
  public void beginPackage(int ordinal, int parent, PackageFacts facts, Collection<Edge> edges)
      throws IOException {
    String id = "p" + ordinal;
    element("software_Package", id, Spdx2Writer.name(facts));
    text("software_primaryPurpose", "oci".equals(facts.type()) ? "container" : "library");
    text("software_packageVersion", facts.version());
    text("software_packageUrl", facts.purl());
    text("software_homePage", facts.homepage());
    text("description", facts.description());
    text("software_sourceInfo", facts.path());
    text("releaseTime", facts.published() == null ? null : facts.published().toString());
    List<String> comments = new ArrayList<>();
    if (!facts.declared().isEmpty()) {
      comments.add("Licenses declared: " + String.join("; ", facts.declared()));
    }
    if (facts.error() != null) {
      comments.add("Not understood whole: " + facts.error());
    }
    text("comment", comments.isEmpty() ? null : String.join("\n", comments));
    digests(facts);
    json.writeEndObject();
    relation("contains", parent < 0 ? archive : "p" + parent, id, null, null);
    if (facts.expression() != null) {
      relation("hasDeclaredLicense", id, license(facts.expression()), null, null);
    }
    for (Edge edge : edges) {
      relation("dependsOn", id, "p" + edge.target(), edge.kind(), edge.comment());
    }
  }

  @Override
  public void endPackage() {}

  @Override
  public void file(int ordinal, PackageFacts facts) throws IOException {
    String id = "f" + ordinal;
    element("software_File", id, facts.path());
    digests(facts);
    json.writeEndObject();
    relation("contains", archive, id, null, null);
  }

  private String license(String expression) throws IOException {
    Integer known = licenses.get(expression);
    if (known != null) {
      return "license-" + known;
    }
    int number = licenseCount++;
    if (licenses.size() < MOST_LICENSES && expression.length() <= LONGEST_LICENSE) {
      licenses.put(expression, number);
    }
    String id = "license-" + number;
    element("simplelicensing_LicenseExpression", id, null);
    text("simplelicensing_licenseExpression", expression);
    json.writeEndObject();
    return id;
  }

  private void digests(PackageFacts facts) throws IOException {
    if (facts.digests().isEmpty()) {
      return;
    }
    json.writeArrayFieldStart("verifiedUsing");
    for (Map.Entry<String, String> digest : facts.digests().entrySet()) {
      json.writeStartObject();
      text("type", "Hash");
      text("algorithm", digest.getKey().replace("-", "").toLowerCase(Locale.ROOT));
      text("hashValue", digest.getValue());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void relation(
      String type, String from, String to, Edge.@Nullable Kind kind, @Nullable String comment)
      throws IOException {
    String scope = kind == null ? null : scope(kind);
    element(
        scope == null ? "Relationship" : "LifecycleScopedRelationship",
        "r" + relationships++,
        null);
    text("relationshipType", type);
    text("from", namespace + from);
    texts("to", List.of(namespace + to));
    text("scope", scope);
    text("comment", comment);
    json.writeEndObject();
  }

  private static @Nullable String scope(Edge.Kind kind) {
    return switch (kind) {
      case NEEDED, OPTIONAL -> null;
      case PROVIDED -> "runtime";
      case BUILD -> "build";
      case DEV -> "development";
      case TEST -> "test";
    };
  }

  private void element(String type, String id, @Nullable String name) throws IOException {
    json.writeStartObject();
    text("type", type);
    text("spdxId", namespace + id);
    text("creationInfo", CREATION);
    text("name", name);
  }

  private void text(String field, @Nullable String value) throws IOException {
    if (value != null) {
      json.writeStringField(field, value);
    }
  }

  private void texts(String field, List<String> values) throws IOException {
    json.writeArrayFieldStart(field);
    for (String value : values) {
      json.writeString(value);
    }
    json.writeEndArray();
  }

  @Override
  public void end(Bill.Counts counts) throws IOException {
    json.writeEndArray();
    json.writeEndObject();
  }

  @Override
  public void close() {}
}

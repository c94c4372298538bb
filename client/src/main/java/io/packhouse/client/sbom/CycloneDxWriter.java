package io.packhouse.client.sbom;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.Deque;
import java.util.List;
import org.cyclonedx.Version;
import org.cyclonedx.generators.json.BomJsonGenerator;
import org.cyclonedx.model.Bom;
import org.cyclonedx.model.Component;
import org.cyclonedx.model.Evidence;
import org.cyclonedx.model.ExternalReference;
import org.cyclonedx.model.Hash;
import org.cyclonedx.model.License;
import org.cyclonedx.model.LicenseChoice;
import org.cyclonedx.model.Metadata;
import org.cyclonedx.model.OrganizationalContact;
import org.cyclonedx.model.Property;
import org.cyclonedx.model.component.evidence.Occurrence;
import org.cyclonedx.model.license.Acknowledgement;
import org.cyclonedx.model.license.Expression;
import org.cyclonedx.model.metadata.ToolInformation;
import org.jspecify.annotations.Nullable;

/**
 * Writes CycloneDX 1.6. The library's model says what a component is and writes each; the frame
 * around them is written here, since the library would hold the whole document, twice.
 */
final class CycloneDxWriter implements BillWriter {
  /** Gives away how the library maps its model. */
  private static final class Mapping extends BomJsonGenerator {
    Mapping() {
      super(new Bom(), Version.VERSION_16);
    }

    ObjectMapper mapper() {
      return mapper.disable(SerializationFeature.FLUSH_AFTER_WRITE_VALUE);
    }
  }

  /** Leaves the outermost object open, for components to follow in it. */
  private static final class LeftOpen extends JsonGeneratorDelegate {
    private int depth;

    LeftOpen(JsonGenerator json) {
      super(json, false);
    }

    @Override
    public void writeStartObject() throws IOException {
      depth++;
      super.writeStartObject();
    }

    @Override
    public void writeStartObject(Object value) throws IOException {
      depth++;
      super.writeStartObject(value);
    }

    @Override
    public void writeEndObject() throws IOException {
      if (--depth > 0) {
        super.writeEndObject();
      }
    }
  }

  private final Bill bill;
  private final JsonGenerator json;
  private final ObjectMapper mapper = new Mapping().mapper();
  private final Relations edges = new Relations();
  // Of each component that is open, whether its list of components was begun.
  private final Deque<Boolean> open = new ArrayDeque<>();

  CycloneDxWriter(Bill bill, Instant time, JsonGenerator json) throws IOException {
    this.bill = bill;
    this.json = json;
    json.setCodec(mapper);
    json.writeStartObject();
    json.writeStringField("$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json");
    json.writeStringField("bomFormat", "CycloneDX");
    json.writeStringField("specVersion", Version.VERSION_16.getVersionString());
    json.writeStringField("serialNumber", "urn:uuid:" + bill.id());
    json.writeNumberField("version", 1);
    json.writeFieldName("metadata");
    mapper.writeValue(json, metadata(time));
    open.push(false);
  }

  private Metadata metadata(Instant time) {
    Component tool = new Component();
    tool.setType(Component.Type.APPLICATION);
    tool.setName("packhouse");
    tool.setVersion(bill.tool());
    ToolInformation tools = new ToolInformation();
    tools.setComponents(List.of(tool));
    Metadata metadata = new Metadata();
    metadata.setTimestamp(Date.from(time));
    metadata.setToolChoice(tools);
    if (bill.archives().size() == 1) {
      metadata.setComponent(component(bill.archives().getFirst()));
    }
    return metadata;
  }

  private static Component component(Bill.Archive archive) {
    Component component = new Component();
    component.setType(Component.Type.FILE);
    component.setBomRef("archive-" + archive.ordinal());
    component.setName(archive.name());
    component.setVersion(archive.id());
    component.setProperties(
        List.of(property("id", archive.id()), property("bytes", Long.toString(archive.length()))));
    return component;
  }

  private static Property property(String name, String value) {
    return new Property("packhouse:" + name, value);
  }

  @Override
  public void beginArchive(Bill.Archive archive) throws IOException {
    if (bill.archives().size() > 1) {
      begin(component(archive));
    }
  }

  @Override
  public void endArchive() throws IOException {
    if (bill.archives().size() > 1) {
      end();
    }
  }

  @Override
  public void beginPackage(int ordinal, int parent, PackageFacts facts, Collection<Edge> needed)
      throws IOException {
    Component component = component(facts);
    component.setType(
        "oci".equals(facts.type()) ? Component.Type.CONTAINER : Component.Type.LIBRARY);
    component.setBomRef("p" + ordinal);
    begin(component);
    for (Edge edge : needed) {
      if (edge.kind().ofUse()) {
        edges.add(ordinal, edge.target(), 0);
      }
    }
  }

  @Override
  public void endPackage() throws IOException {
    end();
  }

  @Override
  public void file(int ordinal, PackageFacts facts) throws IOException {
    Component component = component(facts);
    component.setType(Component.Type.FILE);
    component.setBomRef("f" + ordinal);
    begin(component);
    end();
  }

  private void begin(Component component) throws IOException {
    if (!open.pop()) {
      json.writeArrayFieldStart("components");
    }
    open.push(true);
    mapper.writeValue(new LeftOpen(json), component);
    open.push(false);
  }

  private void end() throws IOException {
    if (open.pop()) {
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  private static Component component(PackageFacts facts) {
    Component component = new Component();
    component.setGroup(facts.namespace());
    component.setName(facts.name());
    component.setVersion(facts.version());
    component.setDescription(facts.description());
    component.setPurl(facts.purl());
    component.setLicenses(licenses(facts));
    List<Hash> hashes = new ArrayList<>();
    facts
        .digests()
        .forEach((name, value) -> hashes.add(new Hash(Hash.Algorithm.fromSpec(name), value)));
    component.setHashes(hashes);
    component.setAuthors(
        facts.authors().stream()
            .filter(author -> !author.isBlank())
            .map(CycloneDxWriter::author)
            .toList());
    reference(component, ExternalReference.Type.WEBSITE, facts.homepage());
    reference(component, ExternalReference.Type.VCS, facts.vcs());
    Occurrence occurrence = new Occurrence();
    occurrence.setLocation(facts.path());
    Evidence evidence = new Evidence();
    evidence.addOccurrence(occurrence);
    component.setEvidence(evidence);
    List<Property> properties = new ArrayList<>();
    if (facts.repository() != null) {
      properties.add(property("repository", facts.repository()));
    }
    if (facts.error() != null) {
      properties.add(property("extract_error", facts.error()));
    }
    component.setProperties(properties);
    return component;
  }

  /** An expression; else what the package declares, in its own words. */
  private static @Nullable LicenseChoice licenses(PackageFacts facts) {
    LicenseChoice choice = new LicenseChoice();
    if (facts.expression() != null) {
      Expression expression = new Expression(facts.expression());
      expression.setAcknowledgement(Acknowledgement.DECLARED);
      choice.setExpression(expression);
      return choice;
    }
    List<License> declared = new ArrayList<>();
    for (String text : facts.declared()) {
      if (!text.isBlank()) {
        License license = new License();
        license.setName(text);
        license.setAcknowledgement(Acknowledgement.DECLARED);
        declared.add(license);
      }
    }
    choice.setLicenses(declared);
    return declared.isEmpty() ? null : choice;
  }

  private static OrganizationalContact author(String name) {
    OrganizationalContact contact = new OrganizationalContact();
    contact.setName(name);
    return contact;
  }

  private static void reference(
      Component component, ExternalReference.Type type, @Nullable String url) {
    if (url != null) {
      ExternalReference reference = new ExternalReference();
      reference.setType(type);
      reference.setUrl(url);
      component.addExternalReference(reference);
    }
  }

  @Override
  public void end(Bill.Counts counts) throws IOException {
    if (open.pop()) {
      json.writeEndArray();
    }
    json.writeArrayFieldStart("dependencies");
    int[] last = {-1};
    edges.forEach(
        (from, to, _) -> {
          if (from != last[0]) {
            endDependency(last[0]);
            json.writeStartObject();
            json.writeStringField("ref", "p" + from);
            json.writeArrayFieldStart("dependsOn");
            last[0] = from;
          }
          json.writeString("p" + to);
        });
    endDependency(last[0]);
    json.writeEndArray();
    json.writeFieldName("properties");
    mapper.writeValue(
        json,
        List.of(
            property("dependencies", Long.toString(counts.dependencies())),
            property("dependencies_met", Long.toString(counts.met())),
            property("dependencies_met_by_range", Long.toString(counts.metByRange())),
            property("dependencies_met_by_name", Long.toString(counts.metByName()))));
    json.writeEndObject();
  }

  private void endDependency(int ref) throws IOException {
    if (ref >= 0) {
      json.writeEndArray();
      json.writeEndObject();
    }
  }

  @Override
  public void close() throws IOException {
    edges.close();
  }
}

package io.packhouse.packages;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The bill of materials, as CycloneDX's plugin makes it of what Maven knows. */
final class Bill {
  private Bill() {}

  /**
   * Adds the Java runtime, which is of the JDK that runs this, and of which Maven knows nothing.
   *
   * @param bill in CycloneDX's JSON
   * @throws IOException if it is no bill of a product
   */
  static void addRuntime(Path bill) throws IOException {
    JsonMapper mapper = new JsonMapper();
    JsonNode root = mapper.readTree(bill.toFile());
    String product = root.path("metadata").path("component").path("bom-ref").asText();
    if (!(root.get("components") instanceof ArrayNode components) || product.isEmpty()) {
      throw new IOException(bill + " has no components, or no product");
    }
    String version = Runtime.version().toString();
    String purl = "pkg:generic/openjdk@" + version.replace("+", "%2B");
    ObjectNode runtime = components.addObject();
    runtime
        .put("type", "platform")
        .put("bom-ref", purl)
        .put("publisher", System.getProperty("java.vendor"))
        .put("name", "openjdk")
        .put("version", version)
        .put("scope", "required")
        .put("purl", purl);
    runtime
        .putArray("licenses")
        .addObject()
        .put("expression", "GPL-2.0-only WITH Classpath-exception-2.0");
    for (JsonNode dependency : root.path("dependencies")) {
      if (dependency.path("ref").asText().equals(product)
          && dependency.get("dependsOn") instanceof ArrayNode needed) {
        needed.add(purl);
      }
    }
    Files.writeString(
        bill, mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
  }
}

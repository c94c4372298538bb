package io.packhouse.client;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.cyclonedx.Version;
import org.cyclonedx.parsers.JsonParser;
import org.spdx.jacksonstore.MultiFormatStore;
import org.spdx.library.ModelCopyManager;
import org.spdx.library.SpdxModelFactory;
import org.spdx.library.model.v2.SpdxDocument;
import org.spdx.storage.simple.InMemSpdxStore;

/** Asks the libraries of their projects what is wrong with bills of materials. */
final class Bills {
  private static final int SHOWN = 20;

  private Bills() {}

  /** By the schema of CycloneDX 1.6. */
  static List<String> problemsOfCycloneDx(String json) throws Exception {
    return new JsonParser()
        .validate(json.getBytes(StandardCharsets.UTF_8), Version.VERSION_16).stream()
            .limit(SHOWN)
            .map(Exception::getMessage)
            .toList();
  }

  /** By the schema of SPDX 2.3, and by the rules of its specification. */
  @SuppressWarnings("try") // it closes at once
  static List<String> problemsOfSpdx2(String json) throws Exception {
    List<String> problems =
        new ArrayList<>(
            problems("spdx-schema-v2.3.json", SpecificationVersion.DRAFT_2019_09, json));
    System.setProperty("org.spdx.useJARLicenseInfoOnly", "true"); // licenses from no network
    SpdxModelFactory.init();
    try (MultiFormatStore store =
        new MultiFormatStore(new InMemSpdxStore(), MultiFormatStore.Format.JSON)) {
      SpdxDocument document =
          store.deSerialize(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), false);
      document.setCopyManager(new ModelCopyManager());
      problems.addAll(document.verify().stream().limit(SHOWN).toList());
    }
    return problems;
  }

  /** By the schema of SPDX 3.0.1. */
  static List<String> problemsOfSpdx3(String json) throws Exception {
    return problems("spdx-schema-v3.0.1.json", SpecificationVersion.DRAFT_2020_12, json);
  }

  private static List<String> problems(String resource, SpecificationVersion version, String json)
      throws Exception {
    try (InputStream in = Bills.class.getResourceAsStream("/resources/" + resource)) {
      Schema schema = SchemaRegistry.withDefaultDialect(version).getSchema(in);
      return schema.validate(json, InputFormat.JSON).stream()
          .limit(SHOWN)
          .map(Error::toString)
          .toList();
    }
  }
}

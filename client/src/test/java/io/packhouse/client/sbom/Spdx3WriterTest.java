package io.packhouse.client.sbom;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class Spdx3WriterTest {
  private static PackageFacts licensed(String expression) {
    return new PackageFacts(
        "a.jar",
        "maven",
        null,
        null,
        "a",
        null,
        expression,
        List.of(),
        List.of(),
        null,
        null,
        null,
        null,
        null,
        null,
        Map.of(),
        List.of());
  }

  private static List<JsonNode> licenses(List<String> expressions) throws IOException {
    StringWriter text = new StringWriter();
    Bill bill = new Bill(Bill.Format.SPDX3, List.of(), false, null, "1");
    try (JsonGenerator json = new JsonFactory().createGenerator(text);
        Spdx3Writer writer = new Spdx3Writer(bill, Instant.EPOCH, json)) {
      for (int i = 0; i < expressions.size(); i++) {
        writer.beginPackage(i, -1, licensed(expressions.get(i)), List.of());
        writer.endPackage();
      }
      writer.end(new Bill.Counts(expressions.size(), 0, 0, 0, 0, 0));
    }
    List<JsonNode> found = new ArrayList<>();
    for (JsonNode element : new ObjectMapper().readTree(text.toString()).get("@graph")) {
      if (element.get("type").asText().equals("simplelicensing_LicenseExpression")) {
        found.add(element);
      }
    }
    return found;
  }

  @Test
  void anExpressionIsWrittenOnce() throws Exception {
    assertThat(licenses(List.of("MIT", "ISC", "MIT")))
        .extracting(license -> license.get("simplelicensing_licenseExpression").asText())
        .containsExactly("MIT", "ISC");
  }

  /** An archive may say a million of them, of any length. */
  @Test
  void thoseThatAreNotRememberedAreWrittenAgainEachWithAnIdOfItsOwn() throws Exception {
    String tooLong = "MIT" + " OR MIT".repeat(100);
    List<String> expressions = new ArrayList<>(List.of(tooLong, tooLong));
    for (int i = 0; i < 10_001; i++) {
      expressions.add("LicenseRef-" + i);
    }
    expressions.add("LicenseRef-10000");
    expressions.add("LicenseRef-0");
    assertThat(licenses(expressions))
        .hasSize(expressions.size() - 1)
        .extracting(license -> license.get("spdxId").asText())
        .doesNotHaveDuplicates();
  }
}

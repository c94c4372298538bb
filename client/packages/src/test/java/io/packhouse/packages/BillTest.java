package io.packhouse.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BillTest {
  @TempDir Path folder;

  @Test
  void runtimeIsAComponentThatTheProductNeeds() throws Exception {
    Path bill =
        Files.writeString(
            folder.resolve("bill.json"),
            """
            {"metadata": {"component": {"bom-ref": "product"}}, "components": [{"name": "one"}],
             "dependencies": [{"ref": "one"}, {"ref": "product", "dependsOn": ["one"]}]}
            """);
    Bill.addRuntime(bill);
    JsonNode root = new JsonMapper().readTree(bill.toFile());
    JsonNode runtime = root.path("components").path(1);
    assertThat(runtime.path("version").asText()).startsWith("25.");
    assertThat(root.path("dependencies").path(1).path("dependsOn").path(1).asText())
        .isEqualTo(runtime.path("bom-ref").asText())
        .startsWith("pkg:generic/openjdk@25.");
  }

  @Test
  void whatIsNoBillIsRefused() throws Exception {
    Path bill = Files.writeString(folder.resolve("bill.json"), "{\"components\": []}");
    assertThatThrownBy(() -> Bill.addRuntime(bill)).isInstanceOf(IOException.class);
  }
}

package io.packhouse.plugins.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.packhouse.spi.ExtractionException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NotationsTest {

  @Test
  void jsonSkipsAByteOrderMarkAndTakesTheLastOfTwoValues() throws ExtractionException {
    JsonNode node = Json.read(bytes("\uFEFF{\"a\":1,\"a\":\"x\",\"l\":[\"p\",2,\" \"]}"), "f");
    assertThat(Json.text(node, "a")).isEqualTo("x");
    assertThat(Json.texts(node, "l")).containsExactly("p");
    assertThat(Json.text(node, "l")).isNull();
    assertThat(Json.text(node, "absent")).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "{\"a\":}", "[1] [2]", "{\"a\":\u0001}"})
  void whatIsNoJsonIsRefusedInOneLine(String text) {
    assertThatThrownBy(() -> Json.read(bytes(text), "package.json"))
        .isInstanceOf(ExtractionException.class)
        .hasMessageStartingWith("package.json")
        .message()
        .doesNotContain("\n");
  }

  @Test
  void jsonNestsOnlySoDeep() {
    byte[] deep = bytes("[".repeat(100_000) + "]".repeat(100_000));
    assertThatThrownBy(() -> Json.read(deep, "f")).isInstanceOf(ExtractionException.class);
  }

  @Test
  void jsonOfInvalidUtf8IsRefused() {
    byte[] bad = {'"', (byte) 0xC3, (byte) 0x28, '"'};
    assertThatThrownBy(() -> Json.read(bad, "f")).isInstanceOf(ExtractionException.class);
  }

  @Test
  void tomlBecomesATree() throws ExtractionException {
    JsonNode node = Toml.read(bytes("[package]\nname = \"a\"\n[dependencies]\nb = \"1\"\n"), "f");
    assertThat(Json.text(node.path("package"), "name")).isEqualTo("a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a = ", "a = 99999999999999999999x", "[a\n", "= 1"})
  void whatIsNoTomlIsRefused(String text) {
    assertThatThrownBy(() -> Toml.read(bytes(text), "Cargo.toml"))
        .isInstanceOf(ExtractionException.class)
        .hasMessageContaining("Cargo.toml");
  }

  @Test
  void yamlBecomesMapsAndScalars() throws ExtractionException {
    Object node = Yaml.read(bytes("a: 1.10\nb: [x, y]\nc: {d: true}\n"), "f");
    assertThat(Yaml.texts(Yaml.get(node, "b"))).containsExactly("x", "y");
    assertThat(Yaml.text(Yaml.get(node, "c"), "d")).isEqualTo("true");
    assertThat(Yaml.get("text", "a")).isNull();
  }

  @Test
  void yamlConstructsNothingThatATagAsksFor() {
    assertThatThrownBy(() -> Yaml.read(bytes("!!javax.script.ScriptEngineManager [x]"), "f"))
        .isInstanceOf(ExtractionException.class);
  }

  @Test
  void yamlBombsEnd() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 30; i++) {
      bomb.append("a%d: &a%d [".formatted(i, i));
      bomb.append("*a%d,".formatted(i - 1).repeat(9)).append("]\n");
    }
    assertThatThrownBy(() -> Yaml.read(bytes(bomb.toString()), "f"))
        .isInstanceOf(ExtractionException.class);
    assertThatThrownBy(() -> Yaml.read(bytes("&a [*a]"), "f"))
        .isInstanceOf(ExtractionException.class);
    assertThatThrownBy(() -> Yaml.read(bytes("[".repeat(50_000)), "f"))
        .isInstanceOf(ExtractionException.class);
  }

  @Test
  void headersGoOnAndRepeatAndMayBeMalformed() {
    Rfc822Headers headers =
        Rfc822Headers.parse(
            bytes("Name: a\r\nno field\nDescription: one\n two\n  three\nX: 1\nx: 2\n\nbody\n"));
    assertThat(headers.first("name")).isEqualTo("a");
    assertThat(headers.first("description")).isEqualTo("one\ntwo\n three");
    assertThat(headers.all("X")).isEqualTo(List.of("1", "2"));
    assertThat(headers.first("absent")).isNull();
    assertThat(headers.body()).isEqualTo("body\n");
    assertThat(Rfc822Headers.parse("").isEmpty()).isTrue();
  }

  @Test
  void whatIsNoListHasNoItems() {
    assertThat(Yaml.list(Map.of())).isEmpty();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

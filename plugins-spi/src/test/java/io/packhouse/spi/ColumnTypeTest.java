package io.packhouse.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.packhouse.spi.ColumnType.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ColumnTypeTest {

  private static final List<ColumnSpec> SPECS =
      List.of(
          new ColumnSpec("text", Scalar.STRING, "Text."),
          new ColumnSpec("count", Scalar.INT64, "A number."),
          new ColumnSpec("flag", Scalar.BOOL, "Yes or no."),
          new ColumnSpec("built", Scalar.TIMESTAMP, "A time."),
          new ColumnSpec("tags", new ColumnType.ListOf(Scalar.STRING), "A list."),
          new ColumnSpec(
              "parent",
              new ColumnType.StructOf(
                  List.of(new ColumnSpec("id", Scalar.STRING, "An identifier."))),
              "A struct."));

  @Test
  void valuesOfTheDeclaredTypesAreCopiedInTheOrderOfTheColumns() {
    List<String> tags = new ArrayList<>(List.of("x"));
    Map<String, Object> values =
        Map.of(
            "parent",
            Map.of("id", "p"),
            "tags",
            tags,
            "flag",
            true,
            "count",
            1L,
            "text",
            "t",
            "built",
            5L);
    Map<String, Object> checked = ColumnSpec.checkValues(SPECS, values);
    tags.add("late");
    assertThat(checked.keySet())
        .containsExactly("text", "count", "flag", "built", "tags", "parent");
    assertThat(checked.get("tags")).isEqualTo(List.of("x"));
  }

  @Test
  void valueOfAnotherTypeIsRefusedByColumnName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ColumnSpec.checkValues(SPECS, Map.of("count", 1)))
        .withMessageContaining("count")
        .withMessageContaining("Integer");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ColumnSpec.checkValues(SPECS, Map.of("tags", List.of("a", 1L))))
        .withMessageContaining("tags");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ColumnSpec.checkValues(SPECS, Map.of("parent", Map.of("other", "x"))))
        .withMessageContaining("other");
  }

  @Test
  void undeclaredColumnIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ColumnSpec.checkValues(SPECS, Map.of("colour", "red")))
        .withMessageContaining("colour");
  }

  @Test
  void badDeclarationsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ColumnSpec("Upper", Scalar.STRING, "x"))
        .withMessageContaining("Upper");
    assertThatIllegalArgumentException().isThrownBy(() -> new ColumnSpec("a", Scalar.STRING, " "));
    assertThatIllegalArgumentException().isThrownBy(() -> new ColumnType.StructOf(List.of()));
    ColumnSpec twice = new ColumnSpec("twice", Scalar.STRING, "x");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ColumnSpec.checkDistinct(List.of(twice, twice)))
        .withMessageContaining("twice");
  }
}

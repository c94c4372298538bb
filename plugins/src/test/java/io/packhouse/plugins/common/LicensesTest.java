package io.packhouse.plugins.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LicensesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mit | MIT",
        "MIT or apache-2.0 | MIT OR Apache-2.0",
        "(MIT OR Apache-2.0) AND ISC | (MIT OR Apache-2.0) AND ISC",
        "((MIT)) | MIT",
        "GPL-2.0-only WITH Classpath-exception-2.0 | GPL-2.0-only WITH Classpath-exception-2.0",
        "GPL-2.0 | GPL-2.0",
        "Apache-2.0+ | Apache-2.0+",
        "LicenseRef-Own AND MIT | LicenseRef-Own AND MIT",
        "Apache License, Version 2.0 | Apache-2.0",
        "The Apache Software License, Version 2.0 | Apache-2.0",
        "Apache License Version 2.0 | Apache-2.0",
        "Apache 2.0 | Apache-2.0",
        "https://www.apache.org/licenses/LICENSE-2.0.txt | Apache-2.0",
        "http://www.apache.org/licenses/LICENSE-2.0 | Apache-2.0",
        "The MIT License | MIT",
        "MIT License | MIT",
        "Eclipse Public License - v 1.0 | EPL-1.0",
        "Eclipse Public License v2.0 | EPL-2.0",
        "BSD-3-Clause | BSD-3-Clause",
        "BSD 3-Clause | BSD-3-Clause",
        "New BSD License | BSD-3-Clause",
        "GNU General Public License v2.0 only | GPL-2.0-only",
        "CDDL 1.0 | CDDL-1.0",
        "Mozilla Public License 2.0 | MPL-2.0",
      })
  void whatIsDeclaredBecomesAnExpression(String declared, String expected) {
    assertThat(Licenses.expression(declared)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "BSD",
        "GPL",
        "Apache",
        "SEE LICENSE IN LICENSE.md",
        "MIT OR",
        "(MIT AND",
        "MIT) AND ISC",
        ")",
        "MIT AND Proprietary",
        "MIT Apache-2.0",
        "MIT WITH MIT",
        "https://example.org/license"
      })
  void whatCannotBeToldHasNone(String declared) {
    assertThat(Licenses.expression(declared)).isNull();
  }

  @Test
  void nestingAndLengthAreBounded() {
    assertThat(Licenses.expression("(".repeat(2_000) + "MIT" + ")".repeat(2_000))).isNull();
    assertThat(Licenses.expression("MIT OR ".repeat(10_000) + "MIT")).isNull();
  }

  @Test
  void severalBecomeOneWithParenthesesWhereNeeded() {
    assertThat(Licenses.all(List.of("MIT", "Apache 2.0"), "OR")).isEqualTo("MIT OR Apache-2.0");
    assertThat(Licenses.all(List.of("MIT OR ISC", "Apache-2.0"), "AND"))
        .isEqualTo("(MIT OR ISC) AND Apache-2.0");
    assertThat(Licenses.all(List.of("MIT", "MIT License"), "AND")).isEqualTo("MIT");
    assertThat(Licenses.all(List.of("MIT", "Own"), "AND")).isNull();
    assertThat(Licenses.all(List.of(), "AND")).isNull();
  }
}

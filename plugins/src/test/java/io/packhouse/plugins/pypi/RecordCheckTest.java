package io.packhouse.plugins.pypi;

import static io.packhouse.plugins.pypi.Distributions.recordLine;
import static io.packhouse.plugins.pypi.Distributions.wheel;
import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.extraction.StandaloneContext;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.PackageMetadata;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RecordCheckTest {

  private static final String METADATA = "Metadata-Version: 2.1\nName: d\nVersion: 1\n";
  private static final String RECORD = "d-1.dist-info/RECORD";

  @Test
  void soundRecordWithOddNamesIsOk() throws Exception {
    assertThat(error(wheel("d-1", METADATA).member("d/ä, b.txt", "x").record("d-1"))).isNull();
  }

  @Test
  void signaturesNeedNotBeListed() throws Exception {
    assertThat(
            error(
                wheel("d-1", METADATA)
                    .record("d-1")
                    .member(RECORD + ".jws", "{}")
                    .member(RECORD + ".p7s", "")))
        .isNull();
  }

  @Test
  void changedContentsAreNamed() throws Exception {
    assertThat(
            error(wheel("d-1", METADATA).record("d-1").member("demo/__init__.py", "answer = 43\n")))
        .isEqualTo("demo/__init__.py has another sha256 than in RECORD");
    assertThat(error(wheel("d-1", METADATA).record("d-1").member("demo/__init__.py", "")))
        .isEqualTo("demo/__init__.py has 0 bytes, RECORD says 12");
  }

  @Test
  void missingAndUnlistedMembersAreNamedAndCounted() throws Exception {
    Distributions wheel = wheel("d-1", METADATA).record("d-1").member("evil.pth", "import os");
    assertThat(error(wheel)).isEqualTo("evil.pth is not in RECORD");
    assertThat(error(wheel.member("evil2.pth", "")))
        .isEqualTo("evil.pth is not in RECORD, and 1 more");
    String more = recordLine("gone.py", new byte[3]) + RECORD + ",,\n";
    assertThat(error(wheel("d-1", METADATA).member(RECORD, listed() + more)))
        .isEqualTo("gone.py is in RECORD but not in the wheel");
  }

  @Test
  void weakMissingAndNonsensicalDigestsAreNamed() throws Exception {
    assertThat(other("x.py,md5=abc,1")).contains("algorithm that is not allowed: md5");
    assertThat(other("x.py,,1")).isEqualTo("x.py has no digest in RECORD");
    assertThat(other("x.py,sha256=???,1")).contains("no Base64");
    assertThat(other("x.py,sha256,1")).contains("has another sha256");
    assertThat(other("x.py")).contains("line 4 of RECORD has 1 fields");
    assertThat(other("\"x.py,sha256=a,1")).contains("RECORD");
  }

  @Test
  void otherAllowedDigestsAreChecked() throws Exception {
    // SHA-384 of "x".
    assertThat(
            other("x.py,sha384=11KE9hqPBcIlx9ZBYr2Pk9F2QZ3QuROT1ScQ6rYtxSrylGs9Jb4i0MbTIb3oSkYc,1"))
        .contains("has another sha384");
  }

  @Test
  void largeWheelsAreCheckedByNamesAndSizes() throws Exception {
    Distributions wheel =
        wheel("d-1", METADATA)
            .member("big.bin", new byte[(int) RecordCheck.MAX_INFLATED])
            .record("d-1");
    PackageMetadata metadata = extract(wheel);
    assertThat(metadata.columns())
        .containsEntry("record_ok", true)
        .containsEntry("record_checked", "sizes");
    assertThat(error(wheel.member("demo/__init__.py", "answer = 43\n"))).isNull();
    assertThat(error(wheel.member("demo/__init__.py", ""))).contains("has 0 bytes");
  }

  private static String other(String line) throws Exception {
    return Objects.requireNonNull(
        error(
            wheel("d-1", METADATA)
                .member("x.py", "x")
                .member(RECORD, listed() + line + "\n" + RECORD + ",,\n")));
  }

  private static String listed() {
    StringBuilder lines = new StringBuilder();
    String wheel =
        "Wheel-Version: 1.0\nGenerator: test (1.0)\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
    lines
        .append(recordLine("demo/__init__.py", bytes("answer = 42\n")))
        .append(recordLine("d-1.dist-info/METADATA", bytes(METADATA)))
        .append(recordLine("d-1.dist-info/WHEEL", bytes(wheel)));
    return lines.toString();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static @org.jspecify.annotations.Nullable String error(Distributions wheel)
      throws Exception {
    PackageMetadata metadata = extract(wheel);
    String error = (String) metadata.columns().get("record_error");
    assertThat(metadata.columns()).containsEntry("record_ok", error == null);
    return error;
  }

  private static PackageMetadata extract(Distributions wheel) throws Exception {
    return Objects.requireNonNull(
        new PypiExtractor()
            .extract(
                wheel.zip("d-1-py3-none-any.whl"), StandaloneContext.of(ExtractionLimits.DEFAULT)));
  }
}

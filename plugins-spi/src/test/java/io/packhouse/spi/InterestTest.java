package io.packhouse.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InterestTest {

  @ParameterizedTest
  @CsvSource({
    "*.jar, a.jar, true",
    "*.jar, b/a.jar, false",
    "**.jar, b/c/a.jar, true",
    "**/index.json, a/b/index.json, true",
    "**/index.json, index.json, false",
    "a/*/c, a/b/c, true",
    "a/*/c, a/b/b/c, false",
    "a/**/c, a/b/b/c, true",
    "a?c, abc, true",
    "a?c, a/c, false",
    "a*, a, true",
    "a, ab, false",
    "ab, a, false",
    "**, x/y, true",
  })
  void globsMatchWithinAndAcrossDirectories(String glob, String path, boolean expected) {
    Interest interest = new Interest(List.of(), List.of(glob), List.of());
    assertThat(interest.matchesPath(path)).isEqualTo(expected);
  }

  @Test
  void hostilePathCostsNoMoreThanTheProductOfLengths() {
    String glob = "b" + "*a".repeat(50);
    assertThat(Glob.matches(glob, "a".repeat(4_000))).isFalse();
  }

  @Test
  void nameAndFirstBytesBothHaveToFit() {
    Interest interest =
        new Interest(List.of(".gz"), List.of(), List.of(new Interest.Magic(0, "1f8b")));
    ByteBuffer gzip = ByteBuffer.wrap(new byte[] {0x1F, (byte) 0x8B, 8});
    assertThat(interest.matchesPath("x.gz")).isTrue();
    assertThat(interest.matchesPath("x.gzip")).isFalse();
    assertThat(interest.headLength()).isEqualTo(2);
    assertThat(interest.matchesHead(gzip)).isTrue();
    assertThat(interest.matchesHead(gzip.slice(0, 1))).isFalse();
    assertThat(interest.matchesHead(gzip.slice(1, 2))).isFalse();
  }

  @Test
  void suffixesAloneAcceptAnyBytes() {
    Interest interest = Interest.inSuffixes(".jar", ".war");
    assertThat(interest.matchesPath("a/b.war")).isTrue();
    assertThat(interest.headLength()).isZero();
    assertThat(interest.matchesHead(ByteBuffer.allocate(0))).isTrue();
  }

  @Test
  void interestInNothingOrInNonsenseIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Interest(List.of(), List.of(), List.of()));
    assertThatIllegalArgumentException().isThrownBy(() -> new Interest.Magic(0, "1f8"));
    assertThatIllegalArgumentException().isThrownBy(() -> new Interest.Magic(-1, "1f"));
    assertThatIllegalArgumentException().isThrownBy(() -> Interest.inSuffixes("a/b"));
  }
}

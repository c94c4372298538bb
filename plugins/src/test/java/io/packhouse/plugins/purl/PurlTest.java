package io.packhouse.plugins.purl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PurlTest {

  private static final SortedMap<String, String> NONE = new TreeMap<>();

  @Test
  void partsAreJoinedInOrder() {
    assertThat(Purl.of("maven", "org.apache.commons", "io", "1.3.4", NONE))
        .isEqualTo("pkg:maven/org.apache.commons/io@1.3.4");
    assertThat(Purl.of("maven", "HTTPClient", "HTTPClient", "0.3-3", NONE))
        .isEqualTo("pkg:maven/HTTPClient/HTTPClient@0.3-3");
    assertThat(Purl.of("golang", "/github.com//a/", "b", null, NONE))
        .isEqualTo("pkg:golang/github.com/a/b");
    assertThat(Purl.of("cargo", null, "rand", "", NONE)).isEqualTo("pkg:cargo/rand");
  }

  @Test
  void qualifiersAreSortedAndEmptyOnesLeftOut() {
    var qualifiers = new TreeMap<>(Map.of("type", "zip", "classifier", "dist", "arch", ""));
    assertThat(Purl.of("maven", "org.apache.xmlgraphics", "batik-anim", "1.9.1", qualifiers))
        .isEqualTo("pkg:maven/org.apache.xmlgraphics/batik-anim@1.9.1?classifier=dist&type=zip");
  }

  @Test
  void allButUnreservedCharactersAndColonsAreEncoded() {
    assertThat(Purl.of("npm", "@scope", "a/b", "1.0+é ~%", NONE))
        .isEqualTo("pkg:npm/%40scope/a%2Fb@1.0%2B%C3%A9%20~%25");
    var repository = new TreeMap<>(Map.of("repository_url", "https://maven.google.com"));
    assertThat(Purl.of("maven", "groovy", "groovy", "1.0", repository))
        .isEqualTo("pkg:maven/groovy/groovy@1.0?repository_url=https:%2F%2Fmaven.google.com");
  }

  @Test
  void nameIsRequired() {
    assertThatIllegalArgumentException().isThrownBy(() -> Purl.of("npm", null, "", "1", NONE));
  }
}

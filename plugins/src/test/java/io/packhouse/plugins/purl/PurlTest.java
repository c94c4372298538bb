package io.packhouse.plugins.purl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      textBlock =
          """
          apk      | Alpine         | Curl      | 8-R0   | pkg:apk/alpine/curl@8-R0
          cargo    | -              | Inflector | 0.11.4 | pkg:cargo/Inflector@0.11.4
          composer | Monolog        | MonoLog   | 3.0-RC | pkg:composer/monolog/monolog@3.0-RC
          conda    | -              | R_base    | 4      | pkg:conda/R_base@4
          deb      | Debian         | LibC6     | 2A     | pkg:deb/debian/libc6@2A
          gem      | -              | RedCloth  | 4.3.2  | pkg:gem/RedCloth@4.3.2
          golang   | github.com/Foo | Bar       | v1-RC  | pkg:golang/github.com/foo/bar@v1-RC
          helm     | -              | Chart_A   | 1      | pkg:helm/Chart_A@1
          hex      | Acme           | Jason     | 1-RC   | pkg:hex/acme/jason@1-RC
          maven    | Org            | A_b       | 1-RC   | pkg:maven/Org/A_b@1-RC
          npm      | @Scope         | JSON_a    | 1-RC   | pkg:npm/%40Scope/JSON_a@1-RC
          nuget    | -              | Json.Net  | 1-RC   | pkg:nuget/Json.Net@1-RC
          oci      | -              | Debian    | sha256:AF | pkg:oci/debian@sha256:af
          pypi     | -              | A.b_C-d   | 1.0RC1 | pkg:pypi/a.b-c-d@1.0rc1
          rpm      | Fedora         | ImageMagick | 7-1.fc40 | pkg:rpm/fedora/ImageMagick@7-1.fc40
          """,
      delimiter = '|')
  void rulesOfTheTypeAreApplied(
      String type, @Nullable String namespace, String name, String version, String purl) {
    assertThat(Purl.of(type, namespace, name, version, NONE)).isEqualTo(purl);
    String ready = namespace == null ? null : Purl.namespace(type, namespace);
    assertThat(Purl.of(type, ready, Purl.name(type, name), Purl.version(type, version), NONE))
        .as("the rules change nothing twice")
        .isEqualTo(purl);
  }

  @Test
  void nameIsRequired() {
    assertThatIllegalArgumentException().isThrownBy(() -> Purl.of("npm", null, "", "1", NONE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1a", "a b", "A", "aB", "a:b", "a~", "é", "a%20"})
  void typesAndKeysAreWords(String word) {
    assertThatIllegalArgumentException().isThrownBy(() -> Purl.of(word, null, "a", "1", NONE));
    var qualifiers = new TreeMap<>(Map.of(word, "value"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Purl.of("npm", null, "a", "1", qualifiers));
  }
}

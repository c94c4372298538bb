package io.packhouse.plugins.maven;

import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.spi.Dependency;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What poms inherit, and how their expressions are resolved. */
class EffectivePomTest {

  private static final String PARENT =
      """
      <project><parent><groupId>org.a</groupId><artifactId>grand</artifactId><version>1</version></parent>
        <artifactId>parent</artifactId><version>2</version><packaging>pom</packaging>
        <description>of the parent</description>
        <licenses><license><name>Apache License, Version 2.0</name></license></licenses>
        <properties><x.version>5</x.version><both>parent</both></properties>
        <dependencyManagement><dependencies>
          <dependency><groupId>org.x</groupId><artifactId>x</artifactId><version>${x.version}</version></dependency>
          <dependency><groupId>${project.groupId}</groupId><artifactId>own</artifactId><version>${project.version}</version><scope>test</scope></dependency>
          <dependency><groupId>org.b</groupId><artifactId>bom</artifactId><version>9</version><type>pom</type><scope>import</scope></dependency>
        </dependencies></dependencyManagement>
        <dependencies>
          <dependency><groupId>org.i</groupId><artifactId>inherited</artifactId><version>${project.version}</version></dependency>
        </dependencies>
      </project>
      """;

  private static final String GRAND =
      """
      <project><groupId>org.a</groupId><artifactId>grand</artifactId><version>1</version>
        <url>https://grand.example/</url><scm><url>https://scm.example/</url></scm>
        <developers><developer><name>Ann</name><email>a@example</email></developer><developer><id>bob</id></developer></developers>
        <properties><x.version>4</x.version><grand>7</grand></properties>
      </project>
      """;

  private static final String BOM =
      """
      <project><groupId>org.b</groupId><artifactId>bom</artifactId><version>9</version>
        <properties><y>3</y></properties>
        <dependencyManagement><dependencies>
          <dependency><groupId>org.x</groupId><artifactId>x</artifactId><version>bom</version></dependency>
          <dependency><groupId>org.y</groupId><artifactId>y</artifactId><version>${y}</version></dependency>
        </dependencies></dependencyManagement>
      </project>
      """;

  private static final String CHILD =
      """
      <project><parent><groupId>org.a</groupId><artifactId>parent</artifactId><version>2</version></parent>
        <artifactId>child</artifactId><version>3</version>
        <properties><both>child</both></properties>
        <dependencies>
          <dependency><groupId>org.x</groupId><artifactId>x</artifactId></dependency>
          <dependency><groupId>org.a</groupId><artifactId>own</artifactId></dependency>
          <dependency><groupId>org.y</groupId><artifactId>y</artifactId><optional>true</optional></dependency>
          <dependency><groupId>org.z</groupId><artifactId>z</artifactId><version>[${grand}]</version><type>zip</type><classifier>c</classifier><scope>runtime</scope></dependency>
          <dependency><groupId>org.z</groupId><artifactId>range</artifactId><version>[1,2)</version></dependency>
          <dependency><groupId>org.z</groupId><artifactId>open</artifactId><version>${env.V}</version></dependency>
        </dependencies>
      </project>
      """;

  private final Tree tree =
      Tree.of()
          .file("org/a/grand/1/grand-1.pom", GRAND)
          .file("org/a/parent/2/parent-2.pom", PARENT)
          .file("org/b/bom/9/bom-9.pom", BOM)
          .file("org/a/child/3/child-3.pom", CHILD);

  @Test
  void pomInheritsThroughSiblings() throws Exception {
    PackageMetadata child = extract("org/a/child/3/child-3.pom");
    assertThat(child.purl()).isEqualTo("pkg:maven/org.a/child@3?type=pom");
    assertThat(child.license()).isEqualTo("Apache-2.0");
    assertThat(child.licensesDeclared()).containsExactly("Apache License, Version 2.0");
    assertThat(child.description()).isEqualTo("of the parent");
    assertThat(child.homepage()).isEqualTo("https://grand.example/");
    assertThat(child.vcsUrl()).isEqualTo("https://scm.example/");
    assertThat(child.authors()).containsExactly("Ann <a@example>", "bob");
    assertThat(child.columns())
        .containsEntry("packaging", "jar")
        .containsEntry("parent", "org.a:parent:2")
        .containsEntry("coordinates_source", "both")
        .containsEntry("unresolved", List.of("env.V"));
    assertThat(child.dependencies())
        .containsExactly(
            new Dependency("pkg:maven/org.x/x@5", "org.x:x", "5", "compile", false),
            new Dependency("pkg:maven/org.a/own@3", "org.a:own", "3", "test", false),
            new Dependency("pkg:maven/org.y/y@3", "org.y:y", "3", "compile", true),
            new Dependency(
                "pkg:maven/org.z/z@7?classifier=c&type=zip", "org.z:z", "[7]", "runtime", false),
            new Dependency("pkg:maven/org.z/range", "org.z:range", "[1,2)", "compile", false),
            new Dependency("pkg:maven/org.z/open", "org.z:open", "${env.V}", "compile", false),
            new Dependency(
                "pkg:maven/org.i/inherited@3", "org.i:inherited", "3", "compile", false));
  }

  @Test
  void jarTakesThePomBesideIt() throws Exception {
    PackageFile jar = Jars.jar().at("org/a/child/3/child-3.jar");
    PackageMetadata metadata =
        Objects.requireNonNull(new MavenExtractor().extract(jar, tree.context(jar)));
    assertThat(metadata.license()).isEqualTo("Apache-2.0");
    assertThat(metadata.dependencies()).hasSize(7);
  }

  @Test
  void treePackedFromAboveItsRepositoryIsCorrectedByThePom() throws Exception {
    Tree above =
        Tree.of()
            .file("mirror/m2/org/a/grand/1/grand-1.pom", GRAND)
            .file("mirror/m2/org/a/parent/2/parent-2.pom", PARENT);
    PackageFile pom = above.get("mirror/m2/org/a/parent/2/parent-2.pom");
    PackageMetadata metadata =
        Objects.requireNonNull(new MavenExtractor().extract(pom, above.context(pom)));
    assertThat(metadata.purl()).isEqualTo("pkg:maven/org.a/parent@2?type=pom");
    assertThat(metadata.homepage()).isEqualTo("https://grand.example/");
    assertThat(metadata.columns()).doesNotContainKey("unresolved");
  }

  @Test
  void projectWinsOverPropertiesAndPropertiesOverBareNames() throws Exception {
    tree.file(
        "org/q/q/1/q-1.pom",
        """
        <project><groupId>org.q</groupId><artifactId>q</artifactId><version>1</version>
        <properties><project.version>no</project.version><version>property</version><pom.artifactId>no</pom.artifactId></properties>
        <dependencies>
        <dependency><groupId>g</groupId><artifactId>a</artifactId><version>${project.version}</version></dependency>
        <dependency><groupId>g</groupId><artifactId>b</artifactId><version>${version}</version></dependency>
        <dependency><groupId>g</groupId><artifactId>c</artifactId><version>${artifactId}-${pom.artifactId}</version></dependency>
        </dependencies></project>
        """);
    assertThat(extract("org/q/q/1/q-1.pom").dependencies())
        .extracting(Dependency::requirement)
        .containsExactly("1", "property", "q-q");
  }

  @Test
  void expressionsThatLeadInCirclesOrGrowStayAsTheyAre() throws Exception {
    StringBuilder bomb = new StringBuilder("<p0>0123456789</p0>");
    for (int i = 1; i < 30; i++) {
      bomb.append("<p%d>%s</p%d>".formatted(i, "${p%d}".formatted(i - 1).repeat(10), i));
    }
    tree.file(
        "org/q/q/1/q-1.pom",
        """
        <project><groupId>org.q</groupId><artifactId>q</artifactId><version>1</version>
        <properties><a>${b}</a><b>x${a}</b>%s</properties>
        <dependencies>
        <dependency><groupId>g</groupId><artifactId>a</artifactId><version>${a}</version></dependency>
        <dependency><groupId>g</groupId><artifactId>b</artifactId><version>${p29}</version></dependency>
        </dependencies></project>
        """
            .formatted(bomb));
    PackageMetadata metadata = extract("org/q/q/1/q-1.pom");
    assertThat(metadata.dependencies().getFirst().requirement()).isEqualTo("x${a}");
    assertThat(metadata.dependencies().getLast().requirement()).hasSizeLessThan(70_000);
    assertThat(metadata.columns().get("unresolved")).asString().contains("a");
  }

  @Test
  void parentsInACircleEnd() throws Exception {
    for (String name : List.of("a", "b")) {
      String other = name.equals("a") ? "b" : "a";
      tree.file(
          "c/%1$s/1/%1$s-1.pom".formatted(name),
          "<project><parent><groupId>c</groupId><artifactId>%s</artifactId><version>1</version></parent><artifactId>%s</artifactId></project>"
              .formatted(other, name));
    }
    assertThat(extract("c/a/1/a-1.pom").columns()).containsEntry("unresolved", List.of("parent"));
  }

  @Test
  void onlyProfilesThatAreActiveByDefaultCount() throws Exception {
    tree.file(
        "org/q/q/1/q-1.pom",
        """
        <project><groupId>org.q</groupId><artifactId>q</artifactId><version>1</version>
        <properties><v>1</v></properties>
        <dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId><version>${v}</version></dependency></dependencies>
        <profiles>
        <profile><activation><activeByDefault>true</activeByDefault></activation><properties><v>2</v></properties>
        <dependencies><dependency><groupId>g</groupId><artifactId>b</artifactId><version>1</version></dependency></dependencies></profile>
        <profile><activation><jdk>1.8</jdk></activation><properties><v>3</v></properties>
        <dependencies><dependency><groupId>g</groupId><artifactId>c</artifactId><version>1</version></dependency></dependencies></profile>
        </profiles></project>
        """);
    assertThat(extract("org/q/q/1/q-1.pom").dependencies())
        .extracting(dependency -> dependency.name() + ":" + dependency.requirement())
        .containsExactly("g:a:2", "g:b:1");
  }

  private PackageMetadata extract(String path) throws Exception {
    PackageFile file = tree.get(path);
    return Objects.requireNonNull(new MavenExtractor().extract(file, tree.context(file)));
  }
}

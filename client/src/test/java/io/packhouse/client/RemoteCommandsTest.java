package io.packhouse.client;

import static io.packhouse.client.Cli.packhouse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.packhouse.client.Cli.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command with a daemon says and does what it does without. */
class RemoteCommandsTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir static Path shared;
  private static RunningDaemon daemon;
  private static Path tree;
  private static Path local;

  @TempDir Path temp;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    daemon = RunningDaemon.start(shared);
    tree = Trees.small(shared);
    Trees.maven(tree);
    local = Cli.pack(tree, shared.resolve("local.pkh"));
    assertThat(daemon.run("pack", "-q", tree, "archives/sent.pkh"))
        .extracting(Result::code, Result::err)
        .containsExactly(0, "");
  }

  @AfterAll
  static void stop() throws IOException, InterruptedException {
    daemon.close();
  }

  private static List<Object> args(String command, Object archive, Object... more) {
    List<Object> args = new ArrayList<>(List.of(command, archive));
    args.addAll(List.of(more));
    return args;
  }

  private static void same(String command, Object... more) {
    Result here = packhouse(args(command, local, more).toArray());
    Result there = daemon.run(args(command, "archives/sent.pkh", more).toArray());
    assertThat(there.code()).as(there.err()).isEqualTo(here.code());
    assertThat(there.out()).isEqualTo(here.out());
    assertThat(there.err().replace("archives/sent.pkh", local.toString())).isEqualTo(here.err());
  }

  @Test
  void listingsAreTheSame() {
    same("ls");
    same("ls", "-l");
    same("ls", "--tree");
    same("ls", "-0");
    same("ls", "--json", "--nested");
    same("ls", "--packages");
    same("ls", "--type", "maven");
    same("ls", "docs", "*.pom");
    same("ls", "docs/d*");
    same("ls", "two\\nlines");
    same("ls", "docs/raedme.txt");
    same("ls", "*.nothing");
  }

  @Test
  void billsAreTheSame() throws IOException {
    Path copy = temp.resolve("sent.pkh");
    Files.copy(daemon.archives().resolve("sent.pkh"), copy);
    for (String format : List.of("cyclonedx", "spdx", "spdx3")) {
      Result here = packhouse("export", "-q", "--format", format, "--files", "-o", "-", copy);
      Path bill = temp.resolve(format + ".json");
      Result there =
          daemon.run("export", "--format", format, "--files", "-o", bill, "archives/sent.pkh");
      assertThat(there.code()).as(there.err()).isZero();
      assertThat(Files.readAllBytes(bill)).isEqualTo(here.bytes());
    }
    assertThat(daemon.run("export", "--format", "spdx", "-o", "-", "archives/none.pkh").code())
        .isEqualTo(3);
    assertThat(daemon.run("export", "--format", "parquet", "-o", temp, "archives/sent.pkh").code())
        .isEqualTo(2);
  }

  @Test
  void queriesAreTheSame() throws InterruptedException {
    // Tables are made in the background.
    while (!daemon.run("stats", "--json").out().replace(" ", "").contains("\"sql_unready\":0")) {
      Thread.sleep(50);
    }
    String columns = "path, type, size, mtime, xattrs FROM entries";
    String sql = "SELECT " + columns + " WHERE archive = '%s' ORDER BY path";
    for (String format : List.of("table", "csv", "json")) {
      Result here = packhouse("query", "--format", format, sql.formatted("local"), local);
      Result there = daemon.run("query", "--format", format, sql.formatted("archives/sent.pkh"));
      assertThat(there.code()).as(there.err()).isZero();
      assertThat(there.out()).contains("docs/readme.txt").isEqualTo(here.out());
    }
    assertThat(daemon.run("query", "SELECT 1 AS one WHERE false").lines()).contains("one");
    assertThat(daemon.run("query", "SELECT nme FROM packages"))
        .extracting(Result::code, result -> result.err().contains("nme"))
        .containsExactly(2, true);
    assertThat(daemon.run("query", "SELECT 1", "archives/sent.pkh"))
        .extracting(Result::code, result -> result.err().contains("WHERE archive = "))
        .containsExactly(2, true);
    assertThat(daemon.run("query", "--limit-memory", "1G", "SELECT 1").code()).isEqualTo(2);
    assertThat(daemon.run("query", "--format", "parquet", "SELECT 1").code()).isEqualTo(2);
  }

  @Test
  void contentsAreTheSame() {
    same("cat", "noise.bin");
    same("cat", "docs/up");
    same("cat", "zhard");
    same("cat", "nothing");
    same("cat", "back\\slash");
    same("cat", "--offset", 1000, "--length", 77, "noise.bin");
    same("cat", "--offset", 1_000_000, "noise.bin");
    same("cat", "out");
    same("cat", "docs");
    same("cat", "docs/readme.tx");
    same("extract", "--to-stdout", "**/*.txt");
  }

  @Test
  void whatAnArchiveSaysOfItselfIsTheSame() throws IOException {
    JsonNode here = MAPPER.readTree(packhouse("info", "--json", local).out());
    Result info = daemon.run("info", "--json", "archives/sent.pkh");
    JsonTest.check("info", info);
    JsonNode there = MAPPER.readTree(info.out());
    for (String field : List.of("rows", "bytes", "files", "batches", "groups", "options")) {
      assertThat(there.get(field)).as(field).isEqualTo(here.get(field));
    }
    assertThat(daemon.run("info", "archives/sent.pkh").lines())
        .hasSameSizeAs(packhouse("info", local).lines());
    assertThat(daemon.run("catalog", "describe", "archives/sent.pkh").out())
        .isEqualTo(daemon.run("info", "archives/sent.pkh").out());
  }

  @Test
  void aTreeIsSentWhereTheDaemonMayNotReadItAndReadWhereItMay() throws IOException {
    Path seen = Files.createDirectory(daemon.seen().resolve("one"));
    Path there = Trees.small(seen);
    Path copy = Files.createDirectory(temp.resolve("copy"));
    assertThat(packhouse("pack", "-q", there, copy.resolve("t.pkh")).code()).isZero();
    Result read = daemon.run("pack", "--json", there, "archives/read.pkh");
    Result sent = daemon.run("pack", "--json", there, "-");
    JsonTest.check("pack", read);
    assertThat(sent.code()).as(sent.err()).isZero();
    assertThat(sent.bytes()).isEqualTo(Files.readAllBytes(daemon.archives().resolve("read.pkh")));
    assertThat(daemon.run("pack", "-q", "x=" + there, "archives/named.pkh").code()).isZero();
  }

  @Test
  void severalTreesAreSentUnderTheirNames() throws IOException {
    Path other = Files.createDirectory(temp.resolve("tree-b"));
    Files.createLink(other.resolve("same"), tree.resolve("docs/readme.txt"));
    for (Object[] options :
        new Object[][] {
          {"tree=" + tree, "tree-b=" + other},
          {"x=" + tree},
          {"b=" + other, "a=" + tree, "--include", "*.txt", "--exclude", "a/docs/deep"},
          {"b=" + other, "a=" + tree, "--include", "nothing at all"},
        }) {
      List<Object> args = new ArrayList<>(List.of("pack", "-q", "-f"));
      args.addAll(List.of(options));
      List<Object> away = new ArrayList<>(args);
      Path here = temp.resolve("several.pkh");
      args.add(here);
      away.add("archives/several.pkh");
      assertThat(packhouse(args.toArray()).code()).isZero();
      Result sent = daemon.run(away.toArray());
      assertThat(sent.code()).as(sent.err()).isZero();
      assertThat(daemon.run("ls", "--json", "archives/several.pkh").out())
          .isEqualTo(packhouse("ls", "--json", here).out());
    }
  }

  @Test
  void devicesAreSent() throws IOException, InterruptedException {
    Path devices = Files.createDirectory(temp.resolve("devices"));
    Process made =
        new ProcessBuilder("sh", "-c", "mknod c c 5 300 && mknod b b 259 1048575 && mkfifo f")
            .directory(devices.toFile())
            .start();
    assumeThat(made.waitFor()).as("only root makes devices").isZero();
    Path here = Cli.pack(devices, temp.resolve("devices.pkh"));
    Result sent = daemon.run("pack", "-q", devices, "archives/devices.pkh");
    assertThat(sent.code()).as(sent.err()).isZero();
    assertThat(daemon.run("ls", "--json", "archives/devices.pkh").out())
        .contains("1048575")
        .isEqualTo(packhouse("ls", "--json", here).out());
  }

  @Test
  void digestsThatAreAskedForAreRecordedListedFoundAndVerified() throws IOException {
    Path here = Cli.pack(tree, temp.resolve("digests.pkh"), "--digests=sha1,sha256");
    Result away = daemon.run("pack", "-q", "--digests=sha1,sha256", tree, "archives/digests.pkh");
    assertThat(away.code()).as(away.err()).isZero();
    assertThat(daemon.run("ls", "--json", "archives/digests.pkh").out())
        .contains("\"sha256\":")
        .isEqualTo(packhouse("ls", "--json", here).out());
    JsonNode noise = MAPPER.readTree(packhouse("ls", "--json", here, "noise.bin").out());
    for (String name : List.of("blake3", "sha1", "sha256")) {
      assertThat(
              daemon
                  .run("ls", "--digest", noise.get(name).asText(), "archives/digests.pkh")
                  .lines())
          .containsExactly("noise-again.bin", "noise.bin");
    }
    assertThat(daemon.run("ls", "--digest", "00", "archives/digests.pkh").code()).isEqualTo(2);
    same("ls", "--digest", noise.get("sha1").asText());
    same("ls", "--digest", noise.get("sha256").asText());
    assertThat(daemon.run("verify", "--digests", "archives/digests.pkh").out()).contains("intact");
    same("verify", "--digests");
  }

  @Test
  void packagesOfTwoArchivesAreCompared() throws IOException {
    Path other = Files.createDirectory(temp.resolve("other"));
    Path pom = Trees.maven(other).resolve("org/acme/tool/1.2/tool-1.2.pom");
    Files.writeString(pom, Files.readString(pom).replace("<version>1.2<", "<version>1.3<"));
    Path here = Cli.pack(other, temp.resolve("other.pkh"));
    Files.copy(here, daemon.archives().resolve("other.pkh"));
    for (String option : List.of("--quiet", "--json")) {
      Result local = packhouse("diff", "--packages", option, RemoteCommandsTest.local, here);
      assertThat(local.code()).isEqualTo(1);
      assertThat(
              daemon.run("diff", "--packages", option, "archives/sent.pkh", "archives/other.pkh"))
          .extracting(Result::code, Result::out)
          .containsExactly(1, local.out());
    }
    assertThat(daemon.run("diff", "--packages", "archives/sent.pkh", "archives/sent.pkh").code())
        .isZero();
  }

  @Test
  void globsSelectTheSameWhereATreeIsSent() {
    List<List<String>> options =
        List.of(
            List.of("--include", "*.txt"),
            List.of("--exclude", "docs"),
            List.of("--include", "docs", "--exclude", "deep/"),
            List.of("--exclude", "docs", "--include", "*.pom"));
    for (int i = 0; i < options.size(); i++) {
      Path here = temp.resolve("glob" + i + ".pkh");
      String there = "archives/glob" + i + ".pkh";
      List<Object> args = new ArrayList<>(List.of("pack", "-q"));
      args.addAll(options.get(i));
      args.add(tree);
      List<Object> away = new ArrayList<>(args);
      args.add(here);
      away.add(there);
      assertThat(packhouse(args.toArray()).code()).isZero();
      Result result = daemon.run(away.toArray());
      assertThat(result.code()).as(result.err()).isZero();
      assertThat(daemon.run("ls", "-l", there).out())
          .as(options.get(i).toString())
          .isEqualTo(packhouse("ls", "-l", here).out());
    }
  }

  @Test
  void anArchiveIsExtractedHereAndNothingIsLeftBeside() throws IOException {
    Path out = temp.resolve("x/out");
    Result result = daemon.run("extract", "--json", "archives/sent.pkh", out);
    assertThat(result.code()).as(result.err()).isZero();
    JsonTest.check("extract", result);
    assertThat(packhouse("diff", local, out).out()).startsWith("0 added, 0 removed, 0 changed");
    try (var files = Files.list(temp.resolve("x"))) {
      assertThat(files).containsExactly(out);
    }
    assertThat(daemon.run("extract", "archives/sent.pkh", out).code()).isEqualTo(4);
    assertThat(daemon.run("extract", "archives/none.pkh", temp.resolve("y")).code()).isEqualTo(3);
  }

  @Test
  void aPartOfAnArchiveIsExtractedAsHere() throws IOException {
    List<List<Object>> selections =
        List.of(
            List.of("docs"),
            List.of("*.txt", "noise.bin"),
            List.of("two\\nlines", "zhard", "--exclude", "deep"),
            List.of("--exclude", "docs*"));
    for (int i = 0; i < selections.size(); i++) {
      Path here = temp.resolve("here" + i);
      Path there = temp.resolve("there" + i);
      assertThat(packhouse(args("extract", local, here, selections.get(i))).code()).isZero();
      Result result = daemon.run(args("extract", "archives/sent.pkh", there, selections.get(i)));
      assertThat(result.code()).as(result.err()).isZero();
      Path packed = Cli.pack(here, temp.resolve("here" + i + ".pkh"));
      assertThat(packhouse("diff", packed, there).code()).isZero();
    }
    Path none = temp.resolve("none");
    assertThat(daemon.run("extract", "archives/sent.pkh", none, "*.nothing"))
        .extracting(Result::code, Result::err)
        .containsExactly(3, "packhouse: archives/sent.pkh: no entry matches *.nothing\n");
    assertThat(daemon.run("extract", "archives/none.pkh", none, "docs").code()).isEqualTo(3);
    Path full = temp.resolve("here0");
    assertThat(daemon.run("extract", "archives/sent.pkh", full, "docs").code()).isEqualTo(4);
    assertThat(none).doesNotExist();
  }

  private static Object[] args(String command, Object archive, Path out, List<Object> more) {
    List<Object> args = new ArrayList<>(List.of(command, archive, out));
    args.addAll(more);
    return args.toArray();
  }

  @Test
  void verifyAndDiffAreOperations() throws IOException {
    Result verified = daemon.run("verify", "--json", "archives/sent.pkh");
    assertThat(verified.code()).as(verified.err()).isZero();
    JsonTest.check("verify", verified, daemon.run("verify", "--json", "archives/sent.pkh", "docs"));
    Path bad = daemon.archives().resolve("bad.pkh");
    byte[] bytes = Files.readAllBytes(local);
    bytes[bytes.length / 4] ^= 1;
    Files.write(bad, bytes);
    assertThat(daemon.run("verify", "archives/bad.pkh").code()).isEqualTo(5);
    Files.copy(local, daemon.archives().resolve("copy.pkh"));
    assertThat(daemon.run("diff", "archives/sent.pkh", "archives/copy.pkh").code()).isZero();
    Path changed = Files.createDirectory(daemon.seen().resolve("changed"));
    Files.writeString(Trees.small(changed).resolve("docs/readme.txt"), "new");
    Result diff = daemon.run("diff", "--json", "archives/sent.pkh", changed.resolve("tree"));
    assertThat(diff.code()).as(diff.err()).isEqualTo(1);
    JsonTest.check("diff", diff);
    assertThat(daemon.run("diff", changed.resolve("tree"), "archives/sent.pkh").out())
        .contains("~ docs/readme.txt (contents");
    Files.delete(bad);
  }

  @Test
  void operationsAreListedWatchedAndCancelled() throws IOException {
    daemon.run("verify", "-q", "archives/sent.pkh");
    Result jobs = daemon.run("jobs", "--json");
    JsonTest.check("jobs", jobs);
    String name = MAPPER.readTree(jobs.lines().getFirst()).get("operation").asText();
    assertThat(daemon.run("jobs").out()).contains(name);
    JsonTest.check("jobs", daemon.run("watch", "--json", name));
    assertThat(daemon.run("watch", name.substring("operations/".length())).out())
        .startsWith(name + "  ");
    assertThat(daemon.run("cancel", name).code()).isZero();
    Result none = daemon.run("watch", "nothing");
    assertThat(none.code()).isEqualTo(3);
    assertThat(none.err()).isEqualTo("packhouse: there is no operation operations/nothing\n");
    Result failed = daemon.run("verify", "archives/none.pkh");
    assertThat(failed.code()).isEqualTo(3);
  }

  @Test
  void theCatalogIsLookedAfter() throws IOException {
    Result up = daemon.run("catalog", "upload", "--json", local, "archives/up.pkh");
    assertThat(up.code()).as(up.err()).isZero();
    JsonTest.check("catalog", up, daemon.run("catalog", "--json"));
    Path other = Cli.pack(Trees.maven(temp), temp.resolve("other.pkh"));
    assertThat(daemon.run("catalog", "upload", other, "archives/up.pkh").code()).isEqualTo(4);
    Path down = temp.resolve("down.pkh");
    assertThat(daemon.run("catalog", "download", "archives/up.pkh", down).code()).isZero();
    assertThat(down).hasSameBinaryContentAs(local);
    assertThat(daemon.run("catalog", "list", "**/up.pkh").lines()).hasSize(1);
    assertThat(daemon.run("catalog", "remove", "archives/up.pkh").code()).isZero();
    JsonTest.check("catalog rescan", daemon.run("catalog", "rescan", "--json"));
    assertThat(daemon.archives().resolve("up.pkh")).doesNotExist();
    assertThat(daemon.run("catalog", "paint").code()).isEqualTo(2);
    JsonTest.check("stats", daemon.run("stats", "--json"));
    assertThat(daemon.run("stats").lines()).hasSize(6);
  }

  @Test
  void failuresHaveTheCodesOfThoseHere() throws IOException {
    assertThat(daemon.run("pack", tree, "archives/sent.pkh").code()).isEqualTo(4);
    assertThat(daemon.run("pack", "--level", 99, tree, "archives/n.pkh").code()).isEqualTo(2);
    assertThat(daemon.run("pack", "-j", 1, tree, "archives/n.pkh").code()).isEqualTo(2);
    assertThat(daemon.run("pack", temp.resolve("none"), "archives/n.pkh").code()).isEqualTo(3);
    assertThat(daemon.run("ls", "no folder/x.pkh").code()).isIn(2, 3);
    Files.writeString(daemon.archives().resolve("text.pkh"), "text");
    assertThat(daemon.run("ls", "archives/text.pkh").code()).isIn(5, 6);
    Result away = packhouse("--daemon", "unix:" + temp.resolve("none"), "ls", "archives/x.pkh");
    assertThat(away.code()).isEqualTo(8);
    assertThat(away.err())
        .startsWith("packhouse: no daemon can be reached at unix:")
        .doesNotContain("io exception");
    assertThat(packhouse("ls", "--daemon", "somewhere", "archives/x.pkh").code()).isEqualTo(2);
  }

  @Test
  void noneWorksHereWhateverTheEnvironmentSays() {
    assertThat(daemon.run("ls", "--daemon", "none", local).out())
        .isEqualTo(packhouse("ls", local).out());
    assertThat(packhouse("--daemon=" + daemon.address(), "ls", "archives/sent.pkh").out())
        .isEqualTo(packhouse("ls", local).out());
  }

  @Test
  void tokensAreMadeShownOnceAndTakenBack() throws IOException {
    Path file = temp.resolve("tokens");
    Result made = packhouse("token", "create", "--file", file, "--days", 3, "ci");
    assertThat(made.out()).startsWith("pkh_");
    assertThat(Files.readString(file)).doesNotContain(made.out().strip());
    JsonTest.check(
        "token",
        packhouse("token", "list", "--json", "--file", file),
        packhouse("token", "create", "--json", "--file", file, "--role", "admin", "boss"));
    assertThat(packhouse("token", "create", "--file", file, "ci").code()).isEqualTo(2);
    assertThat(packhouse("token", "revoke", "--file", file, "ci").code()).isZero();
    assertThat(packhouse("token", "revoke", "--file", file, "ci").code()).isEqualTo(3);
    assertThat(packhouse("token", "list", "--file", file).lines()).hasSize(1);
  }
}

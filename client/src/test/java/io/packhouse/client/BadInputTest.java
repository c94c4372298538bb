package io.packhouse.client;

import static io.packhouse.client.Cli.packhouse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.packhouse.client.Cli.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What users get wrong: one clear line, a documented exit code, nothing half-written. */
class BadInputTest {
  @TempDir Path temp;
  private Path tree;
  private Path archive;

  @BeforeEach
  void pack() throws IOException {
    tree = Trees.small(temp);
    archive = Cli.pack(tree, temp.resolve("a.pkh"));
  }

  private static void assertFails(Result result, int code, String... parts) {
    assertThat(result.code()).as(result.toString()).isEqualTo(code);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).startsWith("packhouse: ").endsWith("\n").contains(parts);
    assertThat(result.err().lines()).as("one line").hasSize(1);
  }

  private void assertNothingLeft(String... expected) throws IOException {
    try (Stream<Path> files = Files.list(temp)) {
      assertThat(files.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder(expected);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "| no command; see packhouse --help",
        "frobnicate | no command frobnicate",
        "lss | did you mean ls?",
        "--frob | unknown option --frob",
        "pack --levle 3 a b | unknown option --levle; did you mean --level?",
        "pack | pack needs a directory and the archive to write",
        "pack a | pack needs a directory and the archive to write",
        "pack --level 0 a b | --level must be 1 to 22, is 0",
        "pack --level 23 a b | --level must be 1 to 22, is 23",
        "pack --level x a b | 'x' is not an int",
        "pack --level | --level",
        "pack --workers 0 a b | --workers must be 1 to 1024, is 0",
        "pack --workers 1025 a b | --workers must be 1 to 1024, is 1025",
        "pack --memory 1M a b | --memory must be at least",
        "pack --memory lots a b | 'lots' is not a size in bytes",
        "pack --blob-size 1000 a b | --blob-size must be a power of two from 64K to 64M",
        "pack --blob-size 128M a b | --blob-size must be a power of two from 64K to 64M",
        "pack --frame-size 1000 a b | --frame-size must be 64K to --blob-size",
        "pack --frame-size 8M a b | --frame-size must be 64K to --blob-size",
        "pack --exclude [ a b | bad glob",
        "pack m= b | no directory after m=",
        "pack ..=a b | is no file name",
        "extract | ARCHIVE",
        "extract a | extract needs a directory to restore to",
        "extract --memory 1K a b | --memory must be at least 4M",
        "extract --to-stdout a | --to-stdout needs paths or globs",
        "cat a | PATH",
        "cat a b c | unexpected argument c",
        "cat --offset -1 a b | not a size in bytes",
        "info | info needs an archive",
        "ls -l --tree a | use one of",
        "ls --color sometimes a | sometimes",
        "verify --sample 0 a | --sample must be more than 0",
        "verify --sample 101 a | --sample must be more than 0",
        "verify --sample NaN a | --sample must be more than 0",
        "verify --seed 1 a | --seed goes with --sample",
        "verify --sample 5 a b | either --sample or paths",
        "completion fish | fish",
        "help frobnicate | no command frobnicate"
      })
  void wrongUsageIsTwo(String line, String message) throws IOException {
    Object[] args = line == null ? new Object[0] : line.split(" ");
    assertFails(packhouse(args), 2, message);
    assertNothingLeft("tree", "a.pkh");
  }

  @Test
  void missingInputsAreThree() throws IOException {
    Path missing = temp.resolve("missing");
    Path out = temp.resolve("out.pkh");
    assertFails(packhouse("pack", missing, out), 3, missing.toString(), "No such file");
    assertFails(packhouse("pack", tree.resolve("link"), out), 3, "link", "Not a directory");
    assertFails(packhouse("pack", tree, "x=" + missing, out), 3, missing.toString());
    for (String command : new String[] {"ls", "info", "verify"}) {
      assertFails(packhouse(command, missing), 3, missing + ": no such file");
    }
    assertFails(packhouse("cat", missing, "x"), 3, missing + ": no such file");
    assertFails(packhouse("extract", missing, out), 3, missing + ": no such file");
    assertFails(packhouse("ls", tree), 3, "is a directory");
    assertFails(
        packhouse("pack", "--exclude-from", missing, tree, out), 3, "--exclude-from", "missing");
    assertNothingLeft("tree", "a.pkh");
  }

  @Test
  void unreadableEntriesFailThePackOrAreListed() throws IOException {
    Path secret = tree.resolve("docs/secret");
    Files.writeString(secret, "secret");
    secret.toFile().setReadable(false);
    assumeTrue(!Files.isReadable(secret), "root reads everything");
    Path out = temp.resolve("out.pkh");
    assertFails(packhouse("pack", tree, out), 3, "docs/secret");
    assertNothingLeft("tree", "a.pkh");

    Result kept = packhouse("pack", "--keep-going", tree, out);
    assertThat(kept.code()).isEqualTo(7);
    assertThat(kept.err()).contains("docs/secret: unreadable");
    assertThat(packhouse("ls", "-l", out).out()).contains("docs/secret (unreadable)");
    assertFails(packhouse("cat", out, "docs/secret"), 3, "unreadable");
    Result extracted = packhouse("extract", out, temp.resolve("x"));
    assertThat(extracted.code()).isEqualTo(7);
    assertThat(extracted.err()).contains("docs/secret: not in archive");
  }

  /** Also for root, who reads everything: files of sysfs are shorter than they say. */
  @Test
  void entriesThatChangeFailThePackOrAreListed() throws IOException {
    Path changing = Path.of("/sys/kernel/mm/transparent_hugepage/use_zero_page");
    assumeTrue(Files.isReadable(changing) && Files.size(changing) == 4096);
    Path out = temp.resolve("out.pkh");
    Object[] pack = {"pack", "--include", "/use_zero_page", changing.getParent(), out};
    assertFails(packhouse(pack), 3, "use_zero_page", "--keep-going");
    assertNothingLeft("tree", "a.pkh");

    Result kept =
        packhouse("pack", "--keep-going", "--include", "/use_zero_page", changing.getParent(), out);
    assertThat(kept.code()).isEqualTo(7);
    assertThat(kept.err()).startsWith("packhouse: use_zero_page: ").hasLineCount(1);
    assertThat(kept.out()).contains("1 entry could not be read");
    assertThat(packhouse("ls", "-l", out).out())
        .containsPattern("use_zero_page \\((changed|unreadable)\\)");
    assertFails(packhouse("cat", out, "use_zero_page"), 3, "use_zero_page", "not in the archive");
    Result extracted = packhouse("extract", out, temp.resolve("x"));
    assertThat(extracted.code()).isEqualTo(7);
    assertThat(extracted.err()).contains("use_zero_page: not in archive");
    assertThat(temp.resolve("x/use_zero_page")).doesNotExist();
  }

  @Test
  void badOutputsAreFour() throws IOException {
    assertFails(packhouse("pack", tree, archive), 4, archive + " exists", "--force");
    assertFails(packhouse("pack", tree, tree.resolve("docs/in.pkh")), 4, "lies inside the input");
    assertFails(packhouse("pack", tree, temp.resolve("no/dir/x.pkh")), 4, "there is no directory");
    assertFails(packhouse("pack", "--force", tree, tree.getParent()), 4, "is a directory");
    assertFails(packhouse("extract", archive, tree), 4, tree + " is not empty", "--force");
    assertFails(packhouse("extract", archive, archive), 4, archive.toString());
    assertNothingLeft("tree", "a.pkh");
    assertThat(packhouse("verify", archive).code()).isZero();
  }

  @Test
  void whatIsNoArchiveIsSix() throws IOException {
    Path other = temp.resolve("other");
    byte[] tar = new byte[1024];
    System.arraycopy("ustar".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, tar, 257, 5);
    Files.write(other, tar);
    assertFails(packhouse("ls", other), 6, "tar archive", "not a Packhouse archive");
    Files.write(other, new byte[0]);
    assertFails(packhouse("info", other), 6, "is empty");
    Files.writeString(other, "hello, world, this is no archive");
    assertFails(packhouse("verify", other), 6, "not a Packhouse archive");
    assertFails(packhouse("extract", other, temp.resolve("x")), 6, "not a Packhouse archive");
    assertThat(temp.resolve("x")).doesNotExist();
  }

  @Test
  void aNewerVersionIsSix() throws IOException {
    byte[] bytes = Files.readAllBytes(archive);
    int seal = sealOffset(bytes);
    // The seal's version follows its magic of eight bytes: FORMAT.md.
    bytes[seal + 8] = 9;
    Path newer = Files.write(temp.resolve("newer.pkh"), bytes);
    assertFails(packhouse("ls", newer), 6, newer.toString(), "format version 9");
    assertFails(packhouse("extract", newer, temp.resolve("x")), 6, "format version 9");
    assertThat(temp.resolve("x")).doesNotExist();
  }

  private static int sealOffset(byte[] bytes) {
    int at = bytes.length - 10;
    int footer = java.nio.ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN).getInt(at);
    return at - footer - 64;
  }

  @Test
  void aTruncatedArchiveIsFive() throws IOException {
    byte[] bytes = Files.readAllBytes(archive);
    Path cut = Files.write(temp.resolve("cut"), Arrays.copyOf(bytes, bytes.length - 100));
    assertFails(packhouse("ls", cut), 5, cut.toString(), "cut short");
    assertFails(packhouse("extract", cut, temp.resolve("x")), 5, "cut short");
    assertThat(temp.resolve("x")).doesNotExist();
  }

  @Test
  void damagedContentsAreFiveAndNamed() throws IOException {
    byte[] bytes = Files.readAllBytes(archive);
    int noise = indexOf(bytes, Arrays.copyOf(Trees.noise(1, 100_000), 64));
    bytes[noise + 5000] ^= 1;
    Path bad = Files.write(temp.resolve("bad.pkh"), bytes);

    Result verified = packhouse("verify", bad);
    assertThat(verified.code()).isEqualTo(5);
    assertThat(verified.out())
        .contains("noise.bin", "noise-again.bin")
        .doesNotContain("readme")
        .contains(" problem");
    assertThat(packhouse("verify", bad, "noise.bin").code()).isEqualTo(5);
    assertThat(packhouse("verify", bad, "link").code()).isZero();

    Result cat = packhouse("cat", bad, "noise.bin");
    assertFails(cat, 5, "bad.pkh");

    Result stopped = packhouse("extract", bad, temp.resolve("x"));
    assertThat(stopped.code()).isEqualTo(5);
    Result kept = packhouse("extract", "--keep-going", bad, temp.resolve("y"));
    assertThat(kept.code()).isEqualTo(7);
    assertThat(kept.err()).contains("noise.bin: damaged", "noise-again.bin: damaged");
    assertThat(temp.resolve("y/docs/readme.txt")).hasContent("read me\n");
    assertThat(temp.resolve("y/noise.bin")).doesNotExist();
  }

  private static int indexOf(byte[] bytes, byte[] part) {
    for (int i = 0; i + part.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }
    throw new AssertionError("not there");
  }

  @Test
  void pathsNotInTheArchiveAreThreeAndSayWhatIsNear() throws IOException {
    assertFails(packhouse("cat", archive, "Docs/README.txt"), 3, "did you mean docs/readme.txt");
    assertFails(packhouse("cat", archive, "notes.txt"), 3, "did you mean docs/deep/notes.txt");
    assertFails(packhouse("cat", archive, "docs/raedme.txt"), 3, "did you mean docs/readme.txt");
    assertFails(packhouse("cat", archive, "docs/zzz"), 3, "packhouse ls lists what is");
    assertFails(packhouse("verify", archive, "nosie.bin"), 3, "did you mean noise.bin");
    assertFails(packhouse("ls", archive, "noise.bim"), 3, "did you mean noise.bin");
    assertFails(packhouse("extract", archive, temp.resolve("x"), "emtpy"), 3, "empty");
    assertThat(temp.resolve("x")).doesNotExist();
    assertFails(packhouse("extract", archive, temp.resolve("x"), "*.nope"), 3, "*.nope");
    assertThat(temp.resolve("x")).doesNotExist();
    assertFails(packhouse("ls", archive, "*.nope"), 3, "no entry matches *.nope");
    assertFails(packhouse("cat", archive, "docs"), 3, "docs is a directory");
  }

  @Test
  void userMistakesHaveNoStackTraceUnlessAskedFor() {
    assertThat(packhouse("ls", "missing").err()).doesNotContain("\tat ");
    assertThat(new Cli().with("PACKHOUSE_DEBUG", "1").run("ls", "missing").err())
        .contains("\tat io.packhouse");
  }

  /** As where the disk is full: in a process of its own, since the library is loaded once. */
  @Test
  void nativeCodeThatCannotBeUnpacked() throws Exception {
    Path full = Path.of("/proc"); // where not even root may write
    assumeTrue(Files.isDirectory(full));
    Path err = temp.resolve("err");
    int code =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + full,
                "-cp",
                System.getProperty("java.class.path"),
                "io.packhouse.client.Main",
                "pack",
                "--quiet",
                tree.toString(),
                temp.resolve("b.pkh").toString())
            .redirectError(err.toFile())
            .start()
            .waitFor();

    assertThat(Files.readString(err))
        .startsWith("packhouse: zstd: its library cannot be loaded: ")
        .contains("it is unpacked to /proc, which", "-Djava.io.tmpdir=DIR")
        .hasLineCount(1);
    assertThat(code).isEqualTo(4);
    assertThat(temp.resolve("b.pkh")).doesNotExist();
  }
}

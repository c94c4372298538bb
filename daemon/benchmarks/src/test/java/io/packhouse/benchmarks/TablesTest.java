package io.packhouse.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

class TablesTest {
  private static final Corpus CORPUS = new Corpus("a, b", Path.of("/a"), 3, 2, 1_000_000, "x");

  private final Row packhouse =
      row(Operation.PACK, Contenders.PACKHOUSE, 800_000, 0, 0.9, 1.1, 1.0);
  private final Row baseline = row(Operation.PACK, Contenders.BASELINE, 1_000_000, 0, 2.0);
  private final Row sevenZip = row(Operation.PACK, "7z", 0, 30);
  private final Row verify = row(Operation.VERIFY, Contenders.PACKHOUSE, 800_000, 0, 0.5);

  @Test
  void ratiosAreThoseOfMedians() {
    Rows rows = new Rows(List.of(packhouse, baseline, sevenZip, verify));

    assertThat(rows.ratio(packhouse, Contenders.BASELINE, Metric.WALL)).isEqualTo(0.5);
    assertThat(rows.ratio(packhouse, Contenders.BASELINE, Metric.ARCHIVE)).isEqualTo(0.8);
    assertThat(rows.ratio(verify, Contenders.BASELINE, Metric.WALL)).isNaN();
    assertThat(rows.ratio(packhouse, "7z", Metric.WALL)).isNaN();
    assertThat(packhouse.least(Metric.WALL)).isEqualTo(0.9);
    assertThat(packhouse.most(Metric.WALL)).isEqualTo(1.1);
  }

  @Test
  void peerIsBetterOnlyInTimeAndSizeAtOnce() {
    Rows rows =
        new Rows(
            List.of(
                packhouse,
                row(Operation.PACK, "faster", 900_000, 0, 0.5),
                row(Operation.PACK, "smaller", 700_000, 0, 1.5),
                row(Operation.PACK, "same size", 800_000, 0, 0.5),
                row(Operation.PACK, "both", 700_000, 0, 0.5),
                sevenZip));

    assertThat(rows.better(Contenders.PACKHOUSE)).containsExactly("both");
    assertThat(rows.better("absent")).isEmpty();
  }

  @Test
  void limitIsNoPeerAndHasNoSize() {
    Rows rows =
        new Rows(List.of(packhouse, baseline, row(Operation.PACK, Limits.HASH, 700_000, 0, 0.5)));

    assertThat(rows.better(Contenders.PACKHOUSE)).isEmpty();
    assertThat(printed(rows)).containsPattern("\\| limit: hash \\| 1 \\| 0\\.500 .*\\|  \\|  \\|");
  }

  @Test
  void limitIsTheStartAndThePartsOnAllCores() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Row start = row(Operation.PACK, Limits.START, 0, 0, 0.2);
    Row files = cpuRow(Limits.FILES, 100_000_000, 200_000_000);
    Row codec = cpuRow(Limits.CODEC, 200_000_000, 100_000_000);

    LimitTable.print(
        List.of(new Rows(List.of(packhouse, start, files, codec))),
        2,
        new PrintStream(bytes, true, StandardCharsets.UTF_8));

    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .contains("| a, b | pack | 0.20 | 0.30 | – | 0.30 | – | 0.50 | 1.00 | 0.00 | 2.00 |");
  }

  @Test
  void tableTellsWhatWasGivenUp() {
    String table = printed(new Rows(List.of(packhouse, baseline, sevenZip)));

    assertThat(table)
        .contains("| pack | packhouse | 3 | 1.000 | 0.900–1.100 | 0.50 |")
        .contains("| pack | tar \\| zstd -3 -T2 | 1 |")
        .contains("| pack | 7z | 0 | > 30 s |");
    assertThat(table.lines().filter(line -> line.startsWith("|")))
        .allMatch(line -> line.replace("\\|", "").chars().filter(c -> c == '|').count() == 14);
  }

  @Test
  void csvHasAsManyFieldsInEachLine() {
    String csv = Tables.csv(List.of(new Rows(List.of(packhouse, sevenZip))));

    List<String> lines = csv.lines().toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(1)).startsWith("\"a, b\",pack,packhouse,3,1,0.9,1.1,");
    assertThat(lines.get(2)).endsWith(",30");
    assertThat(lines.get(2).replace("a, b", "").split(",", -1))
        .hasSameSizeAs(lines.get(0).split(",", -1));
  }

  @Test
  void standingNamesBetterPeers() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Tables.printPareto(
        List.of(new Rows(List.of(packhouse, baseline))),
        new PrintStream(bytes, true, StandardCharsets.UTF_8));

    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .contains("| a, b | none | 0.50, size 0.80 | – | – | – | – |");
  }

  @Test
  void chartsAreXml() throws Exception {
    List<Row> packs = List.of(packhouse, baseline, row(Operation.PACK, "a < \"b\" & c", 1, 0, 1));
    ScalingPoint point =
        new ScalingPoint(
            Scaling.FILES, 1_000, "pack", 1_000, 1_000_000, 400_000, List.of(usage(1)), 0.3);

    for (String svg :
        List.of(
            Charts.scatter(CORPUS, packs),
            Charts.bars(CORPUS, Operation.PACK, List.of(packhouse, sevenZip)),
            ScalingCharts.draw(Scaling.FILES, List.of(point)))) {
      assertThat(
              DocumentBuilderFactory.newDefaultInstance()
                  .newDocumentBuilder()
                  .parse(new InputSource(new StringReader(svg)))
                  .getDocumentElement()
                  .getTagName())
          .isEqualTo("svg");
      assertThat(svg).doesNotContain("NaN").doesNotContain("Infinity");
    }
  }

  @Test
  void csvFieldsAreQuotedWhereTheyMustBe() {
    assertThat(Csv.line(List.of("plain", "a,b", "say \"x\"", "two\nlines", "")))
        .isEqualTo("plain,\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",\n");
    assertThat(Arrays.asList(Csv.number(1), Csv.number(0.25), Csv.number(1200), Csv.number(0)))
        .containsExactly("1", "0.25", "1200", "0");
    assertThat(Csv.number(Double.NaN)).isEmpty();
  }

  @Test
  void medianOfAnEvenNumberIsBetweenTheTwoInTheMiddle() {
    assertThat(Statistics.median(new double[] {4, 1, 3, 2})).isEqualTo(2.5);
    assertThat(Statistics.median(new double[] {9, 1, 5})).isEqualTo(5);
    assertThat(Statistics.median(new double[0])).isNaN();
  }

  private static String printed(Rows rows) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Tables.print(CORPUS, rows, new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static Row row(
      Operation operation, String contender, long bytes, int limit, double... seconds) {
    List<Sample> samples = new ArrayList<>();
    for (double wall : seconds) {
      samples.add(new Sample(CORPUS, operation, contender, 1, usage(wall), bytes));
    }
    return new Row(CORPUS, operation, contender, samples, limit);
  }

  private static Row cpuRow(String contender, long userNanos, long systemNanos) {
    Usage usage = new Usage(1, userNanos, systemNanos, 1, 1, 1, 0, false, "");
    Sample sample = new Sample(CORPUS, Operation.PACK, contender, 1, usage, 0);
    return new Row(CORPUS, Operation.PACK, contender, List.of(sample), 0);
  }

  private static Usage usage(double seconds) {
    return new Usage((long) (seconds * 1e9), 1, 1, 1 << 20, 1, 1, 0, false, "");
  }
}

package io.packhouse.benchmarks;

import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Keeps samples, and writes them as CSV while they come. */
final class Samples implements Closeable {
  /** A contender whose command took too long at something. */
  private record GivenUp(Corpus corpus, Operation operation, String contender, int limitSeconds) {}

  private final List<Sample> samples = new ArrayList<>();
  private final List<GivenUp> givenUp = new ArrayList<>();
  private final BufferedWriter csv;

  /** Starts a new CSV file. */
  Samples(Path csvFile) throws IOException {
    csv = Files.newBufferedWriter(csvFile);
    List<String> header = new ArrayList<>(List.of("corpus", "operation", "contender", "round"));
    Arrays.stream(Metric.values()).map(Metric::column).forEach(header::add);
    csv.write(Csv.line(header));
  }

  void add(Sample sample) throws IOException {
    samples.add(sample);
    List<String> fields =
        new ArrayList<>(
            List.of(
                sample.corpus().name(),
                sample.operation().label(),
                sample.contender(),
                Integer.toString(sample.round())));
    Arrays.stream(Metric.values())
        .map(metric -> Csv.number(metric.of(sample)))
        .forEach(fields::add);
    csv.write(Csv.line(fields));
    csv.flush();
  }

  void giveUp(Corpus corpus, Operation operation, String contender, int limitSeconds) {
    givenUp.add(new GivenUp(corpus, operation, contender, limitSeconds));
  }

  /** Rows of a corpus, by operation, in the order of the contenders given. */
  List<Row> rows(Corpus corpus, List<Contender> contenders) {
    List<Row> rows = new ArrayList<>();
    for (Operation operation : Operation.values()) {
      for (Contender contender : contenders) {
        row(corpus, operation, contender.name()).ifPresent(rows::add);
      }
    }
    return rows;
  }

  private Optional<Row> row(Corpus corpus, Operation operation, String contender) {
    List<Sample> own =
        samples.stream()
            .filter(sample -> sample.corpus().equals(corpus))
            .filter(sample -> sample.operation() == operation)
            .filter(sample -> sample.contender().equals(contender))
            .toList();
    int limit =
        givenUp.stream()
            .filter(other -> other.corpus().equals(corpus))
            .filter(other -> other.operation() == operation)
            .filter(other -> other.contender().equals(contender))
            .mapToInt(GivenUp::limitSeconds)
            .max()
            .orElse(0);
    return own.isEmpty() && limit == 0
        ? Optional.empty()
        : Optional.of(new Row(corpus, operation, contender, own, limit));
  }

  @Override
  public void close() throws IOException {
    csv.close();
  }
}

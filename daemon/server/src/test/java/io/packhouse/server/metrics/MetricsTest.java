package io.packhouse.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.packhouse.server.Daemon;
import io.packhouse.server.DaemonOptions;
import io.packhouse.server.Daemons;
import io.packhouse.server.WatchedDaemon;
import io.packhouse.server.audit.AuditSettings;
import io.packhouse.server.config.Configuration;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a real daemon exposes after real work, and what the documents and rules say of it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(240)
class MetricsTest {
  private static final Path PAGE = Path.of("../../docs/metrics.md");
  private static final Path MONITORING = Path.of("../monitoring");
  private static final String OPEN_METRICS = "application/openmetrics-text;version=1.0.0";
  private static final Pattern ROW =
      Pattern.compile("\\| `([a-z0-9_]+)` \\| (\\w+) \\|([^|]*)\\| *(\\w*) *\\| ([^|]+) \\|");
  private static final Pattern NAME =
      Pattern.compile("\\b(?:packhouse|jvm|process|system)_[a-z0-9_]+\\b");

  @TempDir static Path folder;
  private WatchedDaemon daemon;

  @BeforeAll
  void start() throws Exception {
    daemon = WatchedDaemon.start(folder, false);
    daemon.work();
  }

  @AfterAll
  void stop() throws Exception {
    daemon.close();
  }

  /** Name, type and labels of each metric on the page. */
  private static Map<String, String> documented() throws Exception {
    Map<String, String> documented = new TreeMap<>();
    for (String line : Files.readAllLines(PAGE)) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        Set<String> labels = new TreeSet<>();
        Matcher label = Pattern.compile("`(\\w+)`").matcher(row.group(3));
        while (label.find()) {
          labels.add(label.group(1));
        }
        assertThat(documented.put(row.group(1), row.group(2) + " " + labels)).as(line).isNull();
      }
    }
    return documented;
  }

  private ExposedMetrics exposed() throws Exception {
    HttpResponse<String> response = daemon.get("/metrics", "text/plain");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    return ExposedMetrics.parse(response.body());
  }

  @Test
  void documentedMetricsAreThoseExposed() throws Exception {
    assertThat(exposed().families()).isEqualTo(documented());
  }

  @Test
  void figuresAreOfWhatWasDone() throws Exception {
    ExposedMetrics all = exposed();
    String stat = "method=\"packhouse.v1.EntryService/StatEntries\"";
    assertThat(all.value("packhouse_calls_total{code=\"OK\"," + stat + "}")).isEqualTo(2);
    assertThat(all.value("packhouse_call_seconds_count{" + stat + "}")).isEqualTo(2);
    assertThat(all.value("packhouse_call_sent_bytes_total{" + stat + "}")).isPositive();
    assertThat(all.value("packhouse_call_received_bytes_total{" + stat + "}")).isPositive();
    for (String kind : List.of("pack", "verify", "diff", "extract")) {
      String jobs = "packhouse_jobs_total{kind=\"" + kind + "\",outcome=\"succeeded\"}";
      assertThat(all.value(jobs)).as(jobs).isEqualTo(1);
    }
    assertThat(all.value("packhouse_pack_read_bytes_total")).isGreaterThan(100_000);
    assertThat(all.value("packhouse_pack_packages_total")).isEqualTo(1);
    assertThat(all.value("packhouse_catalog_archives")).isEqualTo(1);
    assertThat(all.value("packhouse_cache_requests_total{result=\"hit\"}")).isPositive();
    assertThat(all.value("packhouse_sql_queries_total{outcome=\"done\"}")).isEqualTo(1);
    assertThat(all.value("packhouse_sql_queries_total{outcome=\"failed\"}")).isEqualTo(1);
    assertThat(all.value("packhouse_refusals_total{reason=\"TOKEN_UNKNOWN\"}")).isEqualTo(1);
  }

  @Test
  void labelsAreNothingThatCallersChoose() throws Exception {
    for (int i = 0; i < 20; i++) {
      daemon.unknownMethod("packhouse.v1.Thought" + i + "/Of");
    }
    ExposedMetrics all = exposed();
    assertThat(all.value("packhouse_calls_total{code=\"UNIMPLEMENTED\",method=\"other\"}"))
        .isGreaterThanOrEqualTo(20);
    assertThat(all.text()).doesNotContain("Thought", "token:", "boss", "x.pkh", "uid:");
  }

  @Test
  void openMetricsAreThereForWhoAsks() throws Exception {
    HttpResponse<String> response =
        daemon.get("/metrics", OPEN_METRICS + ";q=0.8,text/plain;version=0.0.4;q=0.3,*/*;q=0.1");
    assertThat(response.headers().firstValue("content-type"))
        .contains("application/openmetrics-text; version=1.0.0; charset=utf-8");
    assertThat(response.body())
        .endsWith("\n# EOF\n")
        .contains("\n# TYPE packhouse_calls counter\n", "\npackhouse_calls_total{");
  }

  @Test
  void namesOfRulesAndDashboardAreExposed() throws Exception {
    Set<String> samples = exposed().sampleNames();
    JsonNode dashboard = new ObjectMapper().readTree(MONITORING.resolve("dashboard.json").toFile());
    String used =
        Files.readString(MONITORING.resolve("alerts.yaml"))
            + dashboard.findValuesAsText("expr")
            + dashboard.findValuesAsText("query")
            + Files.readAllLines(PAGE).stream()
                .filter(line -> line.contains("rate("))
                .collect(Collectors.joining());
    Set<String> names = new TreeSet<>();
    Matcher name = NAME.matcher(used);
    while (name.find()) {
      names.add(name.group());
    }
    assertThat(names).hasSizeGreaterThan(30);
    assertThat(samples).containsAll(names);
    assertThat(dashboard.get("panels")).hasSizeGreaterThan(10);
  }

  private String raw(String request) throws Exception {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(folder.resolve("m.sock")));
      channel.write(StandardCharsets.US_ASCII.encode(request));
      ByteBuffer answer = ByteBuffer.allocate(1 << 20);
      try {
        while (channel.read(answer) >= 0) {
          assertThat(answer.hasRemaining()).isTrue();
        }
      } catch (SocketException e) {
        // It does not read what is too long to the end before it closes.
        assertThat(answer.position()).isPositive();
      }
      return StandardCharsets.UTF_8.decode(answer.flip()).toString();
    }
  }

  @Test
  void unixSocketAnswersWhoMayOpenIt() throws Exception {
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("m.sock"))))
        .isEqualTo("rw-r-----");
    assertThat(raw("GET /metrics?x=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200 OK\r\n")
        .contains("\npackhouse_build{version=");
    assertThat(raw("HEAD /metrics HTTP/1.0\r\n\r\n"))
        .startsWith("HTTP/1.1 200 OK\r\n")
        .endsWith("\r\n\r\n");
  }

  @Test
  void nonsenseIsRefused() throws Exception {
    String end = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    assertThat(raw("GET /" + end)).startsWith("HTTP/1.1 404 ");
    assertThat(raw("GET /../etc/passwd" + end)).startsWith("HTTP/1.1 404 ");
    assertThat(raw("DELETE /metrics" + end)).startsWith("HTTP/1.1 405 ").contains("GET, HEAD");
    assertThat(raw("GET /" + "x".repeat(5_000) + end)).startsWith("HTTP/1.1 400 ");
    assertThat(raw("GET /metrics HTTP/1.1\r\nX: " + "x".repeat(20_000) + "\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ");
    assertThat(
            raw(
                "POST /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                    + "Content-Length: 99999999\r\n\r\nx"))
        .startsWith("HTTP/1.1 413 ");
    assertThat(raw("\u0016\u0003\u0001 no HTTP\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    assertThat(exposed().value("packhouse_draining")).isZero();
  }

  @Test
  void listensOnThisMachineOnly() {
    Configuration remote =
        Daemons.watched(
            Daemons.configuration("unix:" + folder.resolve("other.sock")),
            new MetricsSettings(List.of("tcp://0.0.0.0:0"), "0600", null),
            AuditSettings.DEFAULT);
    assertThatThrownBy(() -> Daemon.start(remote, List.of(), DaemonOptions.fixed(remote)).close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be loopback");
  }
}

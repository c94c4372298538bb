package io.packhouse.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packhouse.engine.extract.ExtractorHost;
import io.packhouse.engine.pack.PackInput;
import io.packhouse.engine.pack.PackListener;
import io.packhouse.engine.pack.PackOptions;
import io.packhouse.engine.pack.Packer;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.server.access.AccessSettings;
import io.packhouse.server.access.Grant;
import io.packhouse.server.access.Role;
import io.packhouse.server.access.TokenFile;
import io.packhouse.server.config.Configuration;
import io.packhouse.server.net.Endpoint;
import io.packhouse.server.sql.SqlSettings;
import java.io.ByteArrayOutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.apache.arrow.compression.CommonsCompressionFactory;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.Criteria;
import org.apache.arrow.flight.FlightCallHeaders;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.HeaderCallOption;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.impl.UnionListWriter;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Arrow's own client of Flight on a real daemon, over TCP, with tokens. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("try") // close() of Arrow's streams may be interrupted; nobody does
class FlightTest {
  private static final String ARCHIVE = "a/x.pkh";
  private static final int FILES = 300;

  @TempDir static Path folder;
  private final BufferAllocator allocator = new RootAllocator(256 << 20);
  private final byte[] large = new byte[5 << 20];
  private Daemon daemon;
  private FlightClient client;
  private CallOption mine;
  private CallOption theirs;

  @BeforeAll
  void start() throws Exception {
    Path tokens = folder.resolve("tokens");
    TokenFile file = TokenFile.open(tokens, Clock.systemUTC());
    SecureRandom random = new SecureRandom();
    mine = bearer(file.create("mine", new Grant(Role.READ, List.of("a")), null, random));
    theirs = bearer(file.create("theirs", new Grant(Role.READ, List.of("b")), null, random));
    pack();
    Files.createDirectories(folder.resolve("b"));
    Configuration configuration =
        Daemons.inFolder(
            folder,
            new AccessSettings(tokens, false, Map.of(), Map.of(), Map.of()),
            Map.of(),
            SqlSettings.DEFAULT,
            "tcp://127.0.0.1:0");
    daemon =
        Daemon.start(configuration, Parts.of(configuration), DaemonOptions.fixed(configuration));
    Endpoint endpoint = daemon.endpoints().getFirst();
    String port = endpoint.toString().substring(endpoint.toString().lastIndexOf(':') + 1);
    client =
        FlightClient.builder(
                allocator, Location.forGrpcInsecure("127.0.0.1", Integer.parseInt(port)))
            .build();
  }

  private static CallOption bearer(String token) {
    CallHeaders headers = new FlightCallHeaders();
    headers.insert("authorization", "Bearer " + token);
    return new HeaderCallOption(headers);
  }

  private void pack() throws Exception {
    Path tree = folder.resolve("tree");
    for (int i = 0; i < FILES; i++) {
      Path dir = Files.createDirectories(tree.resolve("org/example/lib" + i + "/1." + i));
      Files.writeString(
          dir.resolve("lib" + i + "-1." + i + ".pom"),
          "<project><modelVersion>4.0.0</modelVersion><groupId>org.example</groupId><artifactId>lib"
              + i
              + "</artifactId><version>1."
              + i
              + "</version><dependencies><dependency><groupId>org.dep</groupId>"
              + "<artifactId>dep</artifactId><version>"
              + i
              + "</version></dependency></dependencies></project>");
      Files.writeString(dir.resolve("note.txt"), "note " + i);
    }
    new Random(1).nextBytes(large);
    Files.write(tree.resolve("large.bin"), large);
    PackOptions options =
        PackOptions.defaults()
            .withExtractors(
                ExtractorHost.of(
                    ExtractorHost.builtIn().stream().map(found -> found.extractor()).toList()));
    Files.createDirectories(folder.resolve("a"));
    new Packer(List.of(PackInput.of(tree)), options, PackListener.NONE)
        .pack(folder.resolve("a/x.pkh"));
  }

  @AfterAll
  void stop() throws Exception {
    client.close();
    daemon.close();
    allocator.close();
  }

  /** All rows, sorted as texts, of all endpoints; each a row's values by column. */
  private List<String> rows(FlightDescriptor descriptor) throws Exception {
    List<String> rows = new ArrayList<>();
    for (FlightEndpoint endpoint : client.getInfo(descriptor, mine).getEndpoints()) {
      try (FlightStream stream = client.getStream(endpoint.getTicket(), mine)) {
        while (stream.next()) {
          add(stream.getRoot(), rows);
        }
      }
    }
    rows.sort(null);
    return rows;
  }

  private static void add(VectorSchemaRoot root, List<String> rows) {
    for (int row = 0; row < root.getRowCount(); row++) {
      Map<String, @Nullable Object> values = new LinkedHashMap<>();
      for (FieldVector vector : root.getFieldVectors()) {
        Object value = vector.getObject(row);
        values.put(
            vector.getName(),
            value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : value);
      }
      rows.add(values.toString());
    }
  }

  private static FlightDescriptor table(String table) {
    return FlightDescriptor.path(ARCHIVE, table);
  }

  /** A command: an Arrow stream of one row; values are texts and lists of texts. */
  private FlightDescriptor command(Map<String, Object> values) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    List<FieldVector> vectors = new ArrayList<>();
    for (Map.Entry<String, Object> value : values.entrySet()) {
      if (value.getValue() instanceof List<?> list) {
        ListVector vector = ListVector.empty(value.getKey(), allocator);
        UnionListWriter writer = vector.getWriter();
        writer.setPosition(0);
        writer.startList();
        list.forEach(text -> writer.writeVarChar((String) text));
        writer.endList();
        vectors.add(vector);
      } else {
        VarCharVector vector = new VarCharVector(value.getKey(), allocator);
        vector.setSafe(0, value.getValue().toString().getBytes(StandardCharsets.UTF_8));
        vectors.add(vector);
      }
    }
    try (VectorSchemaRoot root = new VectorSchemaRoot(vectors)) {
      root.setRowCount(1);
      try (ArrowStreamWriter writer =
          new ArrowStreamWriter(root, null, Channels.newChannel(bytes))) {
        writer.writeBatch();
      }
    }
    return FlightDescriptor.command(bytes.toByteArray());
  }

  @Test
  void entriesAreTheRowsOfTheArchivesIndex() throws Exception {
    List<String> expected = new ArrayList<>();
    try (ArrowFileReader reader =
        new ArrowFileReader(
            Files.newByteChannel(folder.resolve("a/x.pkh")),
            allocator,
            CommonsCompressionFactory.INSTANCE)) {
      while (reader.loadNextBatch()) {
        add(reader.getVectorSchemaRoot(), expected);
      }
    }
    expected.sort(null);
    assertThat(rows(table("entries"))).isEqualTo(expected).hasSizeGreaterThan(2 * FILES);
    FlightInfo info = client.getInfo(table("entries"), mine);
    assertThat(info.getRecords()).isEqualTo(expected.size());
  }

  @Test
  void columnsAreChosenWithoutARowLost() throws Exception {
    List<String> rows =
        rows(
            command(
                Map.of(
                    "archive", ARCHIVE, "table", "packages", "columns", List.of("purl", "path"))));
    assertThat(rows)
        .hasSize(FILES)
        .contains(
            "{path=org/example/lib7/1.7/lib7-1.7.pom,"
                + " purl=pkg:maven/org.example/lib7@1.7?type=pom}");
  }

  @Test
  void rowsAreFilteredByPathPurlTypeAndDigest() throws Exception {
    assertThat(
            rows(
                command(
                    Map.of(
                        "archive",
                        ARCHIVE,
                        "columns",
                        List.of("path"),
                        "path_prefix",
                        "org/example/lib12/"))))
        .containsExactly(
            "{path=org/example/lib12/1.12/lib12-1.12.pom}",
            "{path=org/example/lib12/1.12/note.txt}",
            "{path=org/example/lib12/1.12}");
    assertThat(
            rows(
                command(
                    Map.of(
                        "archive",
                        ARCHIVE,
                        "table",
                        "packages",
                        "columns",
                        List.of("name"),
                        "purl",
                        "pkg:maven/*/lib29?@*"))))
        .hasSize(10)
        .contains("{name=lib290}");
    assertThat(rows(command(Map.of("archive", ARCHIVE, "package_type", "npm")))).isEmpty();
    String digest;
    try (ArchiveReader reader = ArchiveReader.open(folder.resolve("a/x.pkh"))) {
      byte[] blake3 = Objects.requireNonNull(reader.find("large.bin")).blake3();
      digest = HexFormat.of().formatHex(Objects.requireNonNull(blake3));
    }
    assertThat(
            rows(command(Map.of("archive", ARCHIVE, "columns", List.of("path"), "digest", digest))))
        .containsExactly("{path=large.bin}");
  }

  @Test
  void listsAreTakenApart() throws Exception {
    assertThat(rows(table("dependencies")))
        .hasSize(FILES)
        .contains(
            "{package_purl=pkg:maven/org.example/lib7@1.7?type=pom, package_type=maven,"
                + " path=org/example/lib7/1.7/lib7-1.7.pom, ordinal=0,"
                + " purl=pkg:maven/org.dep/dep@7, name=org.dep:dep, requirement=7,"
                + " scope=compile, optional=false}");
    assertThat(rows(table("extents"))).hasSizeGreaterThanOrEqualTo(2 * FILES + 2);
    try (ArchiveReader reader = ArchiveReader.open(folder.resolve("a/x.pkh"))) {
      assertThat(rows(table("blobs"))).hasSize((int) reader.blobCount());
    }
  }

  @Test
  void contentsComeInPiecesAndWhatIsMissingIsSaid() throws Exception {
    FlightDescriptor descriptor =
        command(
            Map.of(
                "archive",
                ARCHIVE,
                "table",
                "contents",
                "paths",
                List.of("org/example/lib3/1.3/note.txt", "nowhere", "large.bin")));
    byte[] found = new byte[large.length];
    List<String> errors = new ArrayList<>();
    String note = "";
    try (FlightStream stream =
        client.getStream(
            client.getInfo(descriptor, mine).getEndpoints().getFirst().getTicket(), mine)) {
      while (stream.next()) {
        VectorSchemaRoot root = stream.getRoot();
        for (int row = 0; row < root.getRowCount(); row++) {
          String path = root.getVector("path").getObject(row).toString();
          byte[] content = (byte[]) root.getVector("content").getObject(row);
          if (content == null) {
            errors.add(String.valueOf(root.getVector("error").getObject(row)));
          } else if (path.equals("large.bin")) {
            long offset = (Long) root.getVector("offset").getObject(row);
            System.arraycopy(content, 0, found, (int) offset, content.length);
          } else {
            note = new String(content, StandardCharsets.UTF_8);
          }
        }
      }
    }
    assertThat(note).isEqualTo("note 3");
    assertThat(errors).containsExactly("there is no entry nowhere");
    assertThat(found).isEqualTo(large);
  }

  @Test
  void schemasAndFlightsAreListed() {
    List<Field> fields = client.getSchema(table("dependencies"), mine).getSchema().getFields();
    assertThat(fields).extracting(Field::getName).contains("purl", "requirement");
    List<FlightInfo> flights = new ArrayList<>();
    client.listFlights(Criteria.ALL, mine).forEach(flights::add);
    assertThat(flights)
        .extracting(flight -> flight.getDescriptor().getPath())
        .contains(List.of(ARCHIVE, "packages"))
        .hasSize(5);
    List<FlightInfo> others = new ArrayList<>();
    client.listFlights(Criteria.ALL, theirs).forEach(others::add);
    assertThat(others).isEmpty();
  }

  @Test
  void whatACallerDoesNotSeeIsNowhere() {
    for (String name : List.of(ARCHIVE, "z/x.pkh")) {
      assertThatThrownBy(() -> client.getInfo(FlightDescriptor.path(name, "entries"), theirs))
          .isInstanceOfSatisfying(
              FlightRuntimeException.class,
              e -> {
                assertThat(e.status().code()).isEqualTo(FlightStatusCode.NOT_FOUND);
                assertThat(e).hasMessageContaining("there is no archive " + name);
              });
    }
    Ticket ticket = client.getInfo(table("entries"), mine).getEndpoints().getFirst().getTicket();
    assertRefused(ticket, theirs, FlightStatusCode.UNAUTHORIZED, "another caller");
    byte[] changed = ticket.getBytes().clone();
    changed[changed.length - 3] ^= 1;
    assertRefused(new Ticket(changed), mine, FlightStatusCode.INVALID_ARGUMENT, "ticket");
    assertRefused(new Ticket(new byte[3]), mine, FlightStatusCode.INVALID_ARGUMENT, "ticket");
  }

  private void assertRefused(Ticket ticket, CallOption who, FlightStatusCode code, String text) {
    assertThatThrownBy(
            () -> {
              try (FlightStream stream = client.getStream(ticket, who)) {
                stream.next();
              }
            })
        .isInstanceOfSatisfying(
            FlightRuntimeException.class,
            e -> {
              assertThat(e.status().code()).isEqualTo(code);
              assertThat(e).hasMessageContaining(text);
            });
  }

  @Test
  void wrongQueriesAreToldWhatIsWrong() throws Exception {
    Map<FlightDescriptor, String> wrong = new LinkedHashMap<>();
    wrong.put(table("nothing"), "not one of");
    wrong.put(FlightDescriptor.path("x"), "two");
    wrong.put(FlightDescriptor.path("x", "entries"), "has no folder");
    wrong.put(FlightDescriptor.command(new byte[] {1, 2, 3}), "no Arrow stream");
    wrong.put(command(Map.of("archive", ARCHIVE, "colour", "red")), "colour");
    wrong.put(command(Map.of("archive", ARCHIVE, "columns", List.of("colour"))), "colour");
    wrong.put(command(Map.of("archive", ARCHIVE, "digest", "abc")), "64 hexadecimal");
    wrong.put(command(Map.of("archive", ARCHIVE, "table", "contents")), "must name the files");
    wrong.forEach(
        (descriptor, text) ->
            assertThatThrownBy(() -> client.getInfo(descriptor, mine))
                .isInstanceOfSatisfying(
                    FlightRuntimeException.class,
                    e -> {
                      assertThat(e.status().code()).isEqualTo(FlightStatusCode.INVALID_ARGUMENT);
                      assertThat(e).hasMessageContaining(text);
                    }));
  }
}

package io.packhouse.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.longrunning.OperationsGrpc;
import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.packhouse.v1.AdminServiceGrpc;
import io.packhouse.v1.ArchiveServiceGrpc;
import io.packhouse.v1.CatalogServiceGrpc;
import io.packhouse.v1.EntryServiceGrpc;
import io.packhouse.v1.OperationServiceGrpc;
import io.packhouse.v1.PluginServiceGrpc;
import io.packhouse.v1.TransferServiceGrpc;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.apache.arrow.flight.impl.FlightServiceGrpc;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Every method of every service, called by everybody: over a real socket, with services behind that
 * only say who they were told the caller is. What each method needs is written down here once more,
 * so that a rule is not changed by accident.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AccessTableTest {
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

  private static final List<ServiceDescriptor> SERVICES =
      List.of(
          HealthGrpc.getServiceDescriptor(),
          ServerReflectionGrpc.getServiceDescriptor(),
          OperationsGrpc.getServiceDescriptor(),
          AdminServiceGrpc.getServiceDescriptor(),
          ArchiveServiceGrpc.getServiceDescriptor(),
          CatalogServiceGrpc.getServiceDescriptor(),
          EntryServiceGrpc.getServiceDescriptor(),
          OperationServiceGrpc.getServiceDescriptor(),
          PluginServiceGrpc.getServiceDescriptor(),
          TransferServiceGrpc.getServiceDescriptor(),
          FlightServiceGrpc.getServiceDescriptor());

  /** Methods by what they need: a new one is to be added here too. */
  private static final Map<String, List<String>> NEEDS =
      Map.of(
          "nothing",
          List.of("grpc.health.v1.Health/Check", "grpc.health.v1.Health/Watch"),
          "read",
          List.of(
              "grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
              "google.longrunning.Operations/ListOperations",
              "google.longrunning.Operations/GetOperation",
              "google.longrunning.Operations/DeleteOperation",
              "google.longrunning.Operations/CancelOperation",
              "google.longrunning.Operations/WaitOperation",
              "packhouse.v1.AdminService/GetStats",
              "packhouse.v1.ArchiveService/VerifyArchive",
              "packhouse.v1.ArchiveService/DiffArchives",
              "packhouse.v1.CatalogService/ListArchives",
              "packhouse.v1.CatalogService/DescribeArchive",
              "packhouse.v1.EntryService/ListEntries",
              "packhouse.v1.EntryService/StatEntries",
              "packhouse.v1.EntryService/FindEntries",
              "packhouse.v1.EntryService/ReadEntries",
              "packhouse.v1.OperationService/WatchOperation",
              "packhouse.v1.PluginService/ListExtractors",
              "arrow.flight.protocol.FlightService/Handshake",
              "arrow.flight.protocol.FlightService/ListFlights",
              "arrow.flight.protocol.FlightService/GetFlightInfo",
              "arrow.flight.protocol.FlightService/PollFlightInfo",
              "arrow.flight.protocol.FlightService/GetSchema",
              "arrow.flight.protocol.FlightService/DoGet",
              "arrow.flight.protocol.FlightService/DoPut",
              "arrow.flight.protocol.FlightService/DoExchange",
              "arrow.flight.protocol.FlightService/DoAction",
              "arrow.flight.protocol.FlightService/ListActions",
              "packhouse.v1.TransferService/DownloadArchive"),
          "pack",
          List.of(
              "packhouse.v1.ArchiveService/PackArchive",
              "packhouse.v1.ArchiveService/ExtractArchive",
              "packhouse.v1.CatalogService/RegisterArchive",
              "packhouse.v1.TransferService/PackStream",
              "packhouse.v1.TransferService/UploadArchive",
              "packhouse.v1.TransferService/GetUpload"),
          "admin",
          List.of(
              "packhouse.v1.CatalogService/RemoveArchive",
              "packhouse.v1.CatalogService/RescanCatalog",
              "packhouse.v1.AdminService/Drain",
              "packhouse.v1.AdminService/Reload",
              "packhouse.v1.AdminService/SetLogLevel"));

  private static String need(String method) {
    return NEEDS.entrySet().stream()
        .filter(entry -> entry.getValue().contains(method))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow(() -> new AssertionError(method + " is not in this test's table"));
  }

  /**
   * A caller of the table.
   *
   * @param token null for none
   * @param role null where it is refused everywhere but where anybody may call
   * @param reason why it is refused
   */
  private record Who(
      String name, @Nullable String token, @Nullable Role role, String reason, String seen) {}

  private static final Who NOBODY = new Who("nobody", null, null, "NO_CREDENTIALS", "nobody");
  private static final List<Who> CALLERS =
      List.of(
          NOBODY,
          new Who("wrong token", "pkh_wrong", null, "TOKEN_UNKNOWN", "nobody"),
          new Who("empty token", "", null, "TOKEN_MALFORMED", "nobody"),
          new Who("expired admin", "pkh_expired", null, "TOKEN_EXPIRED", "nobody"),
          new Who("reader", "pkh_reader", Role.READ, "ROLE_MISSING", "token:reader []"),
          new Who("packer", "pkh_packer", Role.PACK, "ROLE_MISSING", "token:packer []"),
          new Who("admin", "pkh_admin", Role.ADMIN, "", "token:admin []"),
          new Who(
              "other tenant", "pkh_tenant", Role.PACK, "ROLE_MISSING", "token:tenant [theirs]"));

  private final Logger log = Logger.getLogger(AccessInterceptor.class.getName());
  private final List<String> logged = new CopyOnWriteArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          logged.add(new SimpleFormatter().formatMessage(record));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  private Server server;
  private ManagedChannel channel;

  @BeforeAll
  void start() throws Exception {
    log.setUseParentHandlers(false);
    log.addHandler(handler);
    Map<String, Token> tokens = new HashMap<>();
    add(tokens, "reader", Role.READ, null);
    add(tokens, "packer", Role.PACK, null);
    add(tokens, "admin", Role.ADMIN, NOW.plusSeconds(1));
    add(tokens, "tenant", Role.PACK, null, "theirs");
    add(tokens, "expired", Role.ADMIN, NOW);
    Authenticator authenticator =
        new Authenticator(
            AccessSettings.DEFAULT,
            tokens::get,
            -1,
            _ -> -1,
            _ -> -1,
            Clock.fixed(NOW, ZoneOffset.UTC));
    AccessInterceptor interceptor =
        new AccessInterceptor(new MethodRules(), authenticator, RefusalListener.NONE);
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            InsecureServerCredentials.create());
    for (ServiceDescriptor service : SERVICES) {
      builder.addService(ServerInterceptors.intercept(echo(service), interceptor));
    }
    builder.addService(
        ServerInterceptors.intercept(
            ServerServiceDefinition.builder("packhouse.v1.Forgotten")
                .addMethod(bytes("packhouse.v1.Forgotten/Method"), AccessTableTest::echoCaller)
                .build(),
            interceptor));
    server = builder.build().start();
    channel =
        Grpc.newChannelBuilder("127.0.0.1:" + server.getPort(), InsecureChannelCredentials.create())
            .build();
  }

  private static void add(
      Map<String, Token> tokens,
      String name,
      Role role,
      @Nullable Instant expires,
      String... folders) {
    String hash = Token.hash("pkh_" + name);
    Grant grant = new Grant(role, List.of(folders));
    tokens.put(hash, new Token(name, hash, grant, Instant.EPOCH, expires));
  }

  @AfterAll
  void stop() {
    log.removeHandler(handler);
    log.setUseParentHandlers(true);
    channel.shutdownNow();
    server.shutdownNow();
  }

  @TestFactory
  Stream<DynamicTest> everybodyGetsWhatTheirRoleGives() {
    return methods().flatMap(method -> CALLERS.stream().map(who -> test(method, who)));
  }

  private DynamicTest test(String method, Who who) {
    return DynamicTest.dynamicTest(who.name() + " calls " + method, () -> check(method, who));
  }

  private void check(String method, Who who) {
    String need = need(method);
    boolean open = need.equals("nothing");
    Role role = who.role();
    logged.clear();
    if (open) {
      assertThat(call(method, who)).isEqualTo("nobody");
    } else if (role != null && role.includes(Role.parse(need))) {
      assertThat(call(method, who)).isEqualTo(who.seen());
    } else {
      StatusRuntimeException refused = refusal(method, who);
      assertThat(refused.getStatus().getCode())
          .isEqualTo(role == null ? Status.Code.UNAUTHENTICATED : Status.Code.PERMISSION_DENIED);
      assertThat(errorInfo(refused).getReason()).isEqualTo(who.reason());
      if (who.token() != null && !who.token().isEmpty()) {
        assertThat(refused.getMessage()).doesNotContain(who.token());
        assertThat(logged.getFirst()).doesNotContain(who.token());
      }
      assertThat(logged).hasSize(1);
      assertThat(logged.getFirst())
          .contains(method)
          .contains(role == null ? "127.0.0.1" : who.seen().substring(0, who.seen().indexOf(' ')))
          .contains(who.reason());
    }
  }

  /** Tokens as passwords, of calls that have them as drivers send them. */
  @Test
  void passwordsAreTokensInHandshakesAndNowhereElse() {
    assertThat(handshake("me:pkh_reader").get(Authenticator.AUTHORIZATION))
        .isEqualTo("Bearer pkh_reader");
    for (String pair : List.of("me:pkh_wrong", "me:pkh_expired", "me:", "", "pkh_reader:")) {
      assertThatThrownBy(() -> handshake(pair))
          .as(pair)
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED));
    }
    assertThatThrownBy(() -> basic("arrow.flight.protocol.FlightService/DoGet", "me:pkh_reader"))
        .hasMessageContaining("not one \"Bearer TOKEN\"");
  }

  private io.grpc.Metadata handshake(String pair) {
    return basic("arrow.flight.protocol.FlightService/Handshake", pair);
  }

  /** The headers of the answer. */
  private io.grpc.Metadata basic(String method, String pair) {
    var headers = new io.grpc.Metadata();
    byte[] bytes = pair.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    headers.put(Authenticator.AUTHORIZATION, "Basic " + Base64.getEncoder().encodeToString(bytes));
    AtomicReference<io.grpc.Metadata> answered = new AtomicReference<>();
    var with =
        ClientInterceptors.intercept(
            channel,
            MetadataUtils.newAttachHeadersInterceptor(headers),
            MetadataUtils.newCaptureMetadataInterceptor(answered, new AtomicReference<>()));
    ClientCalls.blockingUnaryCall(with, bytes(method), CallOptions.DEFAULT, new byte[0]);
    return answered.get();
  }

  @Test
  void methodWithoutRuleIsRefusedToAdministrators() {
    StatusRuntimeException refused =
        refusal(
            "packhouse.v1.Forgotten/Method",
            CALLERS.stream().filter(who -> who.name().equals("admin")).findFirst().orElseThrow());
    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(errorInfo(refused).getReason()).isEqualTo("METHOD_WITHOUT_RULE");
  }

  @Test
  void everyMethodOfEveryServiceHasARule() {
    MethodRules rules = new MethodRules();
    assertThat(methods()).allSatisfy(method -> assertThat(rules.find(method)).isNotNull());
  }

  /**
   * A service that the daemon serves and that is not called here can have no rule, and without one
   * no daemon starts.
   */
  @Test
  void noRuleIsForAMethodThatIsNotThere() {
    List<String> known = new ArrayList<>(methods().toList());
    known.add("grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo");
    assertThat(known).containsAll(new MethodRules().all().keySet());
  }

  private static Stream<String> methods() {
    return SERVICES.stream()
        .flatMap(service -> service.getMethods().stream())
        .map(MethodDescriptor::getFullMethodName);
  }

  private StatusRuntimeException refusal(String method, Who who) {
    try {
      throw new AssertionError(who.name() + " was let in to " + method + ": " + call(method, who));
    } catch (StatusRuntimeException e) {
      return e;
    }
  }

  private static ErrorInfo errorInfo(StatusRuntimeException refused) {
    for (Any detail : StatusProto.fromThrowable(refused).getDetailsList()) {
      if (detail.is(ErrorInfo.class)) {
        try {
          return detail.unpack(ErrorInfo.class);
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
          throw new AssertionError(e);
        }
      }
    }
    throw new AssertionError("no ErrorInfo in " + refused);
  }

  private String call(String method, Who who) {
    var metadata = new io.grpc.Metadata();
    if (who.token() != null) {
      metadata.put(Authenticator.AUTHORIZATION, ("Bearer " + who.token()).strip());
    }
    var with =
        ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(metadata));
    byte[] response =
        ClientCalls.blockingUnaryCall(with, bytes(method), CallOptions.DEFAULT, new byte[0]);
    return new String(response, java.nio.charset.StandardCharsets.UTF_8);
  }

  /** A service of the same methods, which say who calls. */
  private static ServerServiceDefinition echo(ServiceDescriptor service) {
    ServerServiceDefinition.Builder echo = ServerServiceDefinition.builder(service.getName());
    for (MethodDescriptor<?, ?> method : service.getMethods()) {
      echo.addMethod(bytes(method.getFullMethodName()), AccessTableTest::echoCaller);
    }
    return echo.build();
  }

  private static ServerCall.Listener<byte[]> echoCaller(
      ServerCall<byte[], byte[]> call, io.grpc.Metadata headers) {
    assertThat(headers.containsKey(Authenticator.AUTHORIZATION) && Caller.KEY.get() != null)
        .as("services see no secrets")
        .isFalse();
    call.request(2);
    return new ServerCall.Listener<>() {
      @Override
      public void onHalfClose() {
        Caller caller = Caller.KEY.get();
        String text = caller == null ? "nobody" : caller.id() + " " + caller.folders();
        call.sendHeaders(new io.grpc.Metadata());
        call.sendMessage(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        call.close(Status.OK, new io.grpc.Metadata());
      }
    };
  }

  private static MethodDescriptor<byte[], byte[]> bytes(String fullName) {
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(fullName)
        .setRequestMarshaller(new BytesMarshaller())
        .setResponseMarshaller(new BytesMarshaller())
        .build();
  }

  private static final class BytesMarshaller implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }
}

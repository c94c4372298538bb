package io.packhouse.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.QuotaFailure;
import com.google.rpc.RequestInfo;
import com.google.rpc.ResourceInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.format.UnsupportedFormatException;
import io.packhouse.engine.pack.PackException;
import io.packhouse.server.job.BusyException;
import io.packhouse.sql.SqlException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class FailuresTest {
  private static final Path ARCHIVE = Path.of("releases/a.pkh");

  @Test
  void damageIsDataLossAndSaysWhere() {
    Status status =
        Failures.toRpcStatus(new CorruptArchiveException(ARCHIVE, 17, "blob 3 is damaged"));

    assertThat(status.getCode()).isEqualTo(Code.DATA_LOSS.getNumber());
    assertThat(status.getMessage()).contains("releases/a.pkh", "17", "blob 3");
    assertThat(detail(status, ErrorInfo.class).getReason()).isEqualTo("ARCHIVE_DAMAGED");
  }

  @Test
  void newerFormatIsAFailedPrecondition() {
    Status status = Failures.toRpcStatus(new UnsupportedFormatException(ARCHIVE, "version 9"));

    assertThat(status.getCode()).isEqualTo(Code.FAILED_PRECONDITION.getNumber());
  }

  @Test
  void missingArchiveIsNamed() {
    Status status = Failures.toRpcStatus(new NoSuchFileException("releases/a.pkh"));

    assertThat(status.getCode()).isEqualTo(Code.NOT_FOUND.getNumber());
    ResourceInfo resource = detail(status, ResourceInfo.class);
    assertThat(resource.getResourceName()).isEqualTo("releases/a.pkh");
    assertThat(resource.getResourceType()).isEqualTo("packhouse.v1.Archive");
    assertThat(status).isEqualTo(rpc(Failures.notFound(Failures.ARCHIVE, "releases/a.pkh")));
  }

  @Test
  void takenNameIsAlreadyExists() {
    Status status = Failures.toRpcStatus(new FileAlreadyExistsException("releases/a.pkh"));

    assertThat(status.getCode()).isEqualTo(Code.ALREADY_EXISTS.getNumber());
    assertThat(detail(status, ResourceInfo.class).getResourceName()).isEqualTo("releases/a.pkh");
  }

  @Test
  void fullQueueSaysWhatIsFullAndWhenToTryAgain() {
    Status status =
        Failures.toRpcStatus(new BusyException("queue", "100 jobs wait", Duration.ofMillis(2_500)));

    assertThat(status.getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED.getNumber());
    assertThat(detail(status, QuotaFailure.class).getViolations(0).getSubject()).isEqualTo("queue");
    assertThat(detail(status, RetryInfo.class).getRetryDelay())
        .isEqualTo(
            com.google.protobuf.Duration.newBuilder().setSeconds(2).setNanos(500_000_000).build());
  }

  @Test
  void lateQueriesAreDeadlineExceededAndSayWhatToDo() {
    Status status = Failures.toRpcStatus(SqlException.late("the query", Duration.ofMillis(60_500)));

    assertThat(status.getCode()).isEqualTo(Code.DEADLINE_EXCEEDED.getNumber());
    assertThat(detail(status, ErrorInfo.class).getReason()).isEqualTo("SQL_TIME");
    assertThat(status.getMessage())
        .startsWith("the query took longer than its limit of time, 60.5 s: ask for less");
  }

  @Test
  void fullDiskIsResourceExhaustedHoweverDeepItLies() {
    IOException full = new IOException("No space left on device");
    PackException pack = new PackException(PackException.Reason.OUTPUT, "a.pkh: disk full", full);

    assertThat(Failures.toRpcStatus(full).getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED.getNumber());
    assertThat(Failures.toRpcStatus(pack).getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED.getNumber());
  }

  @Test
  void packReasonsAreTold() {
    Status status =
        Failures.toRpcStatus(
            new PackException(PackException.Reason.INPUT, "in: no directory", null));

    assertThat(status.getCode()).isEqualTo(Code.FAILED_PRECONDITION.getNumber());
    assertThat(status.getMessage()).isEqualTo("in: no directory");
    assertThat(detail(status, ErrorInfo.class).getReason()).isEqualTo("PACK_INPUT");
  }

  @Test
  void cancellationIsCancelled() {
    assertThat(Failures.toRpcStatus(new CancellationException("by you")).getCode())
        .isEqualTo(Code.CANCELLED.getNumber());
    assertThat(
            Failures.toRpcStatus(
                    new PackException(PackException.Reason.CANCELLED, "cancelled", null))
                .getCode())
        .isEqualTo(Code.CANCELLED.getNumber());
  }

  @Test
  void wrappersDoNotHideWhatHappened() {
    NoSuchFileException missing = new NoSuchFileException("releases/a.pkh");

    Status status = Failures.toRpcStatus(new ExecutionException(new UncheckedIOException(missing)));

    assertThat(status.getCode()).isEqualTo(Code.NOT_FOUND.getNumber());
  }

  @Test
  void internalErrorsTellTheClientANumberOnly() {
    IllegalStateException failure = new IllegalStateException("secret /srv/path");
    List<LogRecord> logged = new ArrayList<>();
    Logger logger = Logger.getLogger(Failures.class.getName());
    Handler handler = recorder(logged);
    logger.addHandler(handler);
    logger.setUseParentHandlers(false);

    Status status;
    try {
      status = Failures.toRpcStatus(failure);
    } finally {
      logger.removeHandler(handler);
      logger.setUseParentHandlers(true);
    }

    assertThat(status.getCode()).isEqualTo(Code.INTERNAL.getNumber());
    assertThat(status.toString()).doesNotContain("secret").doesNotContain("IllegalState");
    String number = detail(status, RequestInfo.class).getRequestId();
    assertThat(number).hasSize(12);
    assertThat(status.getMessage()).contains(number);
    assertThat(logged).hasSize(1);
    assertThat(logged.getFirst().getMessage()).contains(number);
    assertThat(logged.getFirst().getThrown()).isSameAs(failure);
  }

  @Test
  void statusesPassUnchanged() {
    StatusRuntimeException status = Failures.badField("name", "is empty");

    assertThat(Failures.status(new ExecutionException(status))).isSameAs(status);
    assertThat(Failures.toRpcStatus(status)).isEqualTo(rpc(status));
  }

  @Test
  void allViolationsOfARequestAreTold() {
    Violations violations = new Violations();
    violations.require(false, "page_size", "must not be negative").require(true, "x", "y");
    assertThat(
            violations.<String>parse(
                "name",
                () -> {
                  throw new IllegalArgumentException("has no folder");
                }))
        .isNull();

    assertThatThrownBy(violations::check)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              BadRequest bad = detail(rpc(e), BadRequest.class);
              assertThat(bad.getFieldViolationsList())
                  .extracting(BadRequest.FieldViolation::getField)
                  .containsExactly("page_size", "name");
            });
  }

  private static Handler recorder(List<LogRecord> records) {
    return new Handler() {
      @Override
      public void publish(LogRecord record) {
        records.add(record);
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }

  private static Status rpc(StatusRuntimeException e) {
    Status status = StatusProto.fromThrowable(e);
    assertThat(status).isNotNull();
    return Objects.requireNonNull(status);
  }

  private static <T extends Message> T detail(Status status, Class<T> type) {
    for (Any any : status.getDetailsList()) {
      if (any.is(type)) {
        try {
          return any.unpack(type);
        } catch (InvalidProtocolBufferException e) {
          throw new AssertionError(e);
        }
      }
    }
    throw new AssertionError("no " + type.getSimpleName() + " in " + status);
  }
}

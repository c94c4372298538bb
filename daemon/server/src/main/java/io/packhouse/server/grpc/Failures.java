package io.packhouse.server.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.PreconditionFailure;
import com.google.rpc.QuotaFailure;
import com.google.rpc.RequestInfo;
import com.google.rpc.ResourceInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.format.MissingBaseException;
import io.packhouse.engine.format.UnsupportedFormatException;
import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.pack.PackException;
import io.packhouse.engine.restore.RestoreException;
import io.packhouse.server.catalog.OtherArchiveException;
import io.packhouse.server.catalog.UploadException;
import io.packhouse.server.job.BusyException;
import io.packhouse.server.job.JobRefusedException;
import io.packhouse.sql.SqlException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The one place where exceptions become statuses, with details of {@code google.rpc}. Every status
 * has an {@code ErrorInfo}, whose reason programs can tell apart.
 *
 * <p>What is nobody's fault but the daemon's is logged here, with a number; the client sees no more
 * than that.
 */
public final class Failures {
  /** The domain of every {@code ErrorInfo}. */
  public static final String DOMAIN = "packhouse.io";

  /** The type of an archive in {@code ResourceInfo}. */
  public static final String ARCHIVE = "packhouse.v1.Archive";

  private static final System.Logger LOG = System.getLogger(Failures.class.getName());
  private static final int MAX_CAUSES = 20;
  private static final int MAX_SQL_MESSAGE = 1_000;

  private Failures() {}

  /** An exception as what a call ends with. */
  public static StatusRuntimeException status(Throwable failure) {
    Throwable cause = unwrap(failure);
    return cause instanceof StatusRuntimeException status
        ? status
        : StatusProto.toStatusRuntimeException(toRpcStatus(cause));
  }

  /** An exception as the {@code error} of an operation. */
  public static Status toRpcStatus(Throwable failure) {
    Throwable cause = unwrap(failure);
    return switch (cause) {
      case StatusRuntimeException e -> ofGrpc(e);
      case StatusException e -> ofGrpc(e);
      case CorruptArchiveException e ->
          make(Code.DATA_LOSS, "ARCHIVE_DAMAGED", text(e, "the archive is damaged"));
      case UnsupportedFormatException e ->
          make(Code.FAILED_PRECONDITION, "ARCHIVE_UNSUPPORTED", text(e, "not supported"));
      case MissingBaseException e ->
          make(Code.FAILED_PRECONDITION, "BASE_MISSING", text(e, "a base is missing"));
      case PackException e -> ofPack(e);
      case RestoreException e -> ofRestore(e);
      case BusyException e -> ofBusy(e);
      case JobRefusedException e ->
          switch (e.reason()) {
            case DRAINING -> make(Code.UNAVAILABLE, "DRAINING", text(e, "draining"));
            case DUPLICATE_REQUEST_ID ->
                make(Code.ALREADY_EXISTS, "DUPLICATE_REQUEST_ID", text(e, "request_id was used"));
          };
      case SqlException e -> ofSql(e);
      case IllegalArgumentException e ->
          make(Code.INVALID_ARGUMENT, "INVALID_ARGUMENT", text(e, "an argument is not valid"));
      case CancellationException e -> make(Code.CANCELLED, "CANCELLED", text(e, "cancelled"));
      case InterruptedException e -> make(Code.CANCELLED, "CANCELLED", text(e, "cancelled"));
      case TimeoutException e ->
          make(Code.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED", text(e, "took too long"));
      // Such as of a stream whose client is gone.
      case IOException e when e.getCause() instanceof CancellationException why ->
          make(Code.CANCELLED, "CANCELLED", text(why, "cancelled"));
      case IOException e -> ofIo(e);
      default -> internal(cause);
    };
  }

  /** NOT_FOUND: there is no such thing, or the caller does not see it. */
  public static StatusRuntimeException notFound(String type, String name) {
    return StatusProto.toStatusRuntimeException(missing(type, name));
  }

  /** ALREADY_EXISTS: what is to be made is there. */
  public static StatusRuntimeException alreadyExists(String type, String name, String message) {
    return StatusProto.toStatusRuntimeException(existing(type, name, message));
  }

  /** FAILED_PRECONDITION: the request is well-formed, but things are not as it needs them. */
  public static StatusRuntimeException precondition(String reason, String subject, String message) {
    PreconditionFailure details =
        PreconditionFailure.newBuilder()
            .addViolations(
                PreconditionFailure.Violation.newBuilder()
                    .setType(reason)
                    .setSubject(subject)
                    .setDescription(message))
            .build();
    return StatusProto.toStatusRuntimeException(
        make(Code.FAILED_PRECONDITION, reason, message, details));
  }

  /** Any other status, with a reason in UPPER_SNAKE_CASE. */
  public static StatusRuntimeException of(
      Code code, String reason, String message, Message... details) {
    return StatusProto.toStatusRuntimeException(make(code, reason, message, details));
  }

  /** INVALID_ARGUMENT: one field is wrong. */
  public static StatusRuntimeException badField(String field, String description) {
    return badRequest(
        BadRequest.newBuilder()
            .addFieldViolations(
                BadRequest.FieldViolation.newBuilder().setField(field).setDescription(description))
            .build());
  }

  static StatusRuntimeException badRequest(BadRequest violations) {
    StringBuilder message = new StringBuilder();
    for (BadRequest.FieldViolation violation : violations.getFieldViolationsList()) {
      message
          .append(message.isEmpty() ? "" : "; ")
          .append(violation.getField())
          .append(": ")
          .append(violation.getDescription());
    }
    return StatusProto.toStatusRuntimeException(
        make(Code.INVALID_ARGUMENT, "INVALID_ARGUMENT", message.toString(), violations));
  }

  private static Throwable unwrap(Throwable failure) {
    Throwable cause = failure;
    for (int i = 0; i < MAX_CAUSES; i++) {
      Throwable inner =
          cause instanceof ExecutionException
                  || cause instanceof CompletionException
                  || cause instanceof UncheckedIOException
              ? cause.getCause()
              : null;
      if (inner == null) {
        break;
      }
      cause = inner;
    }
    return cause;
  }

  private static Status ofGrpc(Throwable e) {
    Status details = StatusProto.fromThrowable(e);
    return details == null ? internal(e) : details;
  }

  private static Status ofPack(PackException e) {
    return switch (e.reason()) {
      case INPUT -> because(e, "PACK_INPUT");
      case ENTRY -> because(e, "PACK_ENTRY");
      case OUTPUT -> because(e, "PACK_OUTPUT");
      case CANCELLED -> make(Code.CANCELLED, "CANCELLED", text(e, "cancelled"));
    };
  }

  private static Status ofRestore(RestoreException e) {
    return switch (e.reason()) {
      case DESTINATION -> because(e, "EXTRACT_DESTINATION");
      case NOT_FOUND -> make(Code.NOT_FOUND, "ENTRY_NOT_FOUND", text(e, "no such entry"));
      case DAMAGED -> make(Code.DATA_LOSS, "ARCHIVE_DAMAGED", text(e, "the archive is damaged"));
      case ENTRY -> because(e, "EXTRACT_ENTRY");
      case CANCELLED -> make(Code.CANCELLED, "CANCELLED", text(e, "cancelled"));
    };
  }

  /** What the user can mend; a full disk, which the message then tells of, is told apart. */
  private static Status because(IOException e, String reason) {
    if (isNoSpace(e)) {
      return noSpace(text(e, "no space left"));
    }
    for (Throwable c = e.getCause(); c instanceof IOException; c = c.getCause()) {
      if (c instanceof CorruptArchiveException) {
        return make(Code.DATA_LOSS, "ARCHIVE_DAMAGED", text(e, "the archive is damaged"));
      }
    }
    return make(Code.FAILED_PRECONDITION, reason, text(e, "cannot be done"));
  }

  private static Status ofBusy(BusyException e) {
    Duration wait = e.retryAfter();
    String text = text(e, "busy");
    QuotaFailure quota =
        QuotaFailure.newBuilder()
            .addViolations(
                QuotaFailure.Violation.newBuilder().setSubject(e.subject()).setDescription(text))
            .build();
    if (!wait.isPositive()) {
      return make(Code.RESOURCE_EXHAUSTED, "BUSY", text, quota);
    }
    RetryInfo retry =
        RetryInfo.newBuilder()
            .setRetryDelay(
                com.google.protobuf.Duration.newBuilder()
                    .setSeconds(wait.getSeconds())
                    .setNanos(wait.getNano()))
            .build();
    return make(Code.RESOURCE_EXHAUSTED, "BUSY", text, quota, retry);
  }

  private static Status ofIo(IOException e) {
    if (isNoSpace(e)) {
      return noSpace("no space is left where the daemon writes");
    }
    return switch (e) {
      case NoSuchFileException missing -> missing(ARCHIVE, name(missing));
      case FileAlreadyExistsException there -> {
        String name = name(there);
        yield existing(ARCHIVE, name, name + ": exists");
      }
      case OtherArchiveException other ->
          make(Code.ABORTED, "OTHER_ARCHIVE", text(other, "another archive"));
      case UploadException upload -> ofUpload(upload);
      case AccessDeniedException denied when denied.getReason() != null ->
          make(
              Code.FAILED_PRECONDITION,
              "DAEMON_LACKS_PERMISSION",
              name(denied) + ": " + denied.getReason());
      case AccessDeniedException denied ->
          make(
              Code.FAILED_PRECONDITION,
              "DAEMON_LACKS_PERMISSION",
              name(denied) + ": the daemon may not do this");
      case FileErrorException error when error.isNotFound() -> missing(ARCHIVE, error.path());
      case FileErrorException error when error.isExists() ->
          existing(ARCHIVE, error.path(), text(error, "exists"));
      case FileErrorException error when error.isPermission() || error.isLoop() ->
          make(Code.FAILED_PRECONDITION, error.errnoName(), text(error, "cannot be used"));
      case FileErrorException error when error.isTooManyOpenFiles() ->
          make(Code.RESOURCE_EXHAUSTED, error.errnoName(), text(error, "too many open files"));
      default -> internal(e);
    };
  }

  /** Messages may quote the statement, and headers, where they go, have some kilobytes at most. */
  private static Status ofSql(SqlException e) {
    if (e.reason() == SqlException.Reason.INTERNAL) {
      return internal(e);
    }
    Code code =
        switch (e.reason()) {
          case STATEMENT -> Code.INVALID_ARGUMENT;
          case LIMIT, MEMORY, DISK -> Code.RESOURCE_EXHAUSTED;
          case TIME -> Code.DEADLINE_EXCEEDED;
          case ARCHIVE -> Code.FAILED_PRECONDITION;
          case DAMAGED -> Code.DATA_LOSS;
          case CANCELLED -> Code.CANCELLED;
          case TABLES, CLOSED -> Code.UNAVAILABLE;
          case INTERNAL -> Code.INTERNAL;
        };
    String text = text(e, "the query failed");
    return make(
        code,
        "SQL_" + e.reason(),
        text.length() > MAX_SQL_MESSAGE ? text.substring(0, MAX_SQL_MESSAGE) + " ..." : text);
  }

  private static Status ofUpload(UploadException e) {
    Code code =
        switch (e.reason()) {
          case OFFSET -> Code.OUT_OF_RANGE;
          case TOO_LONG -> Code.INVALID_ARGUMENT;
          case INCOMPLETE -> Code.FAILED_PRECONDITION;
          case SUPERSEDED -> Code.ABORTED;
          case DAMAGED -> Code.DATA_LOSS;
        };
    return make(code, "UPLOAD_" + e.reason(), text(e, "the upload cannot go on"));
  }

  private static Status missing(String type, String name) {
    ResourceInfo resource =
        ResourceInfo.newBuilder().setResourceType(type).setResourceName(name).build();
    String kind = type.substring(type.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    String reason = kind.toUpperCase(Locale.ROOT) + "_NOT_FOUND";
    return make(Code.NOT_FOUND, reason, "there is no " + kind + " " + name, resource);
  }

  private static Status existing(String type, String name, String message) {
    ResourceInfo resource =
        ResourceInfo.newBuilder().setResourceType(type).setResourceName(name).build();
    return make(Code.ALREADY_EXISTS, "ALREADY_EXISTS", message, resource);
  }

  private static Status noSpace(String message) {
    QuotaFailure quota =
        QuotaFailure.newBuilder()
            .addViolations(
                QuotaFailure.Violation.newBuilder().setSubject("disk").setDescription(message))
            .build();
    return make(Code.RESOURCE_EXHAUSTED, "NO_SPACE", message, quota);
  }

  /** Whether the disk or a quota is full; the JDK says so by the system's message alone. */
  private static boolean isNoSpace(Throwable failure) {
    Throwable at = failure;
    for (int i = 0; i < MAX_CAUSES && at != null; i++) {
      if (at instanceof FileErrorException error && error.isNoSpace()) {
        return true;
      }
      String message = at instanceof FileSystemException file ? file.getReason() : at.getMessage();
      if (at instanceof IOException
          && message != null
          && (message.equals("No space left on device") || message.equals("Disk quota exceeded"))) {
        return true;
      }
      at = at.getCause();
    }
    return false;
  }

  private static Status internal(Throwable failure) {
    String number = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong(), 12);
    LOG.log(System.Logger.Level.ERROR, "failure " + number, failure);
    return make(
        Code.INTERNAL,
        "INTERNAL",
        "the daemon failed; its log says more under the number " + number,
        RequestInfo.newBuilder().setRequestId(number).build());
  }

  private static Status make(Code code, String reason, String message, Message... details) {
    Status.Builder status = Status.newBuilder().setCode(code.getNumber()).setMessage(message);
    status.addDetails(Any.pack(ErrorInfo.newBuilder().setReason(reason).setDomain(DOMAIN).build()));
    for (Message detail : details) {
      status.addDetails(Any.pack(detail));
    }
    return status.build();
  }

  private static String name(FileSystemException e) {
    return e.getFile() == null ? "" : e.getFile();
  }

  private static String text(Throwable e, String otherwise) {
    @Nullable String message = e.getMessage();
    return message == null ? otherwise : message;
  }
}

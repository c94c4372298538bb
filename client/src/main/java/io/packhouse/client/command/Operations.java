package io.packhouse.client.command;

import com.google.longrunning.Operation;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import com.google.rpc.Code;
import io.packhouse.client.output.Json;
import io.packhouse.client.output.Numbers;
import io.packhouse.client.output.Style;
import io.packhouse.v1.OperationMetadata;
import io.packhouse.v1.Progress;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A daemon's operations as they are shown. */
final class Operations {
  private static final String COLLECTION = "operations/";
  private static final String STAGE = "STAGE_";

  private Operations() {}

  /** An operation's whole name: users may leave out the collection's. */
  static String name(String argument) {
    return argument.startsWith(COLLECTION) ? argument : COLLECTION + argument;
  }

  static OperationMetadata metadata(Operation operation) throws InvalidProtocolBufferException {
    return operation.getMetadata().unpack(OperationMetadata.class);
  }

  /** {@code queued}, {@code working}, {@code succeeded}, {@code failed}, ... */
  static String state(Operation operation) throws InvalidProtocolBufferException {
    if (operation.getDone()) {
      return !operation.hasError()
          ? "succeeded"
          : operation.getError().getCode() == Code.CANCELLED_VALUE ? "cancelled" : "failed";
    }
    OperationMetadata metadata = metadata(operation);
    Progress.Stage stage = metadata.getProgress().getStage();
    return metadata.getCancelRequested()
        ? "cancelling"
        : stage == Progress.Stage.STAGE_UNSPECIFIED
            ? "queued"
            : stage.name().substring(STAGE.length()).toLowerCase(Locale.ROOT);
  }

  static String line(Operation operation, Style style) throws IOException {
    OperationMetadata metadata = metadata(operation);
    Progress progress = metadata.getProgress();
    String state = state(operation);
    String coloured =
        switch (state) {
          case "succeeded" -> style.green(state);
          case "failed" -> style.red(state);
          default -> style.yellow(state);
        };
    StringBuilder line = new StringBuilder(160);
    line.append(operation.getName())
        .append("  ")
        .append(metadata.getVerb())
        .append("  ")
        .append(coloured)
        .append("  ")
        .append(metadata.getArchive().isEmpty() ? "-" : Failures.oneLine(metadata.getArchive()))
        .append("  ")
        .append(Numbers.count(progress.getEntriesDone()))
        .append(progress.getEntriesDone() == 1 ? " entry  " : " entries  ")
        .append(Numbers.bytes(Math.max(0, progress.getBytesDone())))
        .append("  ")
        .append(Remote.text(metadata.getCreateTime()));
    if (!progress.getCurrentPath().isEmpty()) {
      line.append("  ").append(Failures.oneLine(progress.getCurrentPath()));
    }
    if (operation.hasError()) {
      line.append("  ").append(Failures.oneLine(operation.getError().getMessage()));
    }
    return line.append('\n').toString();
  }

  static void write(Json json, Operation operation) throws IOException {
    OperationMetadata metadata = metadata(operation);
    Progress progress = metadata.getProgress();
    json.begin()
        .text("operation", operation.getName())
        .text("verb", metadata.getVerb())
        .text("archive", Remote.known(metadata.getArchive()))
        .text("owner", metadata.getOwner())
        .text("state", state(operation))
        .flag("done", operation.getDone())
        .text("created", time(metadata.hasCreateTime(), metadata.getCreateTime()))
        .text("started", time(metadata.hasStartTime(), metadata.getStartTime()))
        .text("ended", time(metadata.hasEndTime(), metadata.getEndTime()))
        .number("entries_done", progress.getEntriesDone())
        .number("entries_found", progress.getEntriesFound())
        .number("bytes_done", progress.getBytesDone())
        .number("bytes_found", progress.getBytesFound())
        .number("bytes_written", progress.getBytesWritten())
        .number("bytes_per_second", progress.getBytesPerSecond())
        .text("current_path", Remote.known(progress.getCurrentPath()));
    if (progress.hasTimeLeft()) {
      json.seconds("seconds_left", Remote.nanos(progress.getTimeLeft()));
    }
    if (progress.getQueuePosition() > 0) {
      json.number("queue_position", progress.getQueuePosition());
    }
    if (operation.hasError()) {
      Code code = Code.forNumber(operation.getError().getCode());
      json.text("error_code", (code == null ? Code.UNKNOWN : code).name())
          .text("error", operation.getError().getMessage());
    }
    json.end();
  }

  private static @Nullable String time(boolean known, Timestamp time) {
    return known
        ? java.time.Instant.ofEpochSecond(time.getSeconds(), time.getNanos()).toString()
        : null;
  }
}

package io.packhouse.server.grpc;

import com.google.rpc.BadRequest;
import io.grpc.StatusRuntimeException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a request: collects all of it, so that a client can mend it in one go. Belongs
 * to one thread.
 */
final class Violations {
  private final BadRequest.Builder found = BadRequest.newBuilder();

  /** Takes note that a field is wrong, named as in the {@code .proto} file. */
  Violations add(String field, String description) {
    found.addFieldViolations(
        BadRequest.FieldViolation.newBuilder().setField(field).setDescription(description));
    return this;
  }

  /** Takes note that a field is wrong unless {@code right}. */
  Violations require(boolean right, String field, String description) {
    return right ? this : add(field, description);
  }

  /** The value of a field; null, with a note, where making it throws IllegalArgumentException. */
  <T> @Nullable T parse(String field, Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      String message = e.getMessage();
      add(field, message == null ? "is not valid" : message);
      return null;
    }
  }

  /**
   * A field's value, where that is all that there is to check.
   *
   * @throws StatusRuntimeException INVALID_ARGUMENT where it is wrong
   */
  static <T> T parsed(String field, Supplier<T> value) {
    Violations violations = new Violations();
    T result = violations.parse(field, value);
    violations.check();
    if (result == null) {
      throw new IllegalStateException("no value of " + field);
    }
    return result;
  }

  /**
   * Does nothing if nothing is wrong.
   *
   * @throws StatusRuntimeException INVALID_ARGUMENT with all that is wrong
   */
  void check() {
    if (found.getFieldViolationsCount() > 0) {
      throw Failures.badRequest(found.build());
    }
  }
}

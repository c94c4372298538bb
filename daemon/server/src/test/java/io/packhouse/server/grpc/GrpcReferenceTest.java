package io.packhouse.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import io.packhouse.server.access.MethodRules;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Holds docs/grpc.md and the .proto files equal. */
class GrpcReferenceTest {
  private static final Path PAGE = Path.of("../../docs/grpc.md");

  /** Written by the build of proto, with the comments, which generated classes do not have. */
  private static final Path DESCRIPTORS = Path.of("../../proto/target/packhouse.protoset");

  @Test
  void pageIsWhatTheProtosSay() throws Exception {
    FileDescriptorSet files = FileDescriptorSet.parseFrom(Files.readAllBytes(DESCRIPTORS));
    String expected = new GrpcReference(files, new MethodRules()).write();
    Path made = Path.of("target/grpc.md");
    Files.writeString(made, expected);
    assertThat(PAGE)
        .as("to make it again: cp daemon/server/%s docs/grpc.md", made)
        .hasContent(expected);
  }
}

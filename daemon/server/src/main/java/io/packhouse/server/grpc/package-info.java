/**
 * The services of gRPC, one class each: they translate requests and responses, and leave the work
 * to the other packages. {@link io.packhouse.server.grpc.Failures} makes every exception a status.
 */
@NullMarked
package io.packhouse.server.grpc;

import org.jspecify.annotations.NullMarked;

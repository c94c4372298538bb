/**
 * Arrow Flight: the indices of archives, and files' bytes, as streams of Arrow record batches. What
 * is sent as it is stored is not decoded; what is filtered by rows or made of lists goes through
 * Arrow's vectors.
 */
@NullMarked
package io.packhouse.server.flight;

import org.jspecify.annotations.NullMarked;

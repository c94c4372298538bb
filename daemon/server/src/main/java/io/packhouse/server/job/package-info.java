/**
 * Long work. A <i>job</i> is what runs; the <i>operation</i> is what callers see of it, by name,
 * for a day after it has ended, also across restarts.
 */
@NullMarked
package io.packhouse.server.job;

import org.jspecify.annotations.NullMarked;

/**
 * What is wrong with an installation, and what to do. A <i>finding</i> is what one look at it came
 * to.
 */
@NullMarked
package io.packhouse.client.doctor;

import org.jspecify.annotations.NullMarked;

/** Tests of the SPI, and the contract that extractors are tested against. */
@NullMarked
package io.packhouse.spi;

import org.jspecify.annotations.NullMarked;

/** Tests of what the demo judges by. */
@NullMarked
package org.jooqoutbox.demo;

import org.jspecify.annotations.NullMarked;

/** Payloads as Java objects, by Jackson 2. */
@NullMarked
package org.jooqoutbox.jackson;

import org.jspecify.annotations.NullMarked;

/** The Go library that shares the table: what it sends, what it gets wrong, and what holds when both are at work. */
@NullMarked
package org.jooqoutbox.it.go;

import org.jspecify.annotations.NullMarked;

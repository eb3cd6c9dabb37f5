/** Build time only: a throw-away PostgreSQL for code generation, tests and demo, and the database that jOOQ's code generator reads. */
@NullMarked
package org.jooqoutbox.codegen;

import org.jspecify.annotations.NullMarked;

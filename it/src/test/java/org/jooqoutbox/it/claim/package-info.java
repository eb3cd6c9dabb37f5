/** Claim and settlement: leases, fences, suspects. */
@NullMarked
package org.jooqoutbox.it.claim;

import org.jspecify.annotations.NullMarked;

/**
 * The dispatcher under simulation: whole schedules of several workers in virtual time, judged from outside. In the dispatcher's own package,
 * because the simulation replaces its clock, threads and random numbers.
 */
@org.jspecify.annotations.NullMarked
package org.jooqoutbox.dispatch;

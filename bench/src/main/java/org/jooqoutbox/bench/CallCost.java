package org.jooqoutbox.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * What the calling thread spent on calls that it made, and on nothing else: CPU and memory are counted for this thread alone, so that neither the
 * collector nor the compiler nor whatever else the machine does is in them. For one thread.
 */
final class CallCost {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int PROBES = 20_000;
    private static final double NANOS_PER_MICRO = 1_000;

    private int calls;
    private long cpuNanos;
    private long wallNanos;
    private long bytes;

    /** What is measured. */
    @FunctionalInterface
    interface Call {

        void run() throws Exception;
    }

    void measure(Call call) throws Exception {
        long bytesBefore = THREADS.getCurrentThreadAllocatedBytes();
        long wallBefore = System.nanoTime();
        long cpuBefore = THREADS.getCurrentThreadCpuTime();
        call.run();
        cpuNanos += THREADS.getCurrentThreadCpuTime() - cpuBefore;
        wallNanos += System.nanoTime() - wallBefore;
        bytes += THREADS.getCurrentThreadAllocatedBytes() - bytesBefore;
        calls++;
    }

    /** Microseconds of CPU per call, the time in the kernel included. */
    double cpuMicros() {
        return cpuNanos / NANOS_PER_MICRO / calls;
    }

    /** Microseconds per call. */
    double wallMicros() {
        return wallNanos / NANOS_PER_MICRO / calls;
    }

    /** Bytes that were allocated per call. */
    double bytes() {
        return (double) bytes / calls;
    }

    /** Of a call that does nothing. It is part of what is measured, and the same for all. */
    static CallCost ofNothing() throws Exception {
        CallCost cost = new CallCost();
        for (int i = 0; i < PROBES; i++) {
            cost.measure(() -> {});
        }
        return cost;
    }
}

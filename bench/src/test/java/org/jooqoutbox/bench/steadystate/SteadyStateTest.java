package org.jooqoutbox.bench.steadystate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

@Timeout(300)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "it has no signal on which shutdown hooks run")
class SteadyStateTest {

    private static final String[] METRICS = {
        "claim_p50_ms", "claim_p95_ms", "claim_p99_ms", "enqueue_rate", "completion_rate", "queue_depth"
    };
    private static final Duration END_WITHIN = Duration.ofSeconds(5);
    private static final int EVERY = 1;

    private static RestartableServer server;

    @BeforeAll
    static void startServer() {
        server = new RestartableServer();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void run_underLoad_describesItselfAndThenSaysEachMetricAtEachMultipleOfTheInterval() throws Exception {
        try (SteadyStateProcess program = start("contract", Map.of("PRODUCER_RATE", "200"))) {
            program.await(4, metric("queue_depth"));
            terminateInTime(program);

            List<JsonNode> said = program.said();
            requireDescriptor(said.get(0), "contract");
            List<JsonNode> samples = said.subList(1, said.size());
            assertThat(samples).allSatisfy(SteadyStateTest::requireSample);
            Map<String, List<String>> metrics = samples.stream()
                    .collect(Collectors.groupingBy(
                            line -> line.get("t").textValue(),
                            TreeMap::new,
                            Collectors.mapping(line -> line.get("metric").textValue(), Collectors.toList())));
            assertThat(metrics.values().stream().limit(3))
                    .allSatisfy(each -> assertThat(each).containsExactly(METRICS));
            requireRatesNear(200, samples);
        }
    }

    @Test
    void terminate_underLoad_leavesNothingUnderALease() throws Exception {
        try (SteadyStateProcess program = start("leases", Map.of("PRODUCER_RATE", "2000", "JOB_WORK_MS", "100"))) {
            program.await(1, positive("completion_rate"));
            terminateInTime(program);

            assertThat(server.dsl("leases")
                            .fetchSingle(
                                    "select count(*) from outbox_bench.outbox where retry_at > now() or unsettled > 0 or failures > 0")
                            .get(0, int.class))
                    .isZero();
        }
    }

    @Test
    void terminate_handlersThatTakeLong_endsInTime() throws Exception {
        try (SteadyStateProcess program = start("slow", Map.of("PRODUCER_RATE", "100", "JOB_WORK_MS", "20000"))) {
            program.await(1, positive("claim_p50_ms"));
            terminateInTime(program);
        }
    }

    @Test
    void terminate_whileItWaitsForTheServer_endsInTime() throws Exception {
        String url = "postgres://nobody:secret@127.0.0.1:" + unusedPort() + "/none";
        try (SteadyStateProcess program = SteadyStateProcess.start(Map.of("DATABASE_URL", url))) {
            program.awaitLog("reaching the server failed, and is tried again");
            terminateInTime(program);

            assertThat(program.said()).isEmpty();
            assertThat(program.log()).doesNotContain("secret");
        }
    }

    @Test
    void run_backendsTerminated_goesOn() throws Exception {
        try (SteadyStateProcess program = start("backends", Map.of("PRODUCER_RATE", "200"))) {
            program.await(1, positive("completion_rate"));
            for (int i = 0; i < 3; i++) {
                server.dsl("backends")
                        .execute("select pg_terminate_backend(pid) from pg_stat_activity"
                                + " where datname = current_database() and pid <> pg_backend_pid()");
            }

            requireGoesOn(program);
            terminateInTime(program);
        }
    }

    @Test
    void run_serverRestarted_goesOn() throws Exception {
        try (SteadyStateProcess program = start("restart", Map.of("PRODUCER_RATE", "200"))) {
            program.await(1, positive("completion_rate"));
            server.restart();

            requireGoesOn(program);
            terminateInTime(program);
        }
    }

    @Test
    void run_pacedByItsHarness_writesWhatIsAskedFor() throws Exception {
        try (SteadyStateProcess program = start("paced", Map.of("PRODUCER_PACING", "harness"))) {
            program.await(1, line -> line.get("kind").textValue().equals("descriptor"));
            program.tell("ENQUEUE 300");
            program.tell("ENQUEUE 7");
            program.await(1, positive("claim_p50_ms"));
            program.await(2, positive("claim_p50_ms"));

            assertThat(program.said().stream()
                            .filter(metric("enqueue_rate"))
                            .mapToDouble(line -> line.get("value").doubleValue()
                                    * line.get("window_s").doubleValue())
                            .sum())
                    .isBetween(306.0, 308.0);
            terminateInTime(program);
        }
    }

    @Test
    void run_noProducer_saysNullWhereNothingWasMeasured() throws Exception {
        try (SteadyStateProcess program = start("idle", Map.of("PRODUCER_RATE", "0"))) {
            JsonNode first = program.await(1, metric("claim_p50_ms")).get(0);
            JsonNode rate = program.await(1, metric("enqueue_rate")).get(0);

            assertThat(first.get("value").isNull()).isTrue();
            assertThat(rate.get("value").doubleValue()).isZero();
            terminateInTime(program);
        }
    }

    @Test
    void run_wrongVariable_endsWithASentenceAndNothingOnStandardOutput() throws Exception {
        try (SteadyStateProcess program = start("wrong", Map.of("PRODUCER_MODE", "depth-target"))) {
            assertThat(program.awaitExit()).isEqualTo(2);

            assertThat(program.said()).isEmpty();
            assertThat(program.log())
                    .hasLineCount(1)
                    .contains("PRODUCER_MODE is \"depth-target\"", "must be fixed", "set PRODUCER_RATE");
        }
    }

    @Test
    void run_databaseThatIsNotThere_endsAtOnce() throws Exception {
        String url = server.url("nonexistent");
        try (SteadyStateProcess program = SteadyStateProcess.start(Map.of("DATABASE_URL", url))) {
            assertThat(program.awaitExit()).isEqualTo(1);

            assertThat(program.said()).isEmpty();
            assertThat(program.log()).contains("\"nonexistent\" does not exist");
        }
    }

    private static SteadyStateProcess start(String database, Map<String, String> environment) throws IOException {
        server.createDatabase(database);
        Map<String, String> all = new HashMap<>(environment);
        all.put("DATABASE_URL", server.url(database));
        all.put("SAMPLE_EVERY_S", String.valueOf(EVERY));
        return SteadyStateProcess.start(all);
    }

    private static int unusedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void requireDescriptor(JsonNode line, String database) {
        assertThat(line.get("kind").textValue()).isEqualTo("descriptor");
        assertThat(line.get("system").textValue()).isEqualTo("jooq-outbox");
        assertThat(line.get("event_tables")).hasToString("[\"outbox_bench.outbox\"]");
        assertThat(line.get("extensions")).hasToString("[]");
        assertThat(line.get("version").textValue()).isNotBlank();
        assertThat(line.get("schema_version").textValue()).isEqualTo("1");
        assertThat(line.get("db_name").textValue()).isEqualTo(database);
        assertThat(Instant.parse(line.get("started_at").textValue())).isBefore(Instant.now());
    }

    private static void requireSample(JsonNode line) {
        assertThat(line.get("system").textValue()).isEqualTo("jooq-outbox");
        assertThat(line.get("kind").textValue()).isEqualTo("adapter");
        assertThat(line.get("subject_kind").textValue()).isEqualTo("adapter");
        assertThat(line.get("subject").textValue()).isEmpty();
        assertThat(line.get("window_s").isNumber()).isTrue();
        assertThat(Instant.parse(line.get("t").textValue()).toEpochMilli() % (EVERY * 1_000))
                .isZero();
    }

    // It is a load that any machine bears; whether it is borne in time is no matter here.
    private static void requireRatesNear(double rate, List<JsonNode> samples) {
        for (String metric : List.of("enqueue_rate", "completion_rate")) {
            assertThat(samples)
                    .filteredOn(metric(metric))
                    .extracting(line -> line.get("value").doubleValue())
                    .as(metric)
                    .anyMatch(value -> value > rate / 2 && value < rate * 2);
        }
    }

    /** Twice, as what is told first may have been done before. */
    private static void requireGoesOn(SteadyStateProcess program) throws Exception {
        Instant since = Instant.now();
        Predicate<JsonNode> later =
                line -> Instant.parse(line.get("t").textValue()).isAfter(since);
        for (String metric : List.of("enqueue_rate", "completion_rate", "claim_p50_ms", "queue_depth")) {
            program.await(
                    2, metric(metric).and(later).and(line -> line.get("value").isNumber()));
        }
        program.await(2, positive("enqueue_rate").and(later));
        program.await(2, positive("completion_rate").and(later));
    }

    private static void terminateInTime(SteadyStateProcess program) throws InterruptedException {
        long asked = System.nanoTime();
        program.terminate();

        assertThat(program.awaitExit()).isZero();
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(END_WITHIN);
    }

    private static Predicate<JsonNode> metric(String metric) {
        return line -> line.path("metric").asText().equals(metric);
    }

    private static Predicate<JsonNode> positive(String metric) {
        return metric(metric).and(line -> line.get("value").asDouble() > 0);
    }
}

package org.jooqoutbox.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.MessageKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventsTest {

    @TempDir
    Path directory;

    private Events read(String... lines) throws IOException {
        Path file = directory.resolve("events.jsonl");
        Files.write(file, List.of(lines));
        return Events.of(Optional.of(file));
    }

    private static List<MessageDraft> drafts(Events events, int orders) {
        return IntStream.range(0, orders)
                .boxed()
                .flatMap(number -> events.of(UUID.randomUUID(), "item", 1, number).stream())
                .toList();
    }

    @Test
    void file_withEvents_givesTheirKindsAndPayloads() throws IOException {
        Events events = read(
                "{\"kind\":\"a\",\"payload\":{\"n\":1.10,\"s\":\"ß\"}}", "", "{\"kind\":\"b\",\"payload\":[null]}");

        assertThat(events.kinds()).extracting(MessageKind::name).containsExactly("a", "b");
        assertThat(events.brokenKind().name()).isEqualTo("a");
        assertThat(events.transactionalKinds()).extracting(MessageKind::name).containsExactly("b");
        assertThat(drafts(events, 6))
                .extracting(MessageDraft::kind, MessageDraft::payload)
                .contains(tuple("a", "{\"n\":1.10,\"s\":\"ß\"}"), tuple("b", "[null]"));
    }

    @Test
    void file_thatIsNotJsonLines_namesFileAndLine() {
        assertThatThrownBy(() -> read("{\"kind\":\"a\",\"payload\":1}", "nonsense"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("events.jsonl line 2");
        assertThatThrownBy(() -> read("{\"kind\":7,\"payload\":1}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("line 1")
                .hasMessageContaining("\"kind\"");
        assertThatThrownBy(() -> read("")).hasMessageContaining("holds no events");
    }

    @Test
    void ownEvents_ofManyOrders_areOneToThreeEachAndOfAllKinds() {
        Events events = Events.of(Optional.empty());

        assertThat(drafts(events, 100))
                .extracting(MessageDraft::kind)
                .containsOnly("booking.made", "confirmation.wanted", "export.wanted", "posting.wanted")
                .contains("booking.made", "confirmation.wanted", "export.wanted", "posting.wanted");
        assertThat(IntStream.range(0, 100)
                        .map(n ->
                                drafts(events, n + 1).size() - drafts(events, n).size()))
                .allMatch(count -> count >= 1 && count <= 3);
    }

    @Test
    void orders_oneInTen_isDeclined() {
        List<Order> orders = new Orders(Events.of(Optional.empty())).make(100);

        assertThat(orders).filteredOn(Order::declined).hasSize(10);
        assertThat(orders.stream().flatMap(order -> order.messages().stream()).map(MessageDraft::id))
                .doesNotContain(Optional.empty())
                .doesNotHaveDuplicates();
    }

    @Test
    void makeLate_marksAMessageThatWillBeCommittedAndCanBeDelivered() {
        Events events = Events.of(Optional.empty());
        Orders maker = new Orders(events);
        List<Order> orders = maker.make(100);

        UUID late = maker.makeLate(orders, 9); // that one is declined

        Order order = orders.get(10);
        assertThat(order.declined()).isFalse();
        assertThat(order.messages().get(0).id()).contains(late);
        assertThat(order.messages().get(0).headers()).containsKey(Deliveries.LATE);
        assertThat(maker.makeLate(orders, 9)).as("the next one").isNotEqualTo(late);
    }

    @Test
    void makeLate_twoKinds_isRefusedBecauseNeitherIsOrdinary() throws IOException {
        Orders maker = new Orders(read("{\"kind\":\"a\",\"payload\":1}", "{\"kind\":\"b\",\"payload\":1}"));
        List<Order> orders = maker.make(20);

        assertThatThrownBy(() -> maker.makeLate(orders, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least three kinds are needed, not 2");
    }
}

package org.jooqoutbox.bench.systems;

import io.namastack.outbox.OutboxPayloadSerializer;
import io.namastack.outbox.handler.OutboxRecordMetadata;
import io.namastack.outbox.handler.OutboxTypedHandler;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;

/** A Spring application with Namastack's auto-configuration, on a data source that whoever starts it closes. */
final class NamastackContext {

    /** The property that has its tables created. */
    static final String CREATE_TABLES = "namastack.outbox.jdbc.schema-initialization.enabled";

    /** What makes an application take part in the work, in the order in which they need each other. */
    private static final List<String> WORKING = List.of("partitionCoordinator", "outboxInstanceRegistry");

    private NamastackContext() {}

    /** One that hands messages to this handler until it is closed. */
    static ConfigurableApplicationContext ofWorker(
            DataSource dataSource, Map<String, Object> properties, QueueSystem.Handler handler) {
        return application(dataSource, properties, handler).run();
    }

    /** One that only sends. As an instance that others know of, it would get partitions that it does not work on. */
    static ConfigurableApplicationContext ofSender(DataSource dataSource, Map<String, Object> properties) {
        SpringApplication application = application(dataSource, properties, payload -> {});
        BeanFactoryPostProcessor dismissal =
                beans -> WORKING.forEach(((BeanDefinitionRegistry) beans)::removeBeanDefinition);
        application.addInitializers(context -> context.addBeanFactoryPostProcessor(dismissal));
        return application.run(
                "--spring.autoconfigure.exclude=io.namastack.outbox.config.OutboxCoreSchedulingAutoConfiguration");
    }

    private static SpringApplication application(
            DataSource dataSource, Map<String, Object> properties, QueueSystem.Handler handler) {
        SpringApplication application = new SpringApplication(Application.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setLogStartupInfo(false);
        application.setRegisterShutdownHook(false);
        // It would set up logging for the whole process.
        application.setListeners(application.getListeners().stream()
                .filter(listener -> !(listener instanceof LoggingApplicationListener))
                .toList());
        Map<String, Object> all = new HashMap<>(Map.of(
                CREATE_TABLES, false, "namastack.outbox.multicaster.enabled", false, "spring.main.banner-mode", "off"));
        all.putAll(properties);
        application.setDefaultProperties(all);
        application.addInitializers(context -> register((GenericApplicationContext) context, dataSource, handler));
        return application;
    }

    private static void register(
            GenericApplicationContext context, DataSource dataSource, QueueSystem.Handler handler) {
        context.registerBean(DataSource.class, () -> dataSource);
        context.registerBean(EventHandler.class, () -> new EventHandler(handler));
        context.registerBean(OutboxPayloadSerializer.class, Text::new);
    }

    /** All is auto-configured. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    /** Passes a message on. */
    static final class EventHandler implements OutboxTypedHandler<String> {

        private final QueueSystem.Handler handler;

        EventHandler(QueueSystem.Handler handler) {
            this.handler = handler;
        }

        @Override
        public void handle(String payload, OutboxRecordMetadata metadata) {
            try {
                handler.handle(payload);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Its default is Jackson, which would make JSON of a text that is JSON already. */
    private static final class Text implements OutboxPayloadSerializer {

        @Override
        public String serialize(Object payload) {
            return (String) payload;
        }

        @Override
        public <T> T deserialize(String serialized, Class<T> type) {
            return type.cast(serialized);
        }
    }
}

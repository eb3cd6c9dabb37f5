package org.jooqoutbox.codegen;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.PullImageResultCallback;
import com.github.dockerjava.api.exception.NotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.dockerclient.DockerClientConfigUtils;
import org.testcontainers.dockerclient.DockerClientProviderStrategy;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.ImageNameSubstitutor;

/**
 * Finds out whether Testcontainers would work, without asking Testcontainers: where no image can be pulled, its own check
 * ({@code DockerClientFactory}) tries for minutes.
 */
final class DockerProbe {

    /** What Testcontainers starts beside ours, to remove containers that are left over. A test compares it with Testcontainers' own. */
    static final String RYUK_IMAGE = "testcontainers/ryuk:0.14.0";

    /** What Testcontainers may start to learn the address of the host, when it runs in a container itself. */
    static final String TINY_IMAGE = "alpine:3.17";

    private static final Logger LOG = LoggerFactory.getLogger(DockerProbe.class);
    private static final Duration PULL_LIMIT = Duration.ofMinutes(3);

    private DockerProbe() {}

    /**
     * Returns if Docker answers and has every image that Testcontainers needs, or could pull it.
     *
     * @throws UnavailableException if not
     */
    static void requireImages(String postgresImage) throws UnavailableException {
        DockerClient docker = connect();
        for (String image : neededImages(postgresImage)) {
            String substitute = substitute(image);
            if (!isPresent(docker, substitute)) {
                pull(docker, substitute);
            }
        }
    }

    private static DockerClient connect() throws UnavailableException {
        try {
            DockerClient docker = DockerClientProviderStrategy.getFirstValidStrategy(strategies())
                    .getDockerClient();
            docker.pingCmd().exec();
            return docker;
        } catch (RuntimeException | LinkageError e) {
            throw new UnavailableException("no Docker engine answers", e);
        }
    }

    private static List<DockerClientProviderStrategy> strategies() {
        List<DockerClientProviderStrategy> strategies = new ArrayList<>();
        ServiceLoader.load(DockerClientProviderStrategy.class, DockerClientProviderStrategy.class.getClassLoader())
                .forEach(strategies::add);
        return strategies;
    }

    private static List<String> neededImages(String postgresImage) {
        List<String> images = new ArrayList<>(List.of(postgresImage));
        if (!Boolean.parseBoolean(System.getenv("TESTCONTAINERS_RYUK_DISABLED"))) {
            images.add(RYUK_IMAGE);
        }
        if (DockerClientConfigUtils.IN_A_CONTAINER && System.getenv("TESTCONTAINERS_HOST_OVERRIDE") == null) {
            images.add(TINY_IMAGE);
        }
        return images;
    }

    /** The name under which Testcontainers will ask for the image: users may configure a mirror. */
    private static String substitute(String image) {
        return ImageNameSubstitutor.instance()
                .apply(DockerImageName.parse(image))
                .asCanonicalNameString();
    }

    private static boolean isPresent(DockerClient docker, String image) throws UnavailableException {
        try {
            docker.inspectImageCmd(image).exec();
            return true;
        } catch (NotFoundException e) {
            LOG.debug("Image {} is not here", image, e);
            return false;
        } catch (RuntimeException e) {
            throw new UnavailableException(
                    "asking for image " + image + " failed: " + UnavailableException.firstLine(e), e);
        }
    }

    private static void pull(DockerClient docker, String image) throws UnavailableException {
        LOG.info("Pulling {}", image);
        try (PullImageResultCallback pull = docker.pullImageCmd(image).exec(new PullImageResultCallback())) {
            if (!pull.awaitCompletion(PULL_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new UnavailableException("image " + image + " is not here and was not pulled within "
                        + PULL_LIMIT.toMinutes() + " minutes");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnavailableException("interrupted while pulling image " + image, e);
        } catch (IOException | RuntimeException e) {
            throw new UnavailableException(
                    "image " + image + " is not here and cannot be pulled: " + UnavailableException.firstLine(e), e);
        }
        if (!isPresent(docker, image)) {
            throw new UnavailableException("image " + image + " is not here and cannot be pulled");
        }
    }
}

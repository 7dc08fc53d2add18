# Everything on one machine, with traffic. Build it in the unpacked package:
#   docker build -f deploy/docker/demo.Dockerfile -t freshet-demo .
# The servers listen on the loopback interface alone: run it with --network host to reach the reader.
#   docker run --rm -it --init --network host -v freshet-home:/var/lib/freshet freshet-demo
# The volume keeps MySQL, which the first start downloads from a Maven repository: -e FRESHET_MAVEN_URL=…
FROM eclipse-temurin:17-jdk-jammy
RUN apt-get update \
    && apt-get install -y --no-install-recommends libaio1 libncurses6 util-linux \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/freshet --create-home freshet
COPY . /opt/freshet
ENV FRESHET_HOME=/var/lib/freshet
VOLUME /var/lib/freshet
USER freshet
WORKDIR /var/lib/freshet
ENTRYPOINT ["/opt/freshet/deploy/freshet"]
CMD ["demo"]

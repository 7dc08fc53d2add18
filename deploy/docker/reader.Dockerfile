# The reader. Build it in the unpacked package: docker build -f deploy/docker/reader.Dockerfile -t freshet-reader .
FROM eclipse-temurin:17-jre AS package
COPY lib /package
WORKDIR /package
RUN mkdir /reader && cp freshet-reader-*.jar $(tr ':' ' ' < reader.classpath) /reader

FROM eclipse-temurin:17-jre
COPY --from=package /reader /opt/freshet/lib
USER 10001:10001
WORKDIR /etc/freshet
EXPOSE 8080
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=60", "-XX:+ExitOnOutOfMemoryError", "-cp", "/opt/freshet/lib/*", "dev.freshet.reader.ReaderMain"]
CMD ["--config", "/etc/freshet/freshet.yaml"]

# Flink with the job. Build it in the unpacked package: docker build -f deploy/docker/job.Dockerfile -t freshet-job .
FROM flink:1.20.3-java17
COPY lib/freshet-job.jar /opt/flink/usrlib/freshet-job.jar
# Checkpoints and high availability in S3 or in a store with its interface.
RUN mkdir -p /opt/flink/plugins/s3-fs-presto \
    && cp /opt/flink/opt/flink-s3-fs-presto-*.jar /opt/flink/plugins/s3-fs-presto/ \
    && mkdir /checkpoints && chown flink:flink /checkpoints
USER flink

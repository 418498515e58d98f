# zkpipe with its kernels compiled in, and the demonstration:
#
#     docker build -t zkpipe .
#     docker run --rm zkpipe                                    the demonstration
#     docker run --rm -v "$PWD:/work" zkpipe zkpipe --help      the command, in your folder
#
# image/install has the steps; a test runs them.
ARG PYTHON=3.13
FROM python:${PYTHON}-slim AS build
COPY . /source
RUN /source/image/install /source /opt/zkpipe

FROM python:${PYTHON}-slim
COPY --from=build /opt/zkpipe /opt/zkpipe
ENV PATH=/opt/zkpipe/bin:$PATH
RUN useradd --create-home user
USER user
WORKDIR /work
CMD ["demo", "/tmp/demo"]

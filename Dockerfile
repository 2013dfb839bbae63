# docker run --rm letta-contract test https://my-server
FROM python:3.11-slim AS build
WORKDIR /source
COPY . .
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.11-slim
COPY --from=build /wheels /wheels
RUN pip install --no-cache-dir /wheels/*.whl && rm -r /wheels && useradd --create-home judge
USER judge
WORKDIR /home/judge
# The mock server's: `docker run -p 8284:8284 letta-contract mock --host 0.0.0.0`
EXPOSE 8284
ENTRYPOINT ["letta-contract"]
CMD ["--help"]

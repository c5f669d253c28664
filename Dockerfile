# The app for others to visit. It listens on port 8501; scans and uploads are kept in the volume /data.
#   docker build -t maxrf4all . && docker run -p 8501:8501 -v /path/to/scans:/data maxrf4all
FROM python:3.12-slim
RUN useradd --create-home --uid 1000 visitor && mkdir /data && chown visitor /data
COPY requirements.lock /tmp/
RUN pip install --no-cache-dir --require-hashes -r /tmp/requirements.lock
COPY . /tmp/maxrf4all
RUN pip install --no-cache-dir --no-deps /tmp/maxrf4all && rm -r /tmp/maxrf4all
USER visitor
VOLUME /data
EXPOSE 8501
HEALTHCHECK --start-period=60s CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=5)"]
CMD ["maxrf4all", "/data", "--address", "0.0.0.0", "--port", "8501", "--no-browser"]

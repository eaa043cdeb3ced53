# The portal with everything it needs but its database and a proxy that speaks TLS.
FROM python:3.11-slim AS build
WORKDIR /portal
RUN python -m venv .venv
COPY requirements.txt requirements-node.txt ./
RUN .venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
COPY package.json package-lock.json .npmrc ./
RUN python -m venv /node && /node/bin/pip install --no-cache-dir --require-hashes -r requirements-node.txt \
    && PATH="$PATH:/node/bin" npm ci --ignore-scripts --omit=dev
COPY . .
RUN .venv/bin/pybabel --quiet compile --directory coordination/locale --domain django \
    && PORTAL_DEMO=1 .venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
    && rm -rf node_modules

FROM python:3.11-slim
# For PDF: WeasyPrint loads Pango.
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 portal
WORKDIR /portal
COPY --from=build /portal /portal
USER portal
ENV PATH="/portal/.venv/bin:$PATH" PYTHONUNBUFFERED=1 PORTAL_BIND=0.0.0.0:8000
EXPOSE 8000
CMD ["gunicorn", "--config", "deploy/gunicorn.py", "coordination.wsgi"]

# One image for web, workers and clock; docker-compose.yml says which process runs. Decision: no build step
# of our own, every Python package is a wheel, and everything that changes lives in /app/var.
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 HOME=/tmp

RUN apt-get update -qq \
 && apt-get install -qq -y --no-install-recommends \
      libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY requirements.txt ./
RUN pip install --require-hashes -r requirements.txt
COPY . ./
RUN mkdir -p var && chown 10001:10001 var && python -m compileall -q budget_portal accounts agreements \
      monitoring complaints reports

USER 10001:10001
VOLUME /app/var
ENV PORTAL_HOST=0.0.0.0 PORT=8000
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "-c", "gunicorn.conf.py", "budget_portal.wsgi"]

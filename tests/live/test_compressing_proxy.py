"""A real nginx that compresses what passes: it makes entity tags weak. Skipped without nginx."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.contrib.auth.models import User
from rest_framework_simplejwt.tokens import AccessToken

from tests.addresses import free_port
from tests.conftest import JSONAPI

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
pytestmark = [
    pytest.mark.serial,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed"),
]
CONFIGURATION = """
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
  access_log off;
  gzip on;
  gzip_proxied any;
  gzip_min_length 20;
  gzip_types application/vnd.api+json;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass {origin};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
    }}
  }}
}}
"""


@pytest.fixture
def proxied(serve: Callable[..., Any], tmp_path: Path) -> Iterator[str]:
    """Return the URL of nginx in front of a server."""
    port = free_port()
    text = CONFIGURATION.format(folder=tmp_path, port=port, origin=serve().url)
    (tmp_path / "nginx.conf").write_text(text)
    command = [str(NGINX), "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"), "-e", "stderr"]
    process = subprocess.Popen(command)
    url = f"http://127.0.0.1:{port}"
    _wait_for(url)
    yield url
    process.terminate()
    process.wait(20)


def test_a_version_seen_compressed_is_changed_once(proxied: str, alice: User) -> None:
    headers = {"Authorization": f"Bearer {AccessToken.for_user(alice)}", "Content-Type": JSONAPI}
    key = str(alice.default_wallet.pk)
    with httpx.Client(base_url=proxied, headers=headers, timeout=20) as client:
        url = f"/api/wallets/{key}"
        seen = client.get(url)
        tag = seen.headers["ETag"]
        assert seen.headers["Content-Encoding"] == "gzip"
        assert tag.startswith('W/"')
        assert client.get(url, headers={"If-None-Match": tag}).status_code == 304

        def rename(label: str) -> int:
            data = {"type": "wallets", "id": key, "attributes": {"label": label}}
            conditional = {"If-Match": tag}
            return client.patch(url, json={"data": data}, headers=conditional).status_code

        assert [rename("Home"), rename("Second")] == [200, 412]
        assert client.get(url).json()["data"]["attributes"]["label"] == "Home"


def _wait_for(url: str, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/livez", timeout=1).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail("nginx did not answer in time")

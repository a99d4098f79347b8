"""Ask OSV about every pinned package, through pip-audit: `make audit`.

pip-audit has no file to ask in place of the network, but `--osv-url`: with `--record` a server on
this machine passes its questions on to OSV and keeps the answers in a file; with `--replay` such a
file answers them. A record answers for the versions that it was made for, and for no others.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

OSV = "https://api.osv.dev/v1/query"
#: Everything that is installed anywhere: the second has both databases' clients.
REQUIREMENTS = ("requirements.txt", "requirements-mysql.txt", "requirements-dev.txt")
SECONDS = 30
Answers = dict[str, Any]


def main() -> int:
    """Return pip-audit's exit status: 0 if it knows of nothing; 2 if it could not be asked."""
    options = _options()
    if options.record:
        return _record(options.record, options.osv_url)
    if options.replay:
        return _replay(options.replay)
    return _audit(options.osv_url)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make audit", description=__doc__)
    parser.add_argument("--osv-url", default=OSV)
    file = parser.add_mutually_exclusive_group()
    file.add_argument("--record", type=Path, metavar="FILE", help="ask OSV, keep its answers")
    file.add_argument("--replay", type=Path, metavar="FILE", help="ask a record, no network")
    return parser.parse_args()


def _record(file: Path, osv_url: str) -> int:
    answers: Answers = {}

    def ask(question: bytes) -> bytes:
        request = urllib.request.Request(osv_url, question, {"Content-Type": "application/json"})  # noqa: S310 ours
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            text = bytes(answer.read())
        answers[_subject(question)] = json.loads(text)
        return text

    with answering(ask) as url:
        status = _audit(url)
    record = {"recorded": datetime.now(UTC).isoformat(timespec="seconds"), "answers": answers}
    file.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n")
    print(f"{len(answers)} answers are in {file}")
    return status


def _replay(file: Path) -> int:
    record = json.loads(file.read_text())
    unknown: set[str] = set()

    def look_up(question: bytes) -> bytes | None:
        subject = _subject(question)
        if subject not in record["answers"]:
            unknown.add(subject)
            return None
        return json.dumps(record["answers"][subject]).encode()

    print(f"What OSV said on {record['recorded']}; what was found since then is not in it.")
    with answering(look_up) as url:
        status = _audit(url)
    if unknown:
        print(f"The record says nothing of {', '.join(sorted(unknown))}: make it anew.")
        return 2
    return status


def _subject(question: bytes) -> str:
    asked = json.loads(question)
    return f"{asked['package']['name']}=={asked['version']}"


def _audit(osv_url: str) -> int:
    files = [word for name in REQUIREMENTS for word in ("-r", name)]
    with tempfile.TemporaryDirectory() as no_cache:
        options = ("--no-deps", "--disable-pip", "--progress-spinner", "off")
        service = ("-s", "osv", "--osv-url", osv_url, "--cache-dir", no_cache)
        command = [sys.executable, "-m", "pip_audit", *files, *options, *service]
        done = subprocess.run(command, check=False, stderr=subprocess.PIPE, text=True)
    print(*done.stderr.strip().splitlines()[-1:])  # of a traceback, what went wrong
    return 2 if "Traceback" in done.stderr else done.returncode


@contextmanager
def answering(answer: Any) -> Iterator[str]:
    """Answer questions like OSV, on this machine; 404 for those that there is no answer to."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            text = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(404 if text is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text or b"")))
            self.end_headers()
            self.wfile.write(text or b"")

        def log_message(self, *arguments: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/v1/query"
        finally:
            server.shutdown()
            thread.join()


if __name__ == "__main__":
    sys.exit(main())

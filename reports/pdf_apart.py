"""R1 on paper in a process of its own, with limits of time and memory.

A report of strange content must not take its worker along: twelve nested elements can keep a layout engine busy
for minutes. The child gets the frozen report on its standard input and gives bytes back; it knows no database.
"""

import base64
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from typing import IO

from django.conf import settings

from budget_portal.digits import to_persian
from budget_portal.errors import DomainError
from reports.package import R1Report
from reports.pdf import Progress, render_pdf

SECONDS = 300
MEGABYTES = 2_000  # of address space; a report of 15 pages stays under 250 MB of memory


class PdfFailed(DomainError):
    """The report could not be printed; the message is for the person who asked for it."""


def render_pdf_apart(
    report: R1Report,
    *,
    draft: bool,
    photos: Mapping[str, bytes] | None = None,
    progress: Progress | None = None,
    seconds: int = SECONDS,
    megabytes: int = MEGABYTES,
) -> bytes:
    """The same bytes as `render_pdf`; PdfFailed when the child is too slow, too large or fails."""
    order = {
        "report": report.to_plain(),
        "draft": draft,
        "photos": {name: base64.b64encode(content).decode() for name, content in (photos or {}).items()},
        "seconds": seconds,
        "megabytes": megabytes,
    }
    with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as made:
        asked.write(json.dumps(order).encode())
        asked.seek(0)
        with subprocess.Popen(
            [sys.executable, "-m", "reports.pdf_apart"],
            stdin=asked,
            stdout=made,
            stderr=subprocess.PIPE,
            cwd=settings.BASE_DIR,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE},
            text=True,
        ) as child:
            late = _wait(child, progress, seconds)
        made.seek(0)
        content = made.read()
    if late:
        raise PdfFailed(f"ساختن PDF بیش از {to_persian(seconds)} ثانیه طول کشید و متوقف شد.")
    if child.returncode or not content.startswith(b"%PDF"):
        raise PdfFailed("PDF ساخته نشد؛ شرح خطا در گزارش رخدادهای سامانه است.")
    return content


def _wait(child: "subprocess.Popen[str]", progress: Progress | None, seconds: int) -> bool:
    """Pass on what the child says of its progress; True when it had to be stopped."""
    stopped = threading.Event()

    def stop() -> None:
        stopped.set()
        child.kill()

    watch = threading.Timer(seconds, stop)
    watch.start()
    try:
        _listen(child.stderr, progress)
        child.wait()
    finally:
        watch.cancel()
        child.kill()
        child.wait()
    return stopped.is_set()


def _listen(lines: IO[str] | None, progress: Progress | None) -> None:
    for line in lines or ():
        if line.startswith("{") and progress is not None:
            step = json.loads(line)
            progress(step["done"], step["total"], step["message"])
        elif not line.startswith("{"):
            sys.stderr.write(line)


def _main() -> None:
    order = json.loads(sys.stdin.buffer.read())
    space = order["megabytes"] * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    resource.setrlimit(resource.RLIMIT_CPU, (order["seconds"], order["seconds"] + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def tell(done: int, total: int, message: str) -> None:
        sys.stderr.write(json.dumps({"done": done, "total": total, "message": message}) + "\n")
        sys.stderr.flush()

    content = render_pdf(
        R1Report.from_plain(order["report"]),
        draft=order["draft"],
        photos={name: base64.b64decode(text) for name, text in order["photos"].items()},
        progress=tell,
    )
    sys.stdout.buffer.write(content)


if __name__ == "__main__":
    import django

    django.setup()
    _main()

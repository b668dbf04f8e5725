"""Save spreadsheets as others with LibreOffice: office.py SOURCE TARGET PASSWORD … (password blank: none).

Run by make.py with the system's Python, which has LibreOffice's `uno`.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

FILTERS = {".xls": "MS Excel 97", ".xlsx": "Calc MS Excel 2007 XML", ".ods": "calc8"}
PIPE = "pipe,name=staffetta_files;urp"
START_S = 60.0


def connect():
    """Return LibreOffice's desktop, once it is up."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    deadline = time.monotonic() + START_S
    while True:
        try:
            context = resolver.resolve(f"uno:{PIPE};StarOffice.ComponentContext")
            return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        except NoConnectException:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def save_as(desktop, source: str, target: str, password: str) -> None:
    document = desktop.loadComponentFromURL(Path(source).as_uri(), "_blank", 0, (PropertyValue("Hidden", 0, True, 0),))
    properties = [PropertyValue("FilterName", 0, FILTERS[Path(target).suffix], 0)]
    if password:
        properties.append(PropertyValue("Password", 0, password, 0))
    document.storeToURL(Path(target).as_uri(), tuple(properties))
    document.close(True)


def main(arguments: list[str]) -> None:
    with tempfile.TemporaryDirectory() as profile:
        command = ["soffice", "--headless", "--norestore", f"-env:UserInstallation={Path(profile).as_uri()}", f"--accept={PIPE}"]
        office = subprocess.Popen(command, start_new_session=True)
        try:
            desktop = connect()
            for place in range(0, len(arguments), 3):
                save_as(desktop, *arguments[place : place + 3])
            desktop.terminate()
            office.wait(START_S)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(office.pid, signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1:])

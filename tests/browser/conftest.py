"""Debian's Chromium for the tests of pages; where it is not there they are skipped, unless MIRYLO_TEST_BROWSER asks."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A browser without a screen."""
    if CHROMIUM is None:
        message = "pages in a browser: Chromium is not there (Debian: apt install chromium)"
        if os.environ.get("MIRYLO_TEST_BROWSER"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()

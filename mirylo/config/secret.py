"""Makes the secret with which signatures are made, once, and keeps it where only the operator may read it."""

import os
import secrets
from pathlib import Path


def keep_secret(path: Path) -> str:
    """The secret in a file, which is made if it is not there; of two processes that make it at once one wins."""
    if not path.exists():
        own = path.with_name(f".secret-{os.getpid()}")
        own.touch(mode=0o600)
        own.write_text(secrets.token_urlsafe(48))
        try:
            os.link(own, path)
        except FileExistsError:
            pass
        finally:
            own.unlink()
    return path.read_text()

"""The web process: uvicorn with the application, set up for a service behind a proxy."""

import uvicorn

from app.main import create_app
from app.settings import Settings

KEEP_ALIVE_SECONDS = 20
GRACE_SECONDS = 10


def server_of(settings: Settings, *, host: str, port: int) -> uvicorn.Server:
    """Return a server that is not started yet."""
    config = uvicorn.Config(
        create_app(settings),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    return uvicorn.Server(config)


def run(settings: Settings, *, host: str, port: int) -> None:
    """Serve until the process is told to stop."""
    server_of(settings, host=host, port=port).run()

"""Structured logs: one JSON line an event, with identifiers only, never personal data."""

import logging
import sys

import structlog


def configure(level: str) -> None:
    """Write JSON lines to standard error, from this level on."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.dict_tracebacks,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format='{"level":"%(levelname)s","logger":"%(name)s"}'
    )


log: structlog.stdlib.BoundLogger = structlog.get_logger("stadsbreed")

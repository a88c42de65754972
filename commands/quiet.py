"""What commands do with log lines: standard output is for results."""

import logging
import sys

import structlog


def quiet() -> None:
    """Write nothing less than a crash, to standard error; what goes wrong is in the result."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.getLogger().setLevel(logging.CRITICAL)
